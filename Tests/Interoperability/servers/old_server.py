"""A small server of the first handshake revision, written without any SDK: it knows nothing of `server/discover`."""

import json
import sys
import time

# What it does with a request that it does not know: refuse it, never answer, exit.
MANNER = sys.argv[1] if len(sys.argv) > 1 else "refuse"


def send(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def result_of(method, params):
    if method == "initialize":
        return {"protocolVersion": "2024-11-05", "capabilities": {"tools": {}}, "serverInfo": {"name": "old-server", "version": "0.1"}}
    if method == "ping":
        return {}
    if method == "tools/list":
        if "cursor" not in params:
            return {"tools": [{"name": "greet", "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}}}], "nextCursor": "2"}
        return {"tools": [{"name": "time", "inputSchema": {"type": "object"}}]}
    if method == "tools/call" and params["name"] == "greet":
        return {"content": [{"type": "text", "text": f"Hello, {params['arguments']['name']}"}]}
    return None


if MANNER == "chatty":
    print("Starting the old server…", flush=True)
    sys.stdout.buffer.write(b"\xff\xfe not UTF-8\n{\"neither\": \"a message\"}\n")
    sys.stdout.flush()

for text in sys.stdin:
    message = json.loads(text)
    if "id" not in message:
        continue
    result = result_of(message["method"], message.get("params", {}))
    if result is not None:
        send({"id": message["id"], "result": result})
    elif MANNER == "silent":
        pass
    elif MANNER == "exit":
        print("What is that?", file=sys.stderr)
        sys.exit(3)
    elif MANNER == "hang":
        time.sleep(3600)
    else:
        send({"id": message["id"], "error": {"code": -32601, "message": "Method not found"}})
