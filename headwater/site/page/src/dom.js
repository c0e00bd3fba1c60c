// Small helpers over the document.

export const byId = (id) => document.getElementById(id);

/** An element with properties (`class`, `dataset` and attributes by name) and children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'onclick') made.addEventListener('click', value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Change a text only when it differs: screen readers and layout stay quiet. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
