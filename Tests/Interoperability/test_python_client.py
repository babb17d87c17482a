"""The Python SDK's client against our fixture server: both eras, both transports."""

import base64
import re

import anyio
import programs
import pytest
from connections import AUTO, HANDSHAKE, MODES, PER_REQUEST, TRANSPORTS, connected, over_stdio, text
from mcp.shared.exceptions import MCPError
from mcp.types import ElicitResult, InputRequiredResult, ToolListChangedNotification

pytestmark = pytest.mark.anyio

accept = lambda **content: ElicitResult(action="accept", content=content)  # noqa: E731


@pytest.fixture(params=TRANSPORTS)
def target(request):
    if request.param == "stdio":
        return over_stdio("conformance-server")
    return request.getfixturevalue("fixture_server_url")


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


class Asked:
    """Answers questions by a part of their text, and remembers them."""

    def __init__(self, **answers):
        self.answers = answers
        self.questions = []

    async def __call__(self, context, params):
        self.questions.append(params)
        return next(answer for part, answer in self.answers.items() if part in params.message)


async def test_negotiation(target, mode):
    async with connected(target, mode) as client:
        assert client.protocol_version == ("2025-11-25" if mode == HANDSHAKE else "2026-07-28")
        # A pinned client asks nothing before its first request.
        if mode != PER_REQUEST:
            assert client.server_info.name == "conformance-server"
            assert client.server_info.title == "Conformance fixtures"
            assert client.server_capabilities.tools.list_changed is True
            assert client.server_capabilities.prompts.list_changed is True
            assert client.server_capabilities.completions is not None
            assert "known" in client.instructions


async def test_ping(target):
    async with connected(target, HANDSHAKE) as client:
        await client.send_ping()


