"""Our client signs in at an identity provider, for a server, that nobody here wrote."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import programs
import pytest

SERVER = str(Path(__file__).parent / "servers" / "protected_server.py")
CLIENT = str(Path(__file__).parent / "clients" / "signing_in.py")


@pytest.fixture(scope="module")
def protected_url():
    with programs.started(sys.executable, SERVER, stderr=subprocess.DEVNULL, env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}) as process:
        yield (programs.Lines(process.stdout).next() or b"").decode().strip()


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
def test_sign_in(protected_url, revision):
    environment = {**os.environ, "MCP_CONFORMANCE_SCENARIO": "auth/metadata-default", "MCP_CONFORMANCE_PROTOCOL_VERSION": revision}
    finished = subprocess.run(
        [programs.binary("conformance-client"), protected_url], capture_output=True, timeout=programs.PATIENCE, stdin=subprocess.DEVNULL, env=environment)
    events = [json.loads(line) for line in finished.stdout.splitlines()]
    assert finished.returncode == 0, (events, finished.stderr)
    assert [event["result"]["content"][0]["text"] for event in events if event["event"] == "result"] == ["ada"], events


def test_without_a_sign_in_there_is_no_entrance(protected_url):
    finished = subprocess.run(
        [programs.binary("conformance-client"), protected_url], capture_output=True, timeout=programs.PATIENCE, stdin=subprocess.DEVNULL)
    events = [json.loads(line) for line in finished.stdout.splitlines()]
    assert finished.returncode == 1
    assert "401" in events[-1]["message"], events


@pytest.mark.parametrize(("revision", "scored"), [("2025-11-25", 14), ("2026-07-28", 25)])
def test_a_client_that_nobody_here_wrote_passes_the_scenarios(revision, scored):
    """What the suite asks is the specification's, and not what our own client happens to do. The extensions need more than this client has."""
    names = ["metadata-*", "resource-mismatch", "basic-cimd", "pre-registration", "token-*", "authorization-server-*", "scope-*", "offline-*"]
    names += ["iss-*", "state-*"]
    command = f"{shlex.quote(sys.executable)} {shlex.quote(CLIENT)}"
    finished = subprocess.run(
        [programs.binary("mcp-conformance"), "client", "--command", command, "--requirements", revision]
        + [word for name in names for word in ("--scenario", f"auth/{name}")],
        capture_output=True, text=True, timeout=10 * programs.PATIENCE, stdin=subprocess.DEVNULL)
    assert finished.returncode == 0, finished.stderr
    assert f"{scored}/{scored} scored scenarios passed\n2/2 additional scenarios passed" in finished.stderr, finished.stderr
