"""The HTTP+SSE transport of 2024-11-05, and streams that are taken up again, between us and the Python SDK."""

import subprocess

import anyio
import programs
import pytest
from connections import AUTO, HANDSHAKE, connected, text
from mcp.client.sse import sse_client
from mcp.types import ElicitResult
from swift_client import run


@pytest.fixture
def fixture_sse_url():
    with programs.http_server("conformance-server", "--sse") as (url, _):
        yield url.removesuffix("/mcp") + "/sse"


@pytest.fixture(scope="module")
def python_sse_url():
    with programs.started(*programs.python_server("--sse"), stderr=subprocess.DEVNULL) as process:
        yield (programs.Lines(process.stdout).next() or b"").decode().strip()


@pytest.mark.anyio
@pytest.mark.parametrize("mode", [HANDSHAKE, AUTO])
async def test_python_client_and_our_server(fixture_sse_url, mode):
    async def answer(context, params):
        return ElicitResult(action="accept", content={"name": "Ada"} if params.message.startswith("Who") else {"confirm": True})

    seen = []

    async def note(progress, total, message):
        seen.append(progress)

    async with connected(sse_client(fixture_sse_url), mode, elicitation_callback=answer) as client:
        assert text(await client.call_tool("echo", {"message": "Grüße"})) == "Grüße"
        assert text(await client.call_tool("ask_twice", {"event": "the fair"})) == "Ticket 1 to the fair is Ada's."
        await client.call_tool("test_tool_with_progress", progress_callback=note)
        assert seen == [0, 50, 100]
        async with anyio.create_task_group() as group:
            for number in range(8):

                async def call(number=number):
                    assert text(await client.call_tool("echo", {"message": str(number)})) == str(number)

                group.start_soon(call)


@pytest.mark.parametrize("era", ["handshake", "auto"])
def test_our_client_and_python_server(python_sse_url, era):
    message = "Grüße, 世界 " + "x" * 100_000
    seen = run(python_sse_url, ("echo", {"message": message}), ("add", {"a": 1, "b": 2.5}), era=era)
    assert seen.code == 0, seen.errors
    assert seen.texts[0] == message
    assert seen.of("result")[1]["result"]["structuredContent"] == {"result": 3.5, "parts": [1, 2.5]}
    assert seen.one("closed")


@pytest.mark.anyio
async def test_python_client_takes_a_stream_up_again(fixture_server_url):
    async with connected(fixture_server_url, HANDSHAKE) as client:
        assert "came back" in text(await client.call_tool("test_reconnection"))
