"""Messages written by hand, for tests that look at bytes."""

import json

INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}


def request(id, method: str, **params) -> dict:
    """A request of the handshake era."""
    return {"jsonrpc": "2.0", "id": id, "method": method, **({"params": params} if params else {})}


def notification(method: str, **params) -> dict:
    return {"jsonrpc": "2.0", "method": method, **({"params": params} if params else {})}


def stateless(id, method: str, *, revision: str = "2026-07-28", meta: dict | None = None, **params) -> dict:
    """A request of the per-request era."""
    prefix = "io.modelcontextprotocol/"
    return request(
        id, method, **params,
        _meta={
            prefix + "protocolVersion": revision, prefix + "clientInfo": {"name": "raw", "version": "1"},
            prefix + "clientCapabilities": {}, **(meta or {}),
        })


def call(id, tool: str, **arguments) -> dict:
    """A call in the per-request era."""
    return stateless(id, "tools/call", name=tool, arguments=arguments)


def line(message) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"
