"""A headless Chromium, spoken to over a pipe in its own protocol (DevTools): no driver, no port, no network."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHROMIUM = shutil.which("chromium")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# The browser reads its orders from 3 and answers on 4.
_SPAWN = 'in=$1 out=$2; shift 2; exec "$@" 3<&"$in" 4>&"$out"'
_PATIENCE = 30.0


class Browser:
    """One browser with a profile of its own; a context manager that ends it."""

    def __init__(self) -> None:
        assert CHROMIUM, "chromium is not installed"
        self._profile = tempfile.mkdtemp(prefix="branch-drift-browser-")
        orders, self._write = os.pipe()
        self._read, answers = os.pipe()
        self._process = subprocess.Popen(
            [
                "bash",
                "-c",
                _SPAWN,
                "-",
                str(orders),
                str(answers),
                CHROMIUM,
                *_FLAGS,
                f"--user-data-dir={self._profile}",
            ],
            pass_fds=(orders, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(orders)
        os.close(answers)
        self._rest = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self._profile, ignore_errors=True)

    def page(self) -> Page:
        """A new tab."""
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        return Page(self, session, target)

    def ask(self, method: str, parameters: dict[str, Any] | None = None, session: str | None = None) -> dict[str, Any]:
        """Gives an order, and its answer; what else happens in the meantime is kept in `events`."""
        self._number += 1
        order: dict[str, Any] = {"id": self._number, "method": method, "params": parameters or {}}
        if session:
            order["sessionId"] = session
        os.write(self._write, json.dumps(order).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def event(self, method: str, session: str) -> dict[str, Any]:
        """The next event of a kind, waited for."""
        while True:
            for n, event in enumerate(self.events):
                if event["method"] == method and event.get("sessionId") == session:
                    return self.events.pop(n)
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], _PATIENCE)
            assert ready, "the browser says nothing"
            piece = os.read(self._read, 1 << 20)
            assert piece, "the browser went away"
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self.browser = browser
        self.session = session
        self.target = target
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """An order to this tab."""
        return self.browser.ask(method, parameters, self.session)

    def open(self, file: Path, fragment: str = "") -> None:
        """Opens a file and waits until it is loaded, anew even where it is open already."""
        self.visit("about:blank")
        self.visit(file.as_uri() + fragment)

    def visit(self, address: str) -> None:
        """Goes to an address other than the one it is at."""
        self.ask("Page.navigate", url=address)
        self.browser.event("Page.loadEventFired", self.session)

    def follow(self, script: str) -> None:
        """Runs what leads to another page, and waits until that is loaded.

        What is asked in between may be asked of the page that is going, and the browser answers that with an error.
        """
        self.run(script)
        self.browser.event("Page.loadEventFired", self.session)

    def run(self, script: str) -> Any:
        """The value of an expression; promises are awaited."""
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, script: str) -> None:
        """Waits for an expression of this page to be true."""
        ends = time.monotonic() + _PATIENCE
        while not self.run(f"!!({script})"):
            assert time.monotonic() < ends, f"never true: {script}"
            time.sleep(0.02)

    def look(self, width: int = 1280, height: int = 900, *, dark: bool = False, media: str = "") -> None:
        """The size of the window, the colours that its user prefers, the medium."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def key(self, key: str, code: int) -> None:
        """Presses a key."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **text)

    def screenshot(self, file: Path) -> None:
        """What the window shows, as PNG."""
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])

    def happened(self, method: str) -> list[dict[str, Any]]:
        """Every event of a kind so far."""
        self.run("0")
        return [
            e["params"] for e in self.browser.events if e["method"] == method and e.get("sessionId") == self.session
        ]

    def close(self) -> None:
        """Closes the tab."""
        self.browser.ask("Target.closeTarget", {"targetId": self.target})
