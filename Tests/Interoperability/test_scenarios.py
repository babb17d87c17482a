"""Our client as the official conformance suite starts it: the scenario in the environment, the URL as the last argument."""

import json
import os
import subprocess

import programs
import pytest
from swift_client import Seen


def run_scenario(name: str, url: str, revision: str, context: str | None = None) -> Seen:
    environment = os.environ | {"MCP_CONFORMANCE_SCENARIO": name, "MCP_CONFORMANCE_PROTOCOL_VERSION": revision}
    if context is not None:
        environment["MCP_CONFORMANCE_CONTEXT"] = context
    finished = subprocess.run(
        [programs.binary("conformance-client"), url], capture_output=True, timeout=2 * programs.PATIENCE, stdin=subprocess.DEVNULL, env=environment)
    return Seen([json.loads(line) for line in finished.stdout.splitlines()], finished.returncode, finished.stderr.decode())


@pytest.fixture(scope="module")
def url():
    with programs.http_server("conformance-server") as (url, _):
        yield url


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
@pytest.mark.parametrize(("scenario", "tool", "text"), [("tools_call", "add_numbers", "8"), ("sse-retry", "test_reconnection", "came back")])
def test_a_scenario_makes_its_calls(url, revision, scenario, tool, text):
    seen = run_scenario(scenario, url, revision)
    assert seen.code == 0, (seen.events, seen.errors)
    assert seen.one("result")["tool"] == tool
    assert text in seen.text


def test_calls_come_from_the_context(url):
    calls = [{"name": "echo", "arguments": {"message": "one"}}, {"name": "test_x_mcp_header", "arguments": {"region": "Zürich"}}]
    seen = run_scenario("http-custom-headers", url, "2026-07-28", json.dumps({"name": "http-custom-headers", "toolCalls": calls}))
    assert seen.texts == ["one", "Region: Zürich"], (seen.events, seen.errors)


def test_a_scenario_that_cannot_be_carried_out_fails(url):
    seen = run_scenario("json-schema-2020-12-preservation", url, "2026-07-28")
    assert seen.code == 1
    assert "json_schema_echo" in seen.one("failed")["message"]


@pytest.mark.parametrize(
    ("scenario", "revision", "context", "complaint"),
    [
        ("no-such-scenario", "2026-07-28", None, "tools_call"),
        ("tools_call", "1999-01-01", None, "1999-01-01"),
        ("tools_call", "2026-07-28", '{"client_secret": "hush"', "MCP_CONFORMANCE_CONTEXT"),
    ])
def test_an_invocation_that_cannot_be_followed_is_told(url, scenario, revision, context, complaint):
    seen = run_scenario(scenario, url, revision, context)
    assert seen.code != 0 and seen.events == []
    assert complaint in seen.errors and "hush" not in seen.errors
