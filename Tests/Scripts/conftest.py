"""Fixtures of the tests of this repository's scripts."""

import pytest
from tree import Tree


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)
