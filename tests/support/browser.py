"""Pages in Debian's chromium, and what is said against them: errors, requests that leave."""

from __future__ import annotations

import base64
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

REMEDY = "sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends chromium'"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # nothing can leave
)
_PIXELS = """async (png) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return [...context.getImageData(0, 0, image.width, image.height).data];
}"""
_OWN_SCHEMES = ("data", "blob", "about")


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless chromium; where there is none, an error with the command that installs it."""
    program = shutil.which("chromium")
    if program is None:
        raise FileNotFoundError(f"chromium is not installed; run: {REMEDY}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def coloured(
    page: Page, scratch: Page, place: tuple[float, float], colour: Sequence[int], reach: int = 14
) -> int:
    """How many pixels around a place have nearly a colour; `scratch` decodes the picture."""
    x, y = place
    clip = {"x": x - reach, "y": y - reach, "width": 2 * reach, "height": 2 * reach}
    png = page.screenshot(clip=clip)  # type: ignore[arg-type] # a dict of floats
    data = scratch.evaluate(_PIXELS, base64.b64encode(png).decode())
    pixels = zip(data[::4], data[1::4], data[2::4], strict=True)
    return sum(all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True)) for pixel in pixels)


@dataclass
class Complaints:
    """What pages did that they must not do."""

    found: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """A test provokes it: complaints that match the pattern are not counted."""
        self._expected.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        """All that no test asked for."""
        return [c for c in self.found if not any(re.search(p, c) for p in self._expected)]

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.on("page", self._watch_page)
        context.on("console", self._console)
        context.on("weberror", lambda e: self.found.append(f"uncaught: {e.error}"))
        context.on("request", lambda request: self._url(request.url))

    def _watch_page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._url(socket.url))
        page.on("crash", lambda page: self.found.append(f"crashed: {page.url}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found.append(f"console error: {message.text} ({message.location.get('url')})")

    def _url(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _OWN_SCHEMES and parts.hostname != "127.0.0.1":
            self.found.append(f"request that leaves the machine: {url[:200]}")


class Pages:
    """Opens pages in contexts of their own, each watched."""

    def __init__(self, browser: Browser, complaints: Complaints) -> None:
        self._browser = browser
        self._complaints = complaints
        self._contexts: list[BrowserContext] = []

    def open(self, **options: Any) -> Page:
        """An empty page in a new context; `options` are those of `Browser.new_context`."""
        context = self._browser.new_context(**options)
        self._contexts.append(context)
        self._complaints.watch(context)
        return context.new_page()

    def close(self) -> None:
        """Close every context."""
        for context in self._contexts:
            context.close()
