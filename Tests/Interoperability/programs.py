"""The programs under test: where they are, how they are started, and what happens when one is missing."""

import os
import queue
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("SWIFT_BINARIES", ROOT / ".build" / os.environ.get("CONFIGURATION", "debug")))
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")
# Generous, because the machines of CI are slow and shared: it bounds a hang and decides nothing else.
PATIENCE = 60.0

if IN_CI:
    import mcp  # noqa: F401  (a missing package is a failure there)
else:
    pytest.importorskip("mcp", reason="the Python SDK is not installed: pip install -r Tests/requirements.txt")


def binary(name: str) -> str:
    path = BINARIES / name
    if not path.exists():
        message = f"{path} is missing: swift build --product {name}"
        pytest.fail(message) if IN_CI else pytest.skip(message)
    return str(path)


class Lines:
    """The lines of a stream as they come, read by a thread so that a test can wait for one with a bound."""

    def __init__(self, stream):
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)

    def next(self, timeout: float = PATIENCE) -> bytes | None:
        """The next line, `None` at the end."""
        try:
            return self._lines.get(timeout=timeout)
        except queue.Empty:
            pytest.fail(f"nothing was written for {timeout} s")

    def rest(self) -> list[bytes]:
        return list(iter(self.next, None))


@contextmanager
def started(*command: str, **options):
    """A process, ended when the block ends: by closing its input, and by a signal where that is not enough."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
    try:
        yield process
    finally:
        if not process.stdin.closed:
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def http_server(name: str, *arguments: str):
    """A server on a free port of loopback: its URL and its process."""
    with started(binary(name), "--http", "0", *arguments, stderr=subprocess.DEVNULL) as process:
        url = (Lines(process.stdout).next() or b"").decode().strip()
        assert url.startswith("http://127.0.0.1:"), f"{name} did not say where it listens: {url!r}"
        yield url, process


def python_server(*arguments: str) -> list[str]:
    return [sys.executable, str(Path(__file__).parent / "servers" / "python_server.py"), *arguments]