async def test_list_of_tools(target, mode):
    async with connected(target, mode) as client:
        listed = await client.list_tools()
        tools = {tool.name: tool for tool in listed.tools}
        assert listed.next_cursor is None
        assert {"echo", "add_numbers", "ask_twice", "test_simple_text", "sleep"} <= tools.keys()
        assert tools["echo"].annotations.read_only_hint is True
        assert tools["echo"].input_schema["required"] == ["message"]
        assert tools["add_numbers"].output_schema["properties"]["result"]["type"] == "number"
        foreign = tools["json_schema_2020_12_tool"].input_schema
        assert foreign["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert foreign["$defs"]["address"]["$anchor"] == "addressDef"
        assert foreign["allOf"] == [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}]
        # A result that is no object is wrapped for the handshake era.
        assert tools["count_to"].output_schema["type"] == ("object" if mode == HANDSHAKE else "array")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_paging(transport, mode):
    with programs.http_server("conformance-server", "--page-size", "4") as (url, _):
        paged = url if transport == "http" else over_stdio("conformance-server", "--page-size", "4")
        names, cursor, pages = [], None, 0
        async with connected(paged, mode) as client:
            while True:
                page = await client.list_tools(cursor=cursor)
                assert len(page.tools) <= 4
                names += [tool.name for tool in page.tools]
                pages += 1
                cursor = page.next_cursor
                if cursor is None:
                    break
            with pytest.raises(MCPError) as failure:
                await client.list_tools(cursor="no such cursor")
            assert failure.value.code == -32602
        async with connected(over_stdio("conformance-server"), mode) as client:
            assert names == [tool.name for tool in (await client.list_tools()).tools]
        assert pages == -(-len(names) // 4)


async def test_kinds_of_content(target, mode):
    async with connected(target, mode) as client:
        assert text(await client.call_tool("test_simple_text")) == "This is a simple text response for testing."
        [image] = (await client.call_tool("test_image_content")).content
        assert (image.type, image.mime_type) == ("image", "image/png")
        assert base64.b64decode(image.data).startswith(b"\x89PNG")
        [sound] = (await client.call_tool("test_audio_content")).content
        assert (sound.type, sound.mime_type) == ("audio", "audio/wav")
        assert base64.b64decode(sound.data).startswith(b"RIFF")
        [embedded] = (await client.call_tool("test_embedded_resource")).content
        assert embedded.type == "resource"
        assert embedded.resource.text == "This is an embedded resource."
        blocks = (await client.call_tool("test_multiple_content_types")).content
        assert [block.type for block in blocks] == ["text", "image", "resource", "resource_link"]
        assert blocks[3].uri == "test://static-text"


@pytest.mark.parametrize("message", ["Hello", "", "Grüße, 世界 \U0001f30d \u2028\u0000\n\"\\", "x" * 300_000])
async def test_text_survives_the_way(target, mode, message):
    async with connected(target, mode) as client:
        assert text(await client.call_tool("echo", {"message": message})) == message


async def test_structured_content(target, mode):
    async with connected(target, mode) as client:
        # The client validates structured content against the schemas that it has listed.
        await client.list_tools()
        sum = await client.call_tool("add_numbers", {"a": 1, "b": 2.5})
        assert sum.structured_content == {"result": 3.5}
        assert text(sum) == '{"result":3.5}'
        numbers = await client.call_tool("count_to", {"limit": 3})
        assert numbers.structured_content == ({"result": [1, 2, 3]} if mode == HANDSHAKE else [1, 2, 3])


async def test_errors(target, mode):
    async with connected(target, mode) as client:
        failed = await client.call_tool("test_error_handling")
        assert failed.is_error and "always fails" in text(failed)
        unfit = await client.call_tool("add_numbers", {"a": "one"})
        assert unfit.is_error
        assert "/a" in text(unfit) and "number" in text(unfit) and '"b"' in text(unfit)
        with pytest.raises(MCPError) as unknown:
            await client.call_tool("no_such_tool", {})
        assert unknown.value.code == -32602 and "no_such_tool" in str(unknown.value)
        # None of it has cost the connection.
        assert text(await client.call_tool("echo", {"message": "alive"})) == "alive"


async def test_progress(target, mode):
    updates = []

    async def note(progress, total, message):
        updates.append((progress, total, message))

    async with connected(target, mode) as client:
        result = await client.call_tool("test_tool_with_progress", progress_callback=note)
        assert text(result) == "Done."
        assert updates == [(0, 100, "0 of 100"), (50, 100, "50 of 100"), (100, 100, "100 of 100")]


async def test_cancellation_reaches_the_handler(target, mode):
    async with connected(target, mode) as client:

        async def cancelled() -> int:
            return int(text(await client.call_tool("count_cancelled")))

        before = await cancelled()
        # A call that is given up before it was sent reaches nobody: give it longer each time.
        for patience in (0.5, 2, 8):
            with anyio.move_on_after(patience) as scope:
                await client.call_tool("sleep", {"milliseconds": 60_000})
            assert scope.cancelled_caught
            with anyio.move_on_after(5):
                while await cancelled() == before:
                    await anyio.sleep(0.05)
                break
        assert await cancelled() > before


async def test_two_questions_with_a_step_between(target, mode):
    asked = Asked(Who=accept(name="Ada"), Keep=accept(confirm=True))
    async with connected(target, mode, elicitation_callback=asked) as client:
        tickets = []
        for _ in range(2):
            answer = text(await client.call_tool("ask_twice", {"event": "the ball"}))
            match = re.fullmatch(r"Ticket (\d+) to the ball is Ada's\.", answer)
            assert match, answer
            tickets.append(int(match[1]))
        # The step ran once a call, although in the per-request era the handler ran three times.
        assert tickets[1] == tickets[0] + 1
    who, keep, *_ = asked.questions
    assert who.message == "Who goes to the ball?"
    assert who.requested_schema["properties"]["name"]["minLength"] == 1
    assert who.requested_schema["required"] == ["name"]
    assert keep.message == f"Keep ticket {tickets[0]} to the ball for Ada?"
    assert len(asked.questions) == 4


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (dict(Who=ElicitResult(action="decline")), r"Nobody goes to the ball\."),
        (dict(Who=ElicitResult(action="cancel")), r"Nobody goes to the ball\."),
        (dict(Who=accept(name="Ada"), Keep=accept(confirm=False)), r"Ticket \d+ to the ball is given back\."),
        (dict(Who=accept(name="Ada"), Keep=ElicitResult(action="decline")), r"Ada does not say whether to keep ticket \d+\."),
        (dict(Who=accept(name="Ada"), Keep=ElicitResult(action="cancel")), r"Ticket \d+ waits for Ada\."),
    ],
    ids=["decline", "cancel", "refuse", "decline-second", "cancel-second"])
async def test_answers_that_are_no_consent(target, mode, answers, expected):
    async with connected(target, mode, elicitation_callback=Asked(**answers)) as client:
        assert re.fullmatch(expected, text(await client.call_tool("ask_twice", {"event": "the ball"})))


