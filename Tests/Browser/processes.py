"""Programs that the tests start, and stop again."""

import json
import os
import re
import signal
import subprocess
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A process that prints the address it serves, and everything else it printed."""

    def __init__(self, command, environment=None, cwd=ROOT, address=r"(http://127\.0\.0\.1:\d+)", patience=60):
        self.lines = []
        self._found = threading.Event()
        self._address = re.compile(address)
        self.address = None
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._found.wait(patience) or self.address is None:
            output = "".join(self.lines)
            self.stop()
            raise RuntimeError(f"{command[0]} printed no address:\n{output}")

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            match = self._address.search(line)
            if match and self.address is None:
                self.address = match.group(1)
                self._found.set()
        self._found.set()

    @property
    def output(self):
        return "".join(self.lines)

    def stop(self, how=signal.SIGTERM):
        """Ends the process; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(5)
        return self.process.returncode


def script_server(port=0):
    """The page over a scripted chat (Tests/OrchestratorTests/WebScript.swift)."""
    bundle = ROOT / ".build/debug/swift-mcpPackageTests.xctest"
    environment = {"WEB_SCRIPT_PORT": str(port)}
    if os.environ.get("WEB_SCRIPT_LIVE"):
        environment["WEB_SCRIPT_PUBLIC"] = str(ROOT / "Sources/Orchestrator/Web/Public")
    return Program([bundle, "--testing-library", "swift-testing", "--filter", "WebScriptServer"], environment)


QUESTIONS = [
    "Which tables are there?", "Show me the ten largest orders", "Search my mail for the invoice from Acme", "Send alice@example.com a summary",
]


def orchestrator(data, more_servers=None, port=0):
    """The chat as `./dev chat` starts it, with data of its own and, where some are given, further servers beside the built-in two."""
    programs = ROOT / ".build/debug"
    command = [programs / "orchestrator", "--port", port, "--data", data]
    # No key of the machine's owner decides which model answers.
    environment = {name: "" for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL")}
    if more_servers:
        servers = {
            "query": {"command": str(programs / "query-server"), "trusted": True},
            "email": {"command": str(programs / "email-server"), "args": ["--data", str(Path(data) / "email")], "trusted": True},
            **more_servers,
        }
        file = Path(data) / "servers.json"
        file.write_text(json.dumps({"mcpServers": servers}))
        command += ["--servers", file]
        environment["ORCHESTRATOR_SUGGESTIONS"] = ",".join(QUESTIONS)
    # In the data folder no .env of the repository is found.
    return Program(command, environment, cwd=data)
