"""The conformance suite, pointed at a server that shares nothing with this repository: one on the Python SDK, over each transport and in both eras."""

import json
import shlex
import subprocess

import programs
import pytest

SERVER = programs.python_server()[0], str(programs.ROOT / "Tests" / "Interoperability" / "servers" / "conformance_server.py")
HANDSHAKE, PER_REQUEST = "2025-11-25", "2026-07-28"

# Of the Python SDK: it has neither logging/setLevel nor resources/subscribe, and an unknown tool is a result with isError.
BY_DESIGN = {"logging-set-level", "tools-call-with-logging", "resources-subscribe", "resources-unsubscribe", "tools-call-unknown"}
# Of the small server: what these are about it does not offer.
NOT_OFFERED = {
    "elicitation-sep1034-defaults", "elicitation-sep1330-enums", "json-schema-2020-12", "server-stateless", "stateless-independent-requests",
    "logging-per-request", "input-required-result-request-state", "input-required-result-multiple-input-requests",
    "input-required-result-multi-round", "input-required-result-non-tool-request", "input-required-result-tampered-state",
    "input-required-result-state-of-another-call", "input-required-result-capability-check",
}
# What the suite finds besides.
FOUND = {
    # A client that has declared no sampling is asked all the same.
    "asking-undeclared-capability": {(HANDSHAKE, "http")},
    # A request with the id null is taken for a notification.
    "malformed-envelope": {(HANDSHAKE, "http")},
}


@pytest.mark.parametrize("binding", ["http", "stdio"])
@pytest.mark.parametrize("revision", [HANDSHAKE, PER_REQUEST])
def test_the_suite_tells_what_a_foreign_server_does(revision, binding, tmp_path):
    report = tmp_path / "report.json"
    arguments = ["--requirements", revision, "--answer-timeout", "20", "--timeout", "60", "--report", "json", "--output", str(report)]
    if binding == "stdio":
        # A process is started for each scenario, which takes a while: a part of them will do.
        for name in ("tools-*", "resources-*", "prompts-*", "completion-*", "stdio-*", "input-required-*", "unicode"):
            arguments += ["--scenario", name]
        subprocess.run([programs.binary("mcp-conformance"), "server", "--stdio", shlex.join(SERVER), *arguments], stderr=subprocess.DEVNULL)
    else:
        with programs.started(*SERVER, "--http") as process:
            url = programs.Lines(process.stdout).next().decode().strip()
            subprocess.run([programs.binary("mcp-conformance"), "server", "--url", url, *arguments], stderr=subprocess.DEVNULL)
    scenarios = {scenario["scenario"]: scenario["status"] for scenario in json.loads(report.read_text())["scenarios"]}
    failed = {name for name, status in scenarios.items() if status == "failed"}
    found = {name for name, places in FOUND.items() if (revision, binding) in places}
    assert failed - BY_DESIGN - NOT_OFFERED == found
    assert failed & BY_DESIGN == BY_DESIGN & scenarios.keys()
    passed = [name for name, status in scenarios.items() if status in ("passed", "warning")]
    assert len(passed) >= (40 if binding == "http" else 20)
    assert {"tools-list", "tools-call-image", "tools-call-with-progress", "resources-read-binary", "prompts-get-with-args", "completion-complete"} <= set(passed)