@pytest.mark.parametrize("tool", ["ask_batch", "ask_concurrently"])
async def test_questions_of_one_round(target, mode, tool):
    asked = Asked(name=accept(name="Ada"), colour=accept(color="blue"))
    async with connected(target, mode, elicitation_callback=asked) as client:
        assert text(await client.call_tool(tool)) == "Ada likes blue best."
    assert sorted(question.message for question in asked.questions) == ["What is your name?", "Which colour do you like best?"]
    colour = next(question for question in asked.questions if "colour" in question.message)
    assert colour.requested_schema["properties"]["color"]["enum"] == ["red", "green", "blue"]
    assert colour.requested_schema["properties"]["color"]["default"] == "green"


@pytest.mark.parametrize("tool", ["ask_batch", "ask_concurrently"])
@pytest.mark.parametrize("mode", [AUTO, PER_REQUEST])
async def test_questions_travel_together(target, mode, tool):
    async with connected(target, mode, elicitation_callback=Asked()) as client:
        first = await client.session.call_tool(tool, {}, allow_input_required=True)
        assert isinstance(first, InputRequiredResult)
        assert sorted(first.input_requests) == ["taste", "user"]
        answers = {"user": accept(name="Ada"), "taste": accept(color="red")}
        last = await client.session.call_tool(
            tool, {}, input_responses=answers, request_state=first.request_state, allow_input_required=True)
        assert text(last) == "Ada likes red best."


@pytest.mark.parametrize("mode", [AUTO, PER_REQUEST])
async def test_state_that_does_not_open_is_refused(target, mode):
    async with connected(target, mode, elicitation_callback=Asked()) as client:
        first = await client.session.call_tool("ask_twice", {"event": "the ball"}, allow_input_required=True)

        async def refusal(state, **arguments) -> str:
            with pytest.raises(MCPError) as failure:
                await client.session.call_tool(
                    "ask_twice", {"event": "the ball", **arguments}, input_responses={"user": accept(name="Ada")},
                    request_state=state, allow_input_required=True)
            return str(failure.value)

        # The same words whatever the cause: a forger learns nothing from them.
        forged = await refusal("forged")
        assert await refusal(first.request_state, event="another ball") == forged


async def test_questions_to_a_client_that_cannot_be_asked(target, mode):
    async with connected(target, mode) as client:
        with pytest.raises(MCPError) as failure:
            await client.call_tool("ask_twice", {"event": "the ball"})
        # The code for it came with 2026-07-28.
        assert failure.value.code == (-32600 if mode == HANDSHAKE else -32021)
        assert "elicitation" in failure.value.error.data["requiredCapabilities"]


@pytest.mark.parametrize("mode", [AUTO, PER_REQUEST])
async def test_changes_of_the_list_by_subscription(target, mode):
    async with connected(target, mode) as client:
        async with client.listen(tools_list_changed=True) as changes:
            assert changes.honored.tools_list_changed is True
            # What was not asked for is not honoured.
            assert not changes.honored.prompts_list_changed

            async def there() -> bool:
                return "test_dynamic_tool" in [tool.name for tool in (await client.list_tools()).tools]

            for _ in range(2):
                before = await there()
                await client.call_tool("test_trigger_tool_change")
                await anext(changes)
                assert await there() is not before


async def test_changes_of_the_list_by_notification(target):
    changed = anyio.Event()

    async def note(message):
        if isinstance(message, ToolListChangedNotification):
            changed.set()

    async with connected(target, HANDSHAKE, message_handler=note) as client:
        result = text(await client.call_tool("test_trigger_tool_change"))
        await changed.wait()
        names = [tool.name for tool in (await client.list_tools(cache_mode="bypass")).tools]
        assert ("test_dynamic_tool" in names) == (result == "A tool was added.")


async def test_many_calls_at_once(target, mode):
    async with connected(target, mode) as client:
        answers = {}

        async def call(letter):
            answers[letter] = text(await client.call_tool("echo", {"message": letter * 100_000}))

        async with anyio.create_task_group() as group:
            for letter in "abcdefgh":
                group.start_soon(call, letter)
        assert answers == {letter: letter * 100_000 for letter in "abcdefgh"}


async def test_two_clients_at_once(fixture_server_url, mode):
    """Ids and progress tokens that two clients have in common stay apart."""
    other = HANDSHAKE if mode != HANDSHAKE else AUTO
    async with connected(fixture_server_url, mode) as one, connected(fixture_server_url, other) as two:
        results = {}

        async def call(name, client):
            updates = []

            async def note(progress, total, message):
                updates.append(progress)

            await client.call_tool("test_tool_with_progress", progress_callback=note)
            results[name] = updates

        async with anyio.create_task_group() as group:
            group.start_soon(call, "one", one)
            group.start_soon(call, "two", two)
        assert results == {"one": [0, 50, 100], "two": [0, 50, 100]}
