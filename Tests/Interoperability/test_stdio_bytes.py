"""A stdio server and input that no client of good will sends; what only bytes show."""

import json
import re
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import programs
import pytest
from messages import INITIALIZE, call, line, notification, request, stateless


class Server:
    def __init__(self, process):
        self.process = process
        self.lines = programs.Lines(process.stdout)

    def send(self, *messages):
        for message in messages:
            self.process.stdin.write(message if isinstance(message, bytes) else line(message))
        self.process.stdin.flush()

    def next(self) -> dict:
        received = self.lines.next()
        assert received is not None, "the server has ended"
        return json.loads(received)

    def status(self, name: str) -> int:
        """A number from /proc, in the kernel's unit."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+)", text, re.M)[1])

    def is_alive(self) -> bool:
        self.send(call("alive?", "echo", message="alive"))
        answer = self.next()
        return answer["id"] == "alive?" and answer["result"]["content"][0]["text"] == "alive"


@contextmanager
def serving(**options):
    with programs.started(programs.binary("conformance-server"), **options) as process:
        yield Server(process)


@pytest.mark.parametrize(
    "bytes",
    [
        b'{"jsonrpc": "2.0", "id": 1, "method"', b"garbage", b"\xff\xfe\x00", b'{"a": "\xc3\x28"}', b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
        b"[" * 100_000, b'"\\ud800"',
    ],
    ids=["cut", "words", "binary", "bad-utf8", "name-twice", "deep", "lone-surrogate"])
def test_invalid_json(bytes):
    with serving() as server:
        server.send(bytes + b"\n")
        answer = server.next()
        assert answer["error"]["code"] == -32700
        assert answer.get("id") is None
        assert answer["error"]["message"]
        assert server.is_alive()


@pytest.mark.parametrize(
    "message", [b"42", b"null", b"{}", b'{"jsonrpc":"1.0","id":1,"method":"ping"}', b'{"jsonrpc":"2.0","id":{},"method":"ping"}', b'{"jsonrpc":"2.0","id":1,"method":7}'],
    ids=["number", "null", "empty", "version", "id", "method"])
def test_json_that_is_no_message(message):
    with serving() as server:
        server.send(message + b"\n")
        assert server.next()["error"]["code"] == -32600
        assert server.is_alive()


def test_blank_lines_are_nothing():
    with serving() as server:
        server.send(b"\n", b"\r\n", b"\n\n")
        assert server.is_alive()


def test_carriage_returns_before_line_ends():
    with serving() as server:
        server.send(line(call(1, "echo", message="one")).replace(b"\n", b"\r\n"))
        assert server.next()["result"]["content"][0]["text"] == "one"


def test_a_line_of_100_megabytes_is_refused_in_bounded_memory():
    with serving() as server:
        assert server.is_alive()
        before = server.status("VmHWM")
        server.send(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"')
        for _ in range(100):
            server.send(b"x" * 1_000_000)
        server.send(b'"}}\n')
        answer = server.next()
        assert answer["error"]["code"] in (-32600, -32700)
        assert answer.get("id") is None
        # It says what is allowed.
        assert re.search(r"\d", answer["error"]["message"]), answer
        assert server.is_alive()
        # A line may have 16 MiB; a buffer that grows by doubling and its copy need several times that, a line of 100 MB more.
        assert server.status("VmHWM") - before < 64 << 10


def test_what_was_asked_before_the_end_of_input_is_answered():
    with serving() as server:
        wanted = set(range(200))
        server.send(*(call(id, "echo", message=f"message {id}") for id in wanted), call("slow", "sleep", milliseconds=300))
        server.process.stdin.close()
        answers = [json.loads(answer) for answer in server.lines.rest()]
        assert {answer["id"] for answer in answers} == wanted | {"slow"}
        assert all("error" not in answer for answer in answers)
        assert server.process.wait(programs.PATIENCE) == 0


def test_the_last_line_needs_no_line_end():
    with serving() as server:
        server.send(line(call(1, "echo", message="one")).rstrip(b"\n"))
        server.process.stdin.close()
        assert [json.loads(answer)["id"] for answer in server.lines.rest()] == [1]


def test_an_idle_server_sleeps():
    with serving() as server:
        assert server.is_alive()

        def switches() -> dict[str, int]:
            return {
                status.parent.name: sum(int(number) for number in re.findall(r"ctxt_switches:\s+(\d+)", status.read_text()))
                for status in Path(f"/proc/{server.process.pid}/task").glob("*/status")
            }

        # Once a second libdispatch looks after its own pool of threads, in every Swift program on Linux that has an `await`: one thread, once
        # or twice in a second. None of ours wakes. Threads that have just worked may still be on their way to sleep.
        deadline = time.monotonic() + programs.PATIENCE
        while True:
            before = switches()
            time.sleep(1)
            woken = {thread: count - before.get(thread, 0) for thread, count in switches().items() if count != before.get(thread)}
            if not woken or (len(woken) == 1 and max(woken.values()) <= 2):
                break
            assert time.monotonic() < deadline, f"it wakes up although there is nothing to do: {woken}"


def test_answers_are_not_interleaved():
    with serving() as server:
        for id in range(8):
            server.send(call(id, "echo", message=chr(ord("a") + id) * 100_000))
        answers = {answer["id"]: answer["result"]["content"][0]["text"] for answer in (server.next() for _ in range(8))}
        assert answers == {id: chr(ord("a") + id) * 100_000 for id in range(8)}


def test_a_stray_print_spoils_nothing(tmp_path):
    with open(tmp_path / "stderr", "wb") as stderr, serving(stderr=stderr) as server:
        server.send(call(1, "print_stray"), call(2, "echo", message="one"))
        server.process.stdin.close()
        assert sorted(json.loads(answer)["id"] for answer in server.lines.rest()) == [1, 2]
        assert server.process.wait(programs.PATIENCE) == 0
    assert b"This line is no message." in (tmp_path / "stderr").read_bytes()


def test_a_reader_that_goes_away_ends_the_server():
    with programs.started(programs.binary("conformance-server"), stderr=subprocess.PIPE) as process:
        process.stdout.close()
        process.stdin.write(line(call(1, "echo", message="one")))
        process.stdin.flush()
        # By itself, not by a signal.
        assert process.wait(programs.PATIENCE) >= 0
        process.stderr.close()


def test_cancelled_calls_are_not_answered():
    with serving() as server:
        server.send(call(1, "sleep", milliseconds=60_000), notification("notifications/cancelled", requestId=1), call(2, "echo", message="one"))
        assert server.next()["id"] == 2
        server.send(call(3, "count_cancelled"))
        assert server.next()["id"] == 3
        server.process.stdin.close()
        # The cancelled call does not hold the end up either.
        assert server.lines.rest() == []
        assert server.process.wait(programs.PATIENCE) == 0


def test_cancelling_what_nobody_asked_is_nothing():
    with serving() as server:
        server.send(notification("notifications/cancelled", requestId="unknown"), notification("notifications/cancelled"), notification("notifications/unknown"))
        assert server.is_alive()


def test_both_eras_in_one_process():
    with serving() as server:
        server.send(request(1, "initialize", **INITIALIZE), notification("notifications/initialized"), request(2, "tools/list"))
        assert server.next()["result"]["protocolVersion"] == "2025-11-25"
        handshake = server.next()["result"]
        assert "resultType" not in handshake and "ttlMs" not in handshake
    with serving() as server:
        server.send(stateless(1, "server/discover"), stateless(2, "tools/list"))
        discovered = server.next()["result"]
        assert "2026-07-28" in discovered["supportedVersions"]
        listed = server.next()["result"]
        assert listed["resultType"] == "complete" and listed["ttlMs"] >= 0 and listed["cacheScope"] in ("public", "private")
        assert [tool["name"] for tool in listed["tools"]] == [tool["name"] for tool in handshake["tools"]]


def test_a_revision_that_nobody_knows():
    with serving() as server:
        server.send(stateless(1, "tools/list", revision="2099-01-01"))
        error = server.next()["error"]
        assert error["code"] == -32022
        assert "2026-07-28" in error["data"]["supported"] and error["data"]["requested"] == "2099-01-01"
        # `initialize` is answered with a revision that the server speaks.
        server.send(request(2, "initialize", **{**INITIALIZE, "protocolVersion": "1999-01-01"}))
        assert server.next()["result"]["protocolVersion"] == "2025-11-25"
