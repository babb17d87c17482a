"""A server on the Python SDK under our client: both eras, both transports; and a server that knows only the first revision."""

import base64
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import programs
import pytest
from swift_client import run

ERAS = HANDSHAKE, AUTO, PER_REQUEST = "handshake", "auto", "2026-07-28"
OLD = str(Path(__file__).parent / "servers" / "old_server.py")


@pytest.fixture(scope="module")
def servers():
    """A command over stdio; URLs of a server that answers with event streams, and of one that answers with JSON bodies."""
    with ExitStack() as stack:
        def url(*options: str) -> str:
            process = stack.enter_context(programs.started(*programs.python_server("--http", *options), stderr=subprocess.DEVNULL))
            return (programs.Lines(process.stdout).next() or b"").decode().strip()

        yield {"stdio": programs.python_server(), "http": url(), "http-json": url("--json")}


@pytest.fixture(params=["stdio", "http", "http-json"])
def target(request, servers):
    return servers[request.param]


@pytest.fixture(params=ERAS)
def era(request):
    return request.param


# A JSON body holds the result and nothing that comes before it: no progress, and with a session no question.
streaming = pytest.mark.parametrize("target", ["stdio", "http"], indirect=True)
asking = pytest.mark.parametrize(
    ("target", "era"), [(target, era) for target in ("stdio", "http", "http-json") for era in ERAS if (target, era) != ("http-json", HANDSHAKE)],
    indirect=True)


def test_negotiation_and_list(target, era):
    seen = run(target, era=era)
    assert seen.code == 0, seen.errors
    connected = seen.one("connected")
    assert connected["revision"] == ("2025-11-25" if era == HANDSHAKE else "2026-07-28")
    assert connected["server"]["name"] == "python-server" and connected["server"]["version"] == "1.2.3"
    assert connected["instructions"] == "Tools of another implementation."
    tools = {tool["name"]: tool for tool in seen.one("tools")["tools"]}
    assert {"echo", "add", "numbers", "invite", "slow"} <= tools.keys()
    assert tools["echo"]["annotations"] == {"title": "Echo", "readOnlyHint": True}
    assert tools["add"]["outputSchema"]["properties"]["result"]["type"] == "number"
    # Parameters that the server fills by asking are none of the caller's.
    assert list(tools["invite"]["inputSchema"]["properties"]) == ["event"]
    assert seen.one("closed")
    assert seen.of("diagnostic") == []


def test_results(target, era):
    message = "Grüße, 世界 \U0001f30d \u2028\n\"\\" + "x" * 100_000
    seen = run(
        target, ("echo", {"message": message}), ("add", {"a": 1, "b": 2.5}), ("numbers", {"count": 3}), "picture", era=era)
    assert seen.code == 0, seen.errors
    echo, sum, numbers, picture = (entry["result"] for entry in seen.of("result"))
    assert echo["content"][0]["text"] == message
    assert sum["structuredContent"] == {"result": 3.5, "parts": [1, 2.5]}
    assert numbers["structuredContent"] == {"result": [1, 2, 3]}
    assert picture["content"][0]["mimeType"] == "image/png"
    assert base64.b64decode(picture["content"][0]["data"]).startswith(b"\x89PNG")


def test_errors(target, era):
    seen = run(target, ("fail", {"reason": "no luck"}), ("add", {"a": "x"}), "no_such_tool", ("echo", {"message": "alive"}), era=era)
    assert seen.code == 0, seen.errors
    failed, unfit, *rest = seen.of("result")
    # What went wrong inside a tool is not told, by that server either.
    assert failed["result"]["isError"] and "fail" in failed["result"]["content"][0]["text"]
    assert unfit["result"]["isError"] and "a" in unfit["result"]["content"][0]["text"]
    assert rest[-1]["result"]["content"][0]["text"] == "alive"
    # An unknown tool is an error of the protocol for some servers and of the tool for others.
    unknown = [entry for entry in seen.of("error") + rest[:-1] if entry["tool"] == "no_such_tool"]
    assert "no_such_tool" in str(unknown[0].get("message") or unknown[0]["result"])


@streaming
def test_progress(target, era):
    seen = run(target, "progress", era=era)
    assert seen.text == "Done."
    assert [(entry["progress"], entry["total"], entry["message"]) for entry in seen.of("progress")] == [
        (part, 3, f"part {part}") for part in (1, 2, 3)]
    # Before the result.
    assert [entry["event"] for entry in seen.events][-2:] == ["result", "closed"]


