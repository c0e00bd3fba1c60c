// Single keys, where nobody is typing.

/** `actions`: what each key does; Escape works in fields too. */
export function bindKeys(actions) {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches?.('input[type="search"], select');
    const act = actions[event.key];
    if (!act || (typing && event.key !== 'Escape')) return;
    event.preventDefault();
    if (typing) event.target.blur();
    act();
  });
}
