"""What docs/conformance-servers.md asks of a server, as far as the Python SDK has it: over stdio, or over Streamable HTTP with `--http`, in both eras."""

import argparse
import base64
import logging
import socket
import warnings

import anyio
import uvicorn
from mcp.server.mcpserver import Audio, Context, Image, MCPServer, UserMessage
from mcp.types import (
    Completion, CreateMessageRequest, CreateMessageRequestParams, ElicitRequest, ElicitRequestFormParams, EmbeddedResource, ImageContent,
    InputRequiredResult, ListRootsRequest, SamplingMessage, TextContent, TextResourceContents,
)
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from pydantic import BaseModel, Field

warnings.simplefilter("ignore")
server = MCPServer("python-conformance-server", version="1.0.0", log_level="CRITICAL")
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==")
SOUND = base64.b64decode("UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA==")
cancelled_calls = 0


class Name(BaseModel):
    name: str = Field(min_length=1, description="Your name.")


def embedded(uri: str) -> EmbeddedResource:
    return EmbeddedResource(type="resource", resource=TextResourceContents(uri=uri, mime_type="text/plain", text="A text inside a result."))


@server.tool(structured_output=False)
def test_simple_text() -> str:
    """Returns a text."""
    return "This is a simple text response for testing."


@server.tool(structured_output=False)
def test_image_content() -> Image:
    """Returns an image."""
    return Image(data=PIXEL, format="png")


@server.tool(structured_output=False)
def test_audio_content() -> Audio:
    """Returns a sound."""
    return Audio(data=SOUND, format="wav")


@server.tool(structured_output=False)
def test_embedded_resource() -> EmbeddedResource:
    """Returns a resource inside the result."""
    return embedded("test://embedded-resource")


@server.tool(structured_output=False)
def test_multiple_content_types() -> list:
    """Returns several kinds of content."""
    return ["Several kinds:", Image(data=PIXEL, format="png"), embedded("test://mixed-content-resource")]


@server.tool(structured_output=False)
def test_error_handling() -> str:
    """Always fails."""
    raise ValueError("This tool always fails.")


@server.tool(structured_output=False)
async def test_tool_with_progress(ctx: Context) -> str:
    """Reports progress three times."""
    for part in (0, 50, 100):
        await ctx.report_progress(part, 100, f"{part} of 100")
    return "Done."


@server.tool(structured_output=False)
async def test_tool_with_logging(ctx: Context) -> str:
    """Writes three messages to the log."""
    for text in ("started", "processing", "completed"):
        await ctx.info(text)
    return "Three messages were written."


@server.tool(structured_output=False)
async def test_sampling(prompt: str, ctx: Context) -> str:
    """Asks the client's model."""
    answer = await ctx.session.create_message(
        [SamplingMessage(role="user", content=TextContent(type="text", text=prompt))], max_tokens=100, related_request_id=ctx.request_id)
    return f"LLM response: {answer.content.text}"


@server.tool(structured_output=False)
async def test_elicitation(message: str, ctx: Context) -> str:
    """Asks the user."""
    answer = await ctx.elicit(message, Name)
    return f"User response: {answer.action}"


@server.tool(structured_output=False)
async def test_input_required_result_elicitation(ctx: Context) -> str | InputRequiredResult:
    """Asks for a name."""
    answer = (ctx.input_responses or {}).get("user_name")
    if answer is not None and answer.action == "accept":
        return f"Hello, {answer.content['name']}!"
    return InputRequiredResult(input_requests={"user_name": ElicitRequest(params=ElicitRequestFormParams(
        message="What is your name?", requested_schema={"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}))})


@server.tool(structured_output=False)
async def test_input_required_result_sampling(ctx: Context) -> str | InputRequiredResult:
    """Asks the client's model for a capital."""
    answer = (ctx.input_responses or {}).get("capital_question")
    if answer is not None:
        return f"The model says: {answer.content.text}"
    return InputRequiredResult(input_requests={"capital_question": CreateMessageRequest(params=CreateMessageRequestParams(
        messages=[SamplingMessage(role="user", content=TextContent(type="text", text="What is the capital of France?"))], max_tokens=50))})


@server.tool(structured_output=False)
async def test_input_required_result_list_roots(ctx: Context) -> str | InputRequiredResult:
    """Asks for the client's roots."""
    answer = (ctx.input_responses or {}).get("client_roots")
    if answer is not None:
        return f"The client has {len(answer.roots)} roots."
    return InputRequiredResult(input_requests={"client_roots": ListRootsRequest()})


@server.tool(structured_output=False)
async def test_trigger_tool_change(ctx: Context) -> str:
    """Tells that the list of tools has changed."""
    await (ctx.session.send_tool_list_changed() if ctx.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS else ctx.notify_tools_changed())
    return "It was told."


@server.tool(structured_output=False)
async def test_trigger_prompt_change(ctx: Context) -> str:
    """Tells that the list of prompts has changed."""
    await (ctx.session.send_prompt_list_changed() if ctx.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS else ctx.notify_prompts_changed())
    return "It was told."


@server.tool(structured_output=False)
async def sleep(milliseconds: int) -> str:
    """Sleeps until it is cancelled, or the time is over."""
    global cancelled_calls
    try:
        await anyio.sleep(milliseconds / 1000)
    except anyio.get_cancelled_exc_class():
        cancelled_calls += 1
        raise
    return "Slept."


@server.tool(structured_output=False)
def count_cancelled() -> str:
    """How many calls of sleep were cancelled."""
    return str(cancelled_calls)


@server.tool()
def add_numbers(a: float, b: float) -> float:
    """Adds two numbers."""
    return a + b


@server.resource("test://static-text", mime_type="text/plain")
def static_text() -> str:
    """A text."""
    return "This is the content of the static text resource."


@server.resource("test://static-binary", mime_type="image/png")
def static_binary() -> bytes:
    """A pixel."""
    return PIXEL


@server.resource("test://template/{id}/data", mime_type="application/json")
def template(id: str) -> str:
    """Data by number."""
    return f'{{"id": "{id}"}}'


@server.prompt()
def test_simple_prompt() -> str:
    """One message."""
    return "This is a simple prompt for testing."


@server.prompt()
def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
    """A message that holds its arguments."""
    return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"


@server.prompt()
def test_prompt_with_embedded_resource(resourceUri: str) -> list:
    """A message that holds a resource."""
    return [UserMessage(embedded(resourceUri)), UserMessage("Please process it.")]


@server.prompt()
def test_prompt_with_image() -> list:
    """A message that holds an image."""
    return [UserMessage(ImageContent(type="image", data=base64.b64encode(PIXEL).decode(), mime_type="image/png")), UserMessage("Please look at it.")]


@server.completion()
async def complete(ref, argument, context):
    return Completion(values=[value for value in ("paris", "park", "party", "test") if value.startswith(argument.value)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--http", action="store_true", help="serve Streamable HTTP on a free port; prints the URL")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if not options.http:
        return server.run()
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
    uvicorn.Server(uvicorn.Config(server.streamable_http_app(), log_level="critical")).run(sockets=[listener])


if __name__ == "__main__":
    main()
