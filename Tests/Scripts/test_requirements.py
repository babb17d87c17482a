"""The check of the manifest: what is no proof is found."""

import json

import pytest

REVISIONS = ("2025-11-25", "2026-07-28")
# Eight entries, of which two may be excused.
COVERED = {f"page#section:{number}": ("covered", "test:SomeTests.works") for number in range(1, 9)}


@pytest.fixture
def check(tree, tmp_path):
    """Checks a manifest of the first revision; the second is covered."""

    def check(change: dict, failed=(), files=("cancel",)):
        for revision in REVISIONS:
            entries = COVERED | (change if revision == REVISIONS[0] else {})
            tree.file(f"Conformance/Requirements/{revision}.tsv", "".join(f"{id}\t{kind}\t{detail}\n" for id, (kind, detail) in entries.items()))
            document = tmp_path / "specification/normative" / f"{revision}.json"
            document.parent.mkdir(parents=True, exist_ok=True)
            document.write_text(json.dumps({"entries": [{"id": id} for id in COVERED]}))
        for name in files:
            tree.file(f"Tests/Transcripts/handshake/{name}.jsonl", "< {}\n")
        cases = "".join(
            f'<testcase classname="T.{suite}" name="{function}">{"<failure/>" if function in failed else ""}</testcase>'
            for suite, function in [("SomeTests", "works()"), ("TranscriptTests", "handshake(_:)"), ("OtherTests", "other()")])
        tree.file("results/swift.xml", f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
        return tree.run("scripts/check-requirements", "results", MCP_SPEC_DIR=str(tmp_path / "specification"))

    return check


def test_what_is_covered_passes(check):
    finished = check({"page#section:1": ("covered", "test:TranscriptTests.handshake[cancel] test:OtherTests.other")})
    assert finished.returncode == 0, finished.stderr
    assert "16 requirements: 16 covered; 0 excused (0.0%); 0 faults" in finished.stdout


@pytest.mark.parametrize("kind", ["not-offered", "other-party", "application", "not-testable"])
def test_at_most_a_quarter_is_excused(check, kind):
    excused = {f"page#section:{number}": (kind, "why") for number in (1, 2)}
    assert check(excused).returncode == 0
    # A quarter of the revision, and not only of both together: three of sixteen would be less.
    finished = check(excused | {"page#section:3": ("not-testable", "why")})
    assert finished.returncode != 0
    assert "3 of 8 requirements of 2025-11-25 are excused" in finished.stderr


def test_what_an_extension_proves_is_an_excuse_and_has_to_pass(check):
    # More than a quarter of the revision, and a quarter of both.
    carried = {f"page#section:{number}": ("extension", "test:OtherTests.other # under another name") for number in range(1, 5)}
    finished = check(carried)
    assert finished.returncode == 0 and "4 extension; 4 excused (25.0%)" in finished.stdout, finished.stderr
    assert check(carried, failed=["other()"]).returncode != 0
    finished = check(carried | {"page#section:5": ("application", "why")})
    assert finished.returncode != 0
    assert "5 of 16 requirements are excused" in finished.stderr
    assert check({"page#section:1": ("extension", "under another name")}).returncode != 0


@pytest.mark.parametrize(
    ("reference", "fault"),
    [
        ("test:TranscriptTests.handshake", "has to name a file"),
        ("test:TranscriptTests.handshake[gone]", "there is no Tests/Transcripts/handshake/gone.jsonl"),
        ("test:TranscriptTests.handshake[../handshake/cancel]", "is no reference"),
        ("test:SomeTests.works[cancel]", "are no files"),
        ("test:SomeTests.unknown", "did not run"),
        ("server:unknown", "did not run"),
        ("nothing", "is no reference"),
    ])
def test_what_proves_nothing_is_found(check, reference, fault):
    finished = check({"page#section:1": ("covered", f"test:SomeTests.works {reference}")})
    assert finished.returncode != 0
    assert fault in finished.stderr and "page#section:1" in finished.stderr


def test_a_transcript_that_failed_proves_nothing(check):
    finished = check({"page#section:1": ("covered", "test:TranscriptTests.handshake[cancel]")}, failed=["handshake(_:)"])
    assert finished.returncode != 0 and "which failed" in finished.stderr


def test_no_other_kinds(check):
    assert check({"page#section:1": ("fine", "so")}).returncode != 0
    assert check({"page#section:9": ("covered", "test:SomeTests.works")}).returncode != 0
