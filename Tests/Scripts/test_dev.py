"""`./dev` and `.ci/run`: what fails in a part fails the run, and the browser is one that the system has."""

import pytest

# Stands for `python3 -m venv`: an environment whose programs note how they were called.
VENV = """
case $1 in
-c) exit 0 ;;
-m) mkdir -p "$3/bin"
    for name in pip pytest playwright; do
        printf '#!/bin/bash\\necho "%s $* CHROMIUM=${CHROMIUM-unset} BROWSERS=$PLAYWRIGHT_BROWSERS_PATH" >> "%s/calls"\\n[ %s != "$FAILING" ]\\n' $name "$PWD" $name > "$3/bin/$name"
        chmod +x "$3/bin/$name"
    done ;;
esac
"""


@pytest.fixture
def tree(tree):
    tree.program("swift", "exit 0")
    tree.program("python3", VENV)
    # Everything is installed, and nothing is to be.
    tree.program("dpkg-query", "echo installed")
    tree.program("apt-get", f'echo "apt-get $*" >> "{tree.path}/calls"')
    tree.program("chromium", "exit 0")
    tree.script("scripts/check-rules", "exit 0")
    tree.file("Tests/requirements.txt", "something==1\n")
    return tree


def calls(tree) -> list[str]:
    path = tree.path / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_a_run_without_fault_passes(tree):
    finished = tree.run("dev", "test", "lint", "interop")
    assert finished.returncode == 0, finished.stderr
    assert "All tests passed: lint interop" in finished.stderr
    assert [call.split()[0] for call in calls(tree)] == ["pip", "pytest"]


def test_a_finding_of_the_format_fails_the_run(tree):
    tree.program("swift", '[ "$1" != format ]')
    finished = tree.run("dev", "test", "lint")
    assert finished.returncode != 0
    assert "failed: lint" in finished.stderr


def test_a_broken_rule_fails_the_run(tree):
    tree.script("scripts/check-rules", "exit 1")
    finished = tree.run("dev", "test", "lint")
    assert finished.returncode != 0
    assert "failed: lint" in finished.stderr


def test_a_part_that_fails_does_not_hide_another(tree):
    tree.script("scripts/check-conformance", "exit 1")
    tree.script("scripts/check-example-dependencies", 'touch ran')
    finished = tree.run("dev", "test", "conformance", "examples")
    assert finished.returncode != 0
    assert "failed: conformance" in finished.stderr and "examples" not in finished.stderr.splitlines()[-1]
    assert (tree.path / "ran").exists()


def test_what_failed_is_said_again_at_the_end(tree):
    """A log is long, and often only its end is kept."""
    lines = "\n".join(f"✔ Test number{n}() passed" for n in range(50))
    tree.program("swift", f"""
    [ "$1" != test ] || {{ cat <<'TEXT'
✘ Test aLink() recorded an issue at LinkTests.swift:12:9: Expectation failed
↳ the link was kept
{lines}
TEXT
    exit 1; }}""")
    tree.script("scripts/check-example-dependencies", "for n in {1..50}; do echo line $n; done; exit 1")
    tree.program("pytest", "exit 0")
    finished = tree.run("dev", "test", "swift", "examples", "interop")
    assert finished.returncode != 0
    end = finished.stderr
    assert "✘ Test aLink() recorded an issue at LinkTests.swift:12:9: Expectation failed\n↳ the link was kept\n" in end
    assert "passed" not in end
    assert "line 30\n" not in end and "line 31\n" in end, "a part that names no fault is heard with its last lines"
    assert end.splitlines()[-1] == "dev: failed: swift examples"
    assert (tree.path / ".cache/test-results/swift.log").read_text().count("passed") == 50


def test_an_environment_that_could_not_be_filled_is_made_again(tree):
    finished = tree.run("dev", "test", "interop", FAILING="pip")
    assert finished.returncode != 0
    assert "failed: interop" in finished.stderr
    assert [call.split()[0] for call in calls(tree)] == ["pip"], "without its packages nothing is tested"
    assert tree.run("dev", "test", "interop").returncode == 0
    assert [call.split()[0] for call in calls(tree)] == ["pip", "pip", "pytest"]


def test_an_unknown_part_is_named(tree):
    finished = tree.run("dev", "test", "lnit")
    assert finished.returncode != 0
    assert "there is no part 'lnit'" in finished.stderr


@pytest.fixture
def system(tree):
    """Sets the system that /etc/os-release tells of."""

    def be(name: str) -> str:
        tree.file("os-release", f'NAME="x"\nID={name}\nID_LIKE=debian\n')
        return str(tree.path / "os-release")

    return be


def test_debian_has_the_browser_as_a_package(tree, system):
    finished = tree.run("dev", "test", "browser", OS_RELEASE=system("debian"))
    assert finished.returncode == 0, finished.stderr
    assert f"CHROMIUM={tree.programs}/chromium" in calls(tree)[-1]
    assert not any("playwright" in call for call in calls(tree))


def test_ubuntu_has_the_browser_of_playwright(tree, system):
    finished = tree.run("dev", "test", "browser", OS_RELEASE=system("ubuntu"))
    assert finished.returncode == 0, finished.stderr
    browser, tests = calls(tree)[1:]
    assert browser.startswith("playwright install --with-deps chromium ") and browser.endswith(f"BROWSERS={tree.path}/.cache/browsers")
    # Empty: Playwright's own.
    assert "CHROMIUM= " in tests and tests.endswith(f"BROWSERS={tree.path}/.cache/browsers")
    assert not any(call.startswith("apt-get") and "chromium" in call for call in calls(tree))


@pytest.mark.parametrize("name", ["debian", "ubuntu"])
def test_a_browser_that_is_named_is_taken(tree, system, name):
    tree.program("mine", "exit 0")
    finished = tree.run("dev", "test", "browser", OS_RELEASE=system(name), CHROMIUM=str(tree.programs / "mine"))
    assert finished.returncode == 0, finished.stderr
    assert f"CHROMIUM={tree.programs}/mine" in calls(tree)[-1]
    assert not any("install --with-deps" in call or "apt-get" in call for call in calls(tree))


def test_ci_needs_the_specification(tree, tmp_path):
    finished = tree.run(".ci/run")
    assert finished.returncode != 0
    assert "MCP_SPEC_DIR" in finished.stderr
    assert calls(tree) == [], "it ends before anything is installed"
    for name in ["schema", "normative"]:
        (tmp_path / "specification" / name).mkdir(parents=True)
    tree.script("dev", 'echo "CI=$CI $*"')
    finished = tree.run(".ci/run", MCP_SPEC_DIR=str(tmp_path / "specification"))
    assert finished.returncode == 0 and finished.stdout == "CI=true test\n"
