"""The checks of the repository: each finds what it is there for."""

import subprocess

import pytest


@pytest.fixture
def sources(tree):
    """Checks the rules on a tree with one file."""

    def check(name: str, text: str):
        tree.file(name, text)
        subprocess.run(["git", "init", "-q", tree.path], check=True)
        return tree.run("scripts/check-rules")

    return check


PLACES = ["Sources/QueryServer", "Conformance/Suite", "Examples/StdioServer/Sources", "Benchmarks/Sources", "Fuzz/Sources", "Fuzz/Driver"]


@pytest.mark.parametrize("place", PLACES)
def test_package_access_is_found_everywhere(sources, place):
    assert sources(f"{place}/File.swift", "package actor X {}\n").returncode != 0


@pytest.mark.parametrize(
    "line",
    [
        "package actor X {}", "package protocol P {}", "    package static func f() {}", "package final class C {}", "package import MCPCore",
        "package let x = 1", "@inlinable package func f() {}", "public package(set) var x = 1", "package extension X {}", "package  typealias T = Int",
        "@testable import MCPCore", "@_spi(Kernel) import MCPCore",
    ])
def test_package_access_is_found(sources, line):
    found = sources("Sources/QueryServer/File.swift", f"import MCPCore\n{line}\n")
    assert found.returncode != 0
    assert "File.swift:2:" in found.stderr


@pytest.mark.parametrize(
    "line", ["let package = Package(name: \"x\")", "// package access is not for us", "/// A package of tools.", "let text = \"package x\"", "public func package() {}"])
def test_other_packages_are_none(sources, line):
    found = sources("Sources/QueryServer/File.swift", f"{line}\n")
    assert found.returncode == 0, found.stderr


def test_tests_may(sources):
    assert sources("Tests/CoreTests/File.swift", "@testable import MCPCore\n").returncode == 0


BASELINE = '{"tolerance": 0.05, "calls": {"%s": {"handshake": 1000, "per-request": 1000}}}\n'


@pytest.fixture
def counting(tree):
    """Counts with a valgrind that says what it is told to."""

    def count(counts: str, baseline: str, **environment):
        tree.program("swift", f'[ "$1" != --version ] || echo "Swift version 6.3"; [[ "$*" != *--show-bin-path* ]] || echo "{tree.path}"')
        tree.program("uname", "echo x86_64")
        tree.program("valgrind", counts)
        tree.file("Benchmarks/instructions.json", BASELINE % baseline)
        return tree.run("scripts/check-instructions", **environment)

    return count


# A program that takes a thousand instructions a call, more or less: its last arguments are how many calls, and the era.
def taking(instructions: int) -> str:
    return f'calls=${{@: -2:1}}; echo "==1== Collected : $((5000 + calls * {instructions}))" >&2'


HERE, ELSEWHERE = "x86_64, Swift 6.3", "riscv64, Swift 9.9"


@pytest.mark.parametrize(("instructions", "passes"), [(1000, True), (1040, True), (900, True), (1100, False)])
def test_instructions_are_held_against_the_baseline(counting, instructions, passes):
    finished = counting(taking(instructions), HERE)
    assert (finished.returncode == 0) == passes, finished.stdout + finished.stderr


@pytest.mark.parametrize("valgrind", ["exit 0", "exit 1", "echo '==1== Collected : 0' >&2", "echo '==1== Collected : 7' >&2", "echo nonsense >&2"])
def test_nothing_counted_is_a_failure(counting, valgrind):
    assert counting(valgrind, HERE).returncode != 0


def test_a_machine_without_a_baseline_fails_only_in_ci(counting):
    finished = counting(taking(1000), ELSEWHERE)
    assert finished.returncode == 0 and "There is no baseline for x86_64" in finished.stdout
    assert counting(taking(1000), ELSEWHERE, CI="true").returncode != 0
