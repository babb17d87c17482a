"""The Python SDK's client against the two servers of this repository: both transports, every way to choose the era."""

import uuid
from contextlib import asynccontextmanager

import programs
import pytest
from connections import HANDSHAKE, MODES, PER_REQUEST, TRANSPORTS, connected, over_stdio, text
from mcp.shared.exceptions import MCPError

pytestmark = pytest.mark.anyio

TOOLS = {
    "query-server": ["list_connections", "search_schema", "describe_table", "run_query"],
    "email-server": ["list_accounts", "search_emails", "read_email", "create_draft", "send_email"],
}
ALIVE = {"query-server": ("run_query", {"sql": "SELECT 1"}), "email-server": ("list_accounts", {})}


@pytest.fixture(params=TRANSPORTS)
def transport(request):
    return request.param


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture
def mail(tmp_path):
    return tmp_path / "mail"


@pytest.fixture
def serving(transport, mode, mail):
    """Starts one of the servers, and connects a client to it that has listed its tools and so checks structured content."""

    @asynccontextmanager
    async def serve(name: str):
        arguments = ["--data", str(mail)] if name == "email-server" else []
        if transport == "stdio":
            async with connected(over_stdio(name, *arguments), mode) as client:
                yield client
            return
        with programs.http_server(name, *arguments) as (url, _):
            async with connected(url, mode) as client:
                yield client

    return serve


@pytest.fixture(params=list(TOOLS))
def name(request):
    return request.param


async def test_negotiation_and_list(serving, mode, name):
    async with serving(name) as client:
        assert client.protocol_version == ("2025-11-25" if mode == HANDSHAKE else "2026-07-28")
        if mode != PER_REQUEST:
            assert client.server_info.name == name
            assert client.instructions
        listed = await client.list_tools()
        assert listed.next_cursor is None
        assert [tool.name for tool in listed.tools] == TOOLS[name]
        for tool in listed.tools:
            assert tool.title and tool.description and tool.input_schema["type"] == "object" and tool.output_schema["type"] == "object"
            writes = tool.name in ("create_draft", "send_email")
            assert bool(tool.annotations.read_only_hint) is not writes
            assert tool.name != "send_email" or tool.annotations.destructive_hint is True


async def test_an_unknown_tool(serving, name):
    async with serving(name) as client:
        with pytest.raises(MCPError) as unknown:
            await client.call_tool("no_such_tool", {})
        assert unknown.value.code == -32602 and "no_such_tool" in str(unknown.value)
        assert not (await client.call_tool(*ALIVE[name])).is_error


@pytest.mark.parametrize(
    ("name", "tool", "arguments", "hints"),
    [
        ("query-server", "run_query", {"sql": 1}, ["/sql", "string"]),
        ("query-server", "run_query", {}, ["sql"]),
        ("query-server", "run_query", {"sql": "SELECT 1", "maxRows": "all"}, ["/maxRows", "integer"]),
        ("query-server", "run_query", {"sql": "DELETE FROM orders"}, ["DELETE", "read-only"]),
        ("query-server", "run_query", {"sql": "SELECT totl FROM orders"}, ["totl"]),
        ("email-server", "search_emails", {"query": "x", "limit": "all"}, ["/limit", "integer"]),
        ("email-server", "send_email", {"subject": "s", "body": "b"}, ["to"]),
        ("email-server", "send_email", {"to": "ada@example.com", "subject": "s", "body": "b"}, ["/to", "array"]),
        ("email-server", "send_email", {"to": ["ada"], "subject": "s", "body": "b"}, ["alice@example.com"]),
        ("email-server", "read_email", {"id": "../../etc/passwd"}, ["search_emails"]),
    ])
async def test_arguments_that_do_not_fit(serving, name, tool, arguments, hints):
    async with serving(name) as client:
        unfit = await client.call_tool(tool, arguments)
        assert unfit.is_error
        assert all(hint in text(unfit) for hint in hints), text(unfit)
        assert not (await client.call_tool(*ALIVE[name])).is_error


async def test_a_query(serving):
    async with serving("query-server") as client:
        await client.list_tools()
        found = (await client.call_tool("search_schema", {"query": "the ten largest orders"})).structured_content
        assert found["tables"][0]["name"] == "orders" and found["tables"][0]["connection"] == "shop"
        result = await client.call_tool(
            "run_query", {"sql": "SELECT id, total FROM orders WHERE total > ? ORDER BY total DESC LIMIT 10", "parameters": [100]})
        assert not result.is_error
        totals = [row[1] for row in result.structured_content["rows"]]
        assert len(totals) == 10 and totals == sorted(totals, reverse=True) and totals[-1] > 100
        assert text(result).startswith("| id | total |")


async def test_mail_is_found_and_sent_mail_is_in_the_outbox(serving, mail):
    async with serving("email-server") as client:
        await client.list_tools()
        found = (await client.call_tool("search_emails", {"query": "invoice from Acme", "limit": 1})).structured_content["messages"][0]
        assert found["from"] == "Acme Billing <billing@acme.example>"
        read = await client.call_tool("read_email", {"id": found["id"]})
        assert read.structured_content["attachments"][0]["fileName"].endswith(".pdf")
        mark = f"mark{uuid.uuid4().hex}"
        arguments = {"to": ["alice@example.com"], "subject": "Grüße", "body": f"Bezahlt: {mark} \U0001f30d", "idempotencyKey": mark}
        sent = (await client.call_tool("send_email", arguments)).structured_content
        assert sent["state"] == "queued" and sent["isRepeat"] is False
        again = (await client.call_tool("send_email", arguments)).structured_content
        assert again["id"] == sent["id"] and again["isRepeat"] is True
        outbox = (await client.call_tool("search_emails", {"query": f"in:outbox {mark}"})).structured_content
        assert [message["id"] for message in outbox["messages"]] == [sent["id"]]
        stored = (await client.call_tool("read_email", {"id": sent["id"]})).structured_content
        assert stored["to"] == ["alice@example.com"] and stored["subject"] == "Grüße" and mark in stored["body"]
    assert [file.stem for file in (mail / "messages" / "outbox").glob("*.eml")] == [sent["id"]]
