"""A server on the Python SDK, for our client to talk to: over stdio, or over Streamable HTTP with `--http`, in both eras."""

import argparse
import base64
import logging
import socket
from typing import Annotated, Literal

import anyio
import uvicorn
from mcp.server.mcpserver import AcceptedElicitation, Context, Elicit, ElicitationResult, Image, MCPServer, Resolve
from mcp.types import ToolAnnotations
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from pydantic import BaseModel, Field

server = MCPServer("python-server", version="1.2.3", instructions="Tools of another implementation.", log_level="WARNING")
cancelled_calls = 0
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==")


class Sum(BaseModel):
    result: float
    parts: list[float]


class Guest(BaseModel):
    name: str = Field(min_length=1, description="Who comes.")


class Seat(BaseModel):
    row: int = Field(ge=1, le=9)
    side: Literal["left", "right"] = "left"


class Consent(BaseModel):
    agree: bool


@server.tool(annotations=ToolAnnotations(title="Echo", read_only_hint=True))
def echo(message: str) -> str:
    """Returns what it is given."""
    return message


@server.tool()
def add(a: float, b: float) -> Sum:
    """Adds two numbers."""
    return Sum(result=a + b, parts=[a, b])


@server.tool()
def numbers(count: int) -> list[int]:
    """Counts."""
    return list(range(1, count + 1))


@server.tool(structured_output=False)
def picture() -> Image:
    """One pixel."""
    return Image(data=PIXEL, format="png")


@server.tool()
def fail(reason: str) -> str:
    """Always fails."""
    raise ValueError(reason)


@server.tool()
async def progress(ctx: Context) -> str:
    """Reports progress three times."""
    for part in (1, 2, 3):
        await ctx.report_progress(part, 3, f"part {part}")
    return "Done."


@server.tool()
async def slow(ctx: Context) -> str:
    """Tells that it has begun, and goes on for a minute unless it is cancelled."""
    global cancelled_calls
    try:
        await ctx.report_progress(0, 1, "begun")
        await anyio.sleep(60)
    except anyio.get_cancelled_exc_class():
        cancelled_calls += 1
        raise
    return "Finished."


@server.tool()
async def count_cancelled(at_least: int = 0) -> str:
    """How many calls of `slow` were cancelled; waits half a minute for as many as are expected, as a cancellation takes its time."""
    with anyio.move_on_after(30):
        while cancelled_calls < at_least:
            await anyio.sleep(0.01)
    return str(cancelled_calls)


async def ask_guest(event: str) -> Elicit[Guest]:
    return Elicit(f"Who comes to {event}?", Guest)


async def ask_seat() -> Elicit[Seat]:
    return Elicit("Where to sit?", Seat)


async def ask_consent(event: str, guest: Annotated[Guest, Resolve(ask_guest)]) -> Elicit[Consent]:
    return Elicit(f"Invite {guest.name} to {event}?", Consent)


@server.tool()
async def invite(
    event: str, guest: Annotated[Guest, Resolve(ask_guest)], consent: Annotated[ElicitationResult[Consent], Resolve(ask_consent)]
) -> str:
    """Asks who comes, then whether to invite them."""
    if isinstance(consent, AcceptedElicitation) and consent.data.agree:
        return f"{guest.name} is invited to {event}."
    return f"{guest.name} is not invited to {event}: {consent.action}."


@server.tool()
async def seat(event: str, guest: Annotated[Guest, Resolve(ask_guest)], place: Annotated[Seat, Resolve(ask_seat)]) -> str:
    """Asks two questions that do not depend on each other."""
    return f"{guest.name} sits in row {place.row}, {place.side}."


def extra() -> str:
    """Comes and goes."""
    return "Here."


@server.tool()
async def toggle(ctx: Context) -> str:
    """Adds a tool, or removes it again."""
    there = any(tool.name == "extra" for tool in await server.list_tools())
    server.remove_tool("extra") if there else server.add_tool(extra)
    if ctx.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS:
        await ctx.session.send_tool_list_changed()
    else:
        await ctx.notify_tools_changed()
    return "A tool was removed." if there else "A tool was added."


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--http", action="store_true", help="serve Streamable HTTP on a free port; prints the URL")
    parser.add_argument("--json", action="store_true", help="answer with JSON bodies instead of event streams")
    parser.add_argument("--sse", action="store_true", help="serve the HTTP+SSE transport of 2024-11-05 on a free port; prints the URL")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    if not (options.http or options.sse):
        return server.run()
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}{'/sse' if options.sse else '/mcp'}", flush=True)
    app = server.sse_app() if options.sse else server.streamable_http_app(json_response=options.json)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


if __name__ == "__main__":
    main()
