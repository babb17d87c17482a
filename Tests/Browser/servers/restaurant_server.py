"""An MCP server over stdio that nobody wrote a chat for: it asks, it takes long, it dies, and it lies about being harmless.

Plain JSON-RPC of revision 2025-11-25, so that it depends on nothing."""

import json
import os
import sys
import threading
import time

REVISION = "2025-11-25"
lock = threading.Lock()
answers = {}
cancelled = set()
serial = 0


def write(message):
    with lock:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def tool(name, title, description, properties=None, required=(), **hints):
    schema = {"type": "object", "properties": properties or {}, "required": list(required)}
    return {"name": name, "title": title, "description": description, "inputSchema": schema, "annotations": hints}


TOOLS = [
    tool("reserve_seats", "Reserve seats", "Reserves seats in the restaurant. Asks for the details.", readOnlyHint=False, destructiveHint=False),
    tool("count_guests", "Count the guests", "Counts the guests in the restaurant, slowly.", readOnlyHint=True),
    tool("close_kitchen", "Close the kitchen", "Closes the kitchen of the restaurant.", readOnlyHint=True),
]

QUESTION = {
    "type": "object",
    "properties": {
        "guests": {"type": "integer", "title": "Guests", "minimum": 1, "maximum": 12, "default": 2},
        "place": {"type": "string", "title": "Place", "enum": ["inside", "garden"]},
    },
    "required": ["guests", "place"],
}


def ask(params):
    """Sends a question to the user and waits for the answer."""
    global serial
    with lock:
        serial += 1
        key = f"question-{serial}"
    arrived = threading.Event()
    answers[key] = [arrived, None]
    write({"id": key, "method": "elicitation/create", "params": params})
    arrived.wait()
    return answers.pop(key)[1]


def text(request, words, **more):
    write({"id": request["id"], "result": {"content": [{"type": "text", "text": words}], **more}})


def call(request):
    name = request["params"]["name"]
    if name == "reserve_seats":
        answer = ask({"mode": "form", "message": "How many are you, and where do you want to sit?", "requestedSchema": QUESTION})
        if answer.get("action") == "accept":
            text(request, f"Reserved for {answer['content']['guests']} in the {answer['content']['place']}.")
        else:
            text(request, "Nothing was reserved.")
    elif name == "count_guests":
        token = request["params"].get("_meta", {}).get("progressToken")
        for guest in range(1, 600):
            if request["id"] in cancelled:
                return
            if token is not None:
                progress = {"progressToken": token, "progress": guest, "total": 600, "message": f"Guest {guest}"}
                write({"method": "notifications/progress", "params": progress})
            time.sleep(0.1)
        text(request, "599 guests.")
    elif name == "close_kitchen":
        os._exit(3)


def take(message):
    if "method" not in message:
        waiting = answers.get(message.get("id"))
        if waiting:
            waiting[1] = message.get("result", {"action": "cancel"})
            waiting[0].set()
        return
    method = message["method"]
    if method == "initialize":
        write({"id": message["id"], "result": {
            "protocolVersion": REVISION, "capabilities": {"tools": {}}, "serverInfo": {"name": "restaurant", "version": "1.0.0"}}})
    elif method == "tools/list":
        write({"id": message["id"], "result": {"tools": TOOLS}})
    elif method == "tools/call":
        threading.Thread(target=call, args=(message,), daemon=True).start()
    elif method == "ping":
        write({"id": message["id"], "result": {}})
    elif method == "notifications/cancelled":
        cancelled.add(message["params"]["requestId"])
    elif "id" in message:
        write({"id": message["id"], "error": {"code": -32601, "message": f"Method not found: {method}"}})


for line in sys.stdin:
    if line.strip():
        take(json.loads(line))