@streaming
def test_cancellation_reaches_the_server(target, era):
    before = int(run(target, "count_cancelled", era=era).text)
    seen = run(
        target, "slow", ("count_cancelled", {"at_least": before + 1}), ("echo", {"message": "alive"}), era=era, options=["--cancel-on-progress"])
    assert seen.one("cancelled")["tool"] == "slow"
    assert int(seen.texts[0]) == before + 1
    assert seen.texts[-1] == "alive"


@asking
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"Who": {"name": "Ada"}, "Invite": {"agree": True}}, "Ada is invited to the ball."),
        ({"Who": {"name": "Ada"}, "Invite": {"agree": False}}, "Ada is not invited to the ball: accept."),
        ({"Who": {"name": "Ada"}, "Invite": "decline"}, "Ada is not invited to the ball: decline."),
        ({"Who": {"name": "Ada"}, "Invite": "cancel"}, "Ada is not invited to the ball: cancel."),
    ],
    ids=["agree", "refuse", "decline", "cancel"])
def test_questions(target, era, answers, expected):
    seen = run(target, ("invite", {"event": "the ball"}), era=era, answers=answers)
    assert seen.text == expected, seen.events
    questions = [entry["params"] for entry in seen.of("asked")]
    assert [question["message"] for question in questions] == ["Who comes to the ball?", "Invite Ada to the ball?"]
    assert questions[0]["requestedSchema"]["properties"]["name"]["minLength"] == 1


@asking
def test_questions_of_one_round(target, era):
    seen = run(target, ("seat", {"event": "the ball"}), era=era, answers={"Who": {"name": "Ada"}, "sit": {"row": 3, "side": "right"}})
    assert seen.text == "Ada sits in row 3, right."
    assert sorted(entry["params"]["message"] for entry in seen.of("asked")) == ["Where to sit?", "Who comes to the ball?"]


def test_changes_of_the_list(target, era):
    seen = run(target, "toggle", era=era, options=["--listen", "1"])
    assert seen.code == 0, (seen.events, seen.errors)
    assert seen.one("listening")["filter"]["toolsListChanged"] is True
    assert seen.one("change")["change"] == "toolsListChanged"


@pytest.mark.parametrize("revision", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_pinned_handshake_revisions(target, revision):
    seen = run(target, ("echo", {"message": "one"}), era=revision)
    assert seen.one("connected")["revision"] == revision
    assert seen.text == "one"


@pytest.mark.parametrize("manner", ["refuse", "exit", "chatty"])
@pytest.mark.parametrize("era", [AUTO, HANDSHAKE])
def test_a_server_of_the_first_revision(era, manner):
    seen = run([sys.executable, OLD, manner], ("greet", {"name": "Ada"}), era=era)
    assert seen.code == 0, (seen.events, seen.errors)
    assert seen.one("connected")["revision"] == "2024-11-05"
    assert [tool["name"] for tool in seen.one("tools")["tools"]] == ["greet", "time"]
    assert seen.text == "Hello, Ada"
    if manner == "chatty":
        assert len(seen.of("diagnostic")) >= 3, "what is no message is skipped, and said"


def test_a_server_that_never_answers_the_probe():
    """The probe is given ten seconds, then the same process gets `initialize`."""
    seen = run([sys.executable, OLD, "silent"], ("greet", {"name": "Ada"}))
    assert seen.one("connected")["revision"] == "2024-11-05"
    assert seen.text == "Hello, Ada"


def test_an_old_server_is_not_spoken_to_in_a_pinned_revision():
    seen = run([sys.executable, OLD], era=PER_REQUEST)
    assert seen.code == 1
    assert seen.one("failed")["message"]


@pytest.mark.parametrize("command", [["/nonexistent/server"], [sys.executable, "-c", "import sys; sys.exit('no luck')"]])
def test_a_server_that_cannot_be_started(command):
    seen = run(command)
    assert seen.code == 1
    assert seen.one("failed")["message"]
    if command[0] == sys.executable:
        assert "no luck" in seen.one("failed")["message"], "what it wrote to standard error helps whoever reads it"


def test_an_address_where_nobody_listens():
    seen = run("http://127.0.0.1:9/mcp")
    assert seen.code == 1
    assert "127.0.0.1:9" in seen.one("failed")["message"]
