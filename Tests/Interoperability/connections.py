"""Clients of the Python SDK over each transport and in each era."""

import os
from contextlib import asynccontextmanager

import anyio
import programs
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

HANDSHAKE, AUTO, PER_REQUEST = "legacy", "auto", "2026-07-28"
MODES = [HANDSHAKE, AUTO, PER_REQUEST]
TRANSPORTS = ["stdio", "http"]


def over_stdio(name: str, *arguments: str, env=None) -> StdioServerParameters:
    return StdioServerParameters(command=programs.binary(name), args=list(arguments), env={**os.environ, **(env or {})})


@asynccontextmanager
async def connected(target, mode: str, **options):
    with anyio.fail_after(programs.PATIENCE):
        async with Client(target, mode=mode, **options) as client:
            yield client


def text(result) -> str:
    return "\n".join(block.text for block in result.content if block.type == "text")
