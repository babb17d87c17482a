"""A server over HTTP and requests that no client of good will sends; what only bytes show."""

import http.client
import json
import socket
import subprocess
import threading
import time
from contextlib import closing
from urllib.parse import urlsplit

import programs
import pytest
from messages import INITIALIZE, call, notification, request, stateless

HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
LIMIT = 4 << 20


@pytest.fixture(scope="module")
def address(fixture_server_url):
    parts = urlsplit(fixture_server_url)
    return parts.hostname, parts.port


def connect(address) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(*address, timeout=programs.PATIENCE)


def headers_of(message: dict) -> dict[str, str]:
    """The headers that 2026-07-28 wants beside a message."""
    if "io.modelcontextprotocol/protocolVersion" not in message.get("params", {}).get("_meta", {}):
        return {}
    headers = {"Mcp-Method": message["method"], "MCP-Protocol-Version": message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"]}
    if "name" in message["params"]:
        headers["Mcp-Name"] = message["params"]["name"]
    return headers


def exchange(connection, message, path="/mcp", method="POST", **headers):
    """Sends a message, gives status, headers and body."""
    body = message if isinstance(message, bytes | None) else json.dumps(message).encode()
    all_headers = {**HEADERS, **(headers_of(message) if isinstance(message, dict) else {}), **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.request(method, path, body, {name: value for name, value in all_headers.items() if value is not None})
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def answer(body: bytes) -> dict:
    """The response in a body, be it JSON or an event stream."""
    if body.startswith(b"{"):
        return json.loads(body)
    data = [line.removeprefix(b"data:").strip() for line in body.splitlines() if line.startswith(b"data:")]
    return next(message for message in (json.loads(piece) for piece in data if piece) if "id" in message and "method" not in message)


def text(body: bytes) -> str:
    return answer(body)["result"]["content"][0]["text"]


def is_alive(connection) -> bool:
    status, _, body = exchange(connection, call("alive?", "echo", message="alive"))
    return status == 200 and text(body) == "alive"


def cancelled(address) -> int:
    with closing(connect(address)) as connection:
        return int(text(exchange(connection, call(1, "count_cancelled"))[2]))


def eventually(condition) -> bool:
    deadline = time.monotonic() + programs.PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_one_connection_serves_many_requests_good_and_bad(address):
    with closing(connect(address)) as connection:
        assert is_alive(connection)
        local = connection.sock.getsockname()
        for status, message, options in [
            (400, b"{", {}),
            (400, b"\xff\xfe", {}),
            (404, call(1, "echo", message=""), {"path": "/elsewhere"}),
            (405, None, {"method": "PUT"}),
            (406, call(1, "echo", message=""), {"Accept": "text/html"}),
            (415, call(1, "echo", message=""), {"Content_Type": "text/plain"}),
            (403, call(1, "echo", message=""), {"Origin": "https://evil.example"}),
            (404, stateless(1, "no/such/method"), {}),
        ]:
            got, _, body = exchange(connection, message, **options)
            assert got == status, (options, body)
            assert body, "it says what is wrong"
            assert is_alive(connection)
        assert connection.sock.getsockname() == local, "the connection was kept"


@pytest.mark.parametrize("body", [b"{", b"garbage", b"\xff", b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', b""])
def test_invalid_json(address, body):
    with closing(connect(address)) as connection:
        status, _, reply = exchange(connection, body)
        assert status == 400
        assert json.loads(reply)["error"]["code"] == -32700
        assert is_alive(connection)


@pytest.mark.parametrize("path", ["/", "/mcp/", "/mcp/x", "/admin", "/%2e%2e/etc/passwd", "/mcp%00"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_paths(address, path, method):
    with closing(connect(address)) as connection:
        status, _, body = exchange(connection, call(1, "echo", message="") if method == "POST" else None, path=path, method=method)
        assert status == 404 and b"/mcp" in body


def test_methods(address):
    with closing(connect(address)) as connection:
        for method in ("PUT", "PATCH", "HEAD"):
            status, headers, _ = exchange(connection, None, method=method)
            assert status == 405
            assert "POST" in headers["Allow"]


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_over_the_limit(address, framing):
    body = json.dumps(call(1, "echo", message="x" * (LIMIT + 1000))).encode()
    with closing(connect(address)) as connection:
        headers = {**HEADERS, **headers_of(call(1, "echo"))}
        try:
            if framing == "length":
                connection.request("POST", "/mcp", body, headers)
            else:
                connection.request("POST", "/mcp", iter([body[:100_000], body[100_000:]]), headers, encode_chunked=True)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The server need not read what it will refuse.
        response = connection.getresponse()
        assert response.status == 413
        assert str(LIMIT).encode() in response.read().replace(b",", b""), "it says what is allowed"
    with closing(connect(address)) as connection:
        assert is_alive(connection)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://evil.example:80", "null", "http://127.0.0.1.evil.example"])
def test_foreign_origins(address, origin):
    with closing(connect(address)) as connection:
        status, headers, _ = exchange(connection, call(1, "echo", message=""), Origin=origin)
        assert status == 403
        assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example"])
def test_foreign_hosts(address, host):
    with closing(connect(address)) as connection:
        status, _, body = exchange(connection, call(1, "echo", message=""), Host=host)
        assert status in (403, 421) and body


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_own_hosts_and_origins(address, host):
    with closing(connect(address)) as connection:
        name = f"{host}:{address[1]}"
        status, _, _ = exchange(connection, call(1, "echo", message=""), Host=name, Origin=f"http://{name}")
        assert status == 200


def test_a_busy_port(address):
    finished = subprocess.run(
        [programs.binary("conformance-server"), "--http", str(address[1])], capture_output=True, timeout=programs.PATIENCE, stdin=subprocess.DEVNULL)
    assert finished.returncode > 0
    assert f"Port {address[1]}".encode() in finished.stderr and b"in use" in finished.stderr
    assert finished.stdout == b""


def test_eight_clients_with_the_same_id_get_their_own_answers(address):
    answers = {}
    barrier = threading.Barrier(8)

    def ask(letter):
        with closing(connect(address)) as connection:
            connection.connect()
            barrier.wait(programs.PATIENCE)
            for _ in range(5):
                body = exchange(connection, call(1, "echo", message=letter * 10_000))[2]
                answers.setdefault(letter, set()).add((answer(body)["id"], text(body)))

    threads = [threading.Thread(target=ask, args=(letter,)) for letter in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {letter: {(1, letter * 10_000)} for letter in "abcdefgh"}


def test_closing_the_connection_cancels_the_handler(address):
    before = cancelled(address)
    connection = connect(address)
    message = call(1, "sleep", milliseconds=60_000)
    connection.request("POST", "/mcp", json.dumps(message), {**HEADERS, **headers_of(message)})
    # Another client that uses the same id is not touched by it.
    other = connect(address)
    other_message = call(1, "sleep", milliseconds=1500)
    other.request("POST", "/mcp", json.dumps(other_message), {**HEADERS, **headers_of(other_message)})
    connection.close()
    assert eventually(lambda: cancelled(address) == before + 1)
    with closing(other):
        assert text(other.getresponse().read()) == "Slept for 1500 ms."
    assert cancelled(address) == before + 1


def test_a_session_outlives_its_connections(address):
    """In the handshake era a lost connection cancels nothing; `notifications/cancelled` does, and only in its own session."""

    def open_session():
        with closing(connect(address)) as connection:
            status, headers, _ = exchange(connection, request(1, "initialize", **INITIALIZE))
            assert status == 200
            session = {"Mcp_Session_Id": headers["Mcp-Session-Id"], "MCP_Protocol_Version": "2025-11-25"}
            assert exchange(connection, notification("notifications/initialized"), **session)[0] == 202
            return session

    mine, foreign = open_session(), open_session()
    assert mine["Mcp_Session_Id"] != foreign["Mcp_Session_Id"]
    before = cancelled(address)
    lost = connect(address)
    lost.request(
        "POST", "/mcp", json.dumps(request("long", "tools/call", name="sleep", arguments={"milliseconds": 60_000})),
        {**HEADERS, **{name.replace("_", "-"): value for name, value in mine.items()}})
    lost.close()
    with closing(connect(address)) as connection:
        cancel = notification("notifications/cancelled", requestId="long")
        assert exchange(connection, cancel, **foreign)[0] == 202
        assert text(exchange(connection, request(2, "tools/call", name="echo", arguments={"message": "one"}), **foreign)[2]) == "one"
        assert cancelled(address) == before

        def is_cancelled():
            # What comes before the call, on another connection, takes nothing back.
            assert exchange(connection, cancel, **mine)[0] == 202
            return cancelled(address) == before + 1

        assert eventually(is_cancelled)
        # An ended session is gone.
        assert exchange(connection, None, method="DELETE", **mine)[0] in (200, 202, 204)
        assert exchange(connection, request(3, "tools/list"), **mine)[0] == 404
        assert exchange(connection, request(3, "tools/list"), **foreign)[0] == 200


def test_headers_that_disagree_with_the_body(address):
    with closing(connect(address)) as connection:
        for header in ({"Mcp_Method": "tools/list"}, {"Mcp_Name": "sleep"}, {"MCP_Protocol_Version": "2025-11-25"}, {"Mcp_Method": None}, {"Mcp_Name": None}):
            status, _, body = exchange(connection, call(1, "echo", message=""), **header)
            assert (status, answer(body)["error"]["code"]) == (400, -32020), header
        assert is_alive(connection)


def test_a_revision_that_nobody_knows(address):
    with closing(connect(address)) as connection:
        status, _, body = exchange(connection, stateless(1, "tools/list", revision="2099-01-01"))
        error = answer(body)["error"]
        assert (status, error["code"]) == (400, -32022)
        assert "2026-07-28" in error["data"]["supported"]


def test_answers_are_json_until_there_is_something_to_tell(address):
    with closing(connect(address)) as connection:
        _, headers, _ = exchange(connection, call(1, "echo", message="one"))
        assert headers["Content-Type"].startswith("application/json")
        message = stateless(2, "tools/call", name="test_tool_with_progress", arguments={}, meta={"progressToken": "p"})
        _, headers, body = exchange(connection, message)
        assert headers["Content-Type"].startswith("text/event-stream")
        data = [json.loads(line[5:]) for line in body.splitlines() if line.startswith(b"data:") and line[5:].strip()]
        assert [message["params"]["progress"] for message in data[:-1]] == [0, 50, 100]
        assert all(message["params"]["progressToken"] == "p" for message in data[:-1])
        assert data[-1]["id"] == 2


@pytest.mark.parametrize("garbage", [b"GARBAGE\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"])
def test_what_is_no_http(address, garbage):
    with socket.create_connection(address, timeout=programs.PATIENCE) as raw:
        raw.sendall(garbage)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(4096):
            pass
    with closing(connect(address)) as connection:
        assert is_alive(connection)
