"""A copy of the repository's scripts, with programs of the test's own in place of swift, valgrind and the rest."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Tree:
    def __init__(self, directory: Path):
        self.path = directory / "tree"
        self.programs = directory / "bin"
        self.programs.mkdir()
        for name in ["dev", ".ci", "scripts"]:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            self.path.mkdir(exist_ok=True)
            copy(ROOT / name, self.path / name)

    def program(self, name: str, script: str):
        """A program that is found before the machine's own."""
        self._write(self.programs / name, f"#!/bin/bash\n{script}\n", executable=True)

    def script(self, name: str, script: str):
        """In place of one of the repository's scripts."""
        self._write(self.path / name, f"#!/bin/bash\n{script}\n", executable=True)

    def file(self, name: str, text: str):
        self._write(self.path / name, text)

    @staticmethod
    def _write(path: Path, text: str, executable=False):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if executable:
            path.chmod(0o755)

    def run(self, *command: str, **environment) -> subprocess.CompletedProcess:
        """Runs one of the scripts; a variable that is `None` is not set."""
        variables = {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}", "CI": None, "CHROMIUM": None, "MCP_SPEC_DIR": None, **environment}
        return subprocess.run(
            [self.path / command[0], *command[1:]], cwd=self.path, env={name: value for name, value in variables.items() if value is not None},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
