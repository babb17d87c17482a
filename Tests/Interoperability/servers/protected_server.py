"""A server on the Python SDK that demands authorization from `oidc-provider-mock`: neither of them was written here.

There is nobody to press the provider's button, so that a request for its page is taken for the button.
"""

import json
import logging
import socket
import urllib.error
import urllib.request

import anyio
import flask
import identity_provider
import uvicorn
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer


def provider() -> flask.Flask:
    application = identity_provider.provider()
    inner = application.wsgi_app

    def pressing_the_button(environ, start_response):
        if environ["PATH_INFO"] == "/oauth2/authorize" and environ["REQUEST_METHOD"] == "GET":
            import io

            body = b"sub=ada"
            environ |= {
                "REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": io.BytesIO(body),
            }
        return inner(environ, start_response)

    application.wsgi_app = pressing_the_button
    return application


class Verifier:
    """Asks the provider whose token it is."""

    def __init__(self, issuer: str):
        self.issuer = issuer

    async def verify_token(self, token: str) -> AccessToken | None:
        request = urllib.request.Request(f"{self.issuer}/userinfo", headers={"Authorization": f"Bearer {token}"})
        try:
            answer = await anyio.to_thread.run_sync(lambda: urllib.request.urlopen(request).read())
        except urllib.error.HTTPError:
            return None
        return AccessToken(token=token, client_id="client", scopes=["openid"], subject=json.loads(answer)["sub"])


def listening() -> tuple[socket.socket, str]:
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


async def main():
    logging.disable(logging.WARNING)
    issuer_socket, issuer = listening()
    server_socket, origin = listening()
    settings = AuthSettings(issuer_url=issuer, resource_server_url=f"{origin}/mcp", required_scopes=["openid"], validate_token_resource=False)
    server = MCPServer("protected-server", version="1.0.0", auth=settings, token_verifier=Verifier(issuer), log_level="WARNING")

    @server.tool()
    def whoami() -> str:
        """Says who has signed in."""
        token = get_access_token()
        return token.subject if token and token.subject else "nobody"

    async with anyio.create_task_group() as group:
        for application, listener, interface in [(provider(), issuer_socket, "wsgi"), (server.streamable_http_app(), server_socket, "auto")]:
            configuration = uvicorn.Config(application, log_level="warning", interface=interface)
            group.start_soon(uvicorn.Server(configuration).serve, [listener])
        print(f"{origin}/mcp", flush=True)


anyio.run(main)
