"""What is kept of a corpus."""

import pytest

# In place of libFuzzer's -merge=1: everything of the other folders, into the first, under new names.
MERGE = """
folders=()
for argument in "$@"; do [[ "$argument" == -* ]] || folders+=("$argument"); done
[ -z "$(ls "${folders[0]}")" ] || exit 1
number=0
for file in "${folders[1]}"/* "${folders[2]}"/*; do
    [ ! -f "$file" ] || { number=$((number + 1)); cp "$file" "${folders[0]}/$(printf 'hash%04d' $number)"; }
done
echo "$FUZZ_TARGET $*" >"$CALLED"
"""


@pytest.fixture
def merge(tree, tmp_path):
    def merge(seeds: dict[str, str], found: dict[str, str], program: str = MERGE):
        tree.file("Fuzz/Package.swift", "")
        for folder, files in [("Fuzz/Corpus/json", seeds), ("Fuzz/.build/corpus/json", found)]:
            for name, text in files.items():
                tree.file(f"{folder}/{name}", text)
        tree.program("libfuzzer", program)
        finished = tree.run(
            "scripts/fuzz", "--merge", "json", FUZZ_PROGRAM=str(tree.programs / "libfuzzer"), CALLED=str(tmp_path / "called"))
        return finished, sorted(path.read_text() for path in (tree.path / "Fuzz/Corpus/json").iterdir())

    return merge


def test_what_runs_have_left_goes_into_the_corpus(merge, tmp_path):
    finished, kept = merge({"seed": "[1]"}, {"a": "[2]", "b": "x" * 4097})
    assert finished.returncode == 0, finished.stderr
    assert kept == ["[1]", "[2]"]
    assert "json" in finished.stdout and "2 files, 6 bytes" in finished.stdout
    called = (tmp_path / "called").read_text()
    assert called.startswith("json -merge=1 ") and "-max_len=4096" in called


def test_of_too_many_some_of_all_sizes_stay(merge):
    finished, kept = merge({}, {f"{number:04}": "x" * (1 + number) for number in range(250)})
    assert finished.returncode == 0, finished.stderr
    sizes = sorted(len(text) for text in kept)
    assert len(sizes) == 100 and sizes[-1] == 250
    assert {later - earlier for earlier, later in zip(sizes, sizes[1:])} == {2, 3}


def test_what_somebody_has_written_stays(merge):
    finished, kept = merge({"seed": "x" * 3, "f" * 40: "y"}, {f"{number:04}": "x" * (1 + number) for number in range(250)})
    assert finished.returncode == 0, finished.stderr
    assert kept.count("x" * 3) == 1 and len(kept) in (100, 101)


@pytest.mark.parametrize("program", ["exit 1", "exit 0"])
def test_a_merge_that_fails_or_leaves_nothing_changes_nothing(merge, program):
    finished, kept = merge({"seed": "[1]"}, {"a": "[2]"}, program)
    assert finished.returncode != 0
    assert kept == ["[1]"]
