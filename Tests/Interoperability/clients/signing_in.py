"""The Python SDK's client as a conformance suite starts it: signs in by itself, lists the tools and calls the first one."""

import json
import os
import sys
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx2
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata

REDIRECT = "http://localhost:3000/callback"
SCENARIO = os.environ["MCP_CONFORMANCE_SCENARIO"]
REVISION = os.environ["MCP_CONFORMANCE_PROTOCOL_VERSION"]
CONTEXT = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT", "{}"))


class Storage:
    def __init__(self):
        self.tokens = None
        self.client = None
        if "client_id" in CONTEXT:
            self.client = OAuthClientInformationFull(
                client_id=CONTEXT["client_id"], client_secret=CONTEXT.get("client_secret"), redirect_uris=[REDIRECT],
                token_endpoint_auth_method="client_secret_basic")

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


class Browser:
    """A person who agrees to everything."""

    async def open(self, url: str) -> None:
        async with httpx2.AsyncClient() as client:
            self.location = (await client.get(url, follow_redirects=False)).headers["location"]

    async def result(self) -> AuthorizationCodeResult:
        fields = {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}
        return AuthorizationCodeResult(code=fields["code"], state=fields.get("state"), iss=fields.get("iss"))


async def main(url: str) -> None:
    browser = Browser()
    provider = OAuthClientProvider(
        server_url=url, storage=Storage(), redirect_handler=browser.open, callback_handler=browser.result,
        client_metadata_url="https://conformance-test.local/client-metadata.json",
        client_metadata=OAuthClientMetadata(
            client_name="python", redirect_uris=[REDIRECT], grant_types=["authorization_code", "refresh_token"], response_types=["code"]))
    async with httpx2.AsyncClient(auth=provider) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, mode="legacy" if REVISION < "2026-07-28" else REVISION) as client:
            tools = await client.list_tools()
            await client.call_tool(tools.tools[0].name, {})


anyio.run(main, sys.argv[1])
