"""Fixtures of the tests with the Python SDK, an implementation of MCP that nobody here wrote."""

import programs
import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="session")
def fixture_server_url():
    """The fixture server over HTTP, one process for the whole run."""
    with programs.http_server("conformance-server") as (url, _):
        yield url
