"""Runs our client, `conformance-client`, and reads what it saw."""

import json
import shlex
import subprocess

import programs


class Seen:
    def __init__(self, events: list[dict], code: int, errors: str):
        self.events, self.code, self.errors = events, code, errors

    def of(self, event: str) -> list[dict]:
        return [entry for entry in self.events if entry["event"] == event]

    def one(self, event: str) -> dict:
        found = self.of(event)
        assert len(found) == 1, (event, self.events, self.errors)
        return found[0]

    @property
    def result(self) -> dict:
        return self.one("result")["result"]

    @property
    def text(self) -> str:
        return "\n".join(block["text"] for block in self.result["content"] if block["type"] == "text")

    @property
    def texts(self) -> list[str]:
        return [entry["result"]["content"][0]["text"] for entry in self.of("result")]


def run(target, *calls, era="auto", answers=None, options=()) -> Seen:
    """Connects to a URL, or to a command given as a list; calls are a name or a name with arguments."""
    words = ["--era", era, *options]
    for call in calls:
        name, arguments = call if isinstance(call, tuple) else (call, {})
        words += ["--call", name, json.dumps(arguments)]
    if answers is not None:
        words += ["--answers", json.dumps(answers)]
    words += [target] if isinstance(target, str) else ["--stdio", shlex.join(target)]
    finished = subprocess.run(
        [programs.binary("conformance-client"), *words], capture_output=True, timeout=2 * programs.PATIENCE, stdin=subprocess.DEVNULL)
    return Seen([json.loads(line) for line in finished.stdout.splitlines()], finished.returncode, finished.stderr.decode())
