"""What the page does, beyond how it looks: keys, reloads, broken lines, what is sent."""

import json
import re

from playwright.sync_api import expect

from conftest import check_axe
from test_states import finished, say


def message_field(page):
    return page.get_by_role("textbox", name="Message")


def sent_commands(page):
    """The commands that the page sends from now on."""
    commands = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda payload: commands.append(json.loads(payload))))
    page.reload()
    expect(page.locator("#model")).to_be_visible()
    return commands


def test_keyboard_alone(new_page, script):
    page = new_page(script.address)
    expect(message_field(page)).to_be_focused()
    page.reload()
    expect(message_field(page)).to_be_focused()
    # The first thing that can have the focus leads past everything else.
    first = page.locator("a, button, input, textarea").first
    expect(first).to_have_text("Skip to the message field")
    first.focus()
    page.keyboard.press("Enter")
    expect(message_field(page)).to_be_focused()
    page.keyboard.type("send it")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("please")
    expect(message_field(page)).to_have_value("send it\nplease")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Allow once")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Deny")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("I left it.")).to_be_visible()
    finished(page)
    expect(message_field(page)).to_be_focused()
    page.keyboard.type("hold")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("You stopped this answer.")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(message_field(page)).to_be_focused()
    page.keyboard.type("?")
    expect(message_field(page)).to_have_value("?")
    page.keyboard.press("Backspace")
    page.locator("#scroller").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#scroller")).to_be_focused()
    page.keyboard.press("Control+Shift+O")
    expect(page.get_by_role("heading", name="Ask about what your servers know")).to_be_visible()
    expect(message_field(page)).to_be_focused()


def test_reload_loses_nothing(new_page, script):
    page = new_page(script.address)
    say(page, "rows")
    finished(page)
    say(page, "send")
    expect(page.get_by_role("button", name="Allow once")).to_be_focused()
    message_field(page).fill("An unfinished thought")
    page.reload()
    expect(page.get_by_text("These are the ten largest orders")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("shop.run_query"))).to_contain_text("10 of 2,431 rows")
    expect(message_field(page)).to_have_value("An unfinished thought")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.get_by_role("button", name="Allow once").click()
    expect(page.get_by_text("Done.", exact=True)).to_be_visible()
    finished(page)


def test_writing_keeps_the_focus_when_a_card_asks(new_page, script):
    page = new_page(script.address)
    say(page, "hello")
    finished(page)
    # The same conversation in a second tab asks while somebody writes in the first.
    message_field(page).fill("Still writing")
    other = page.context.new_page()
    other.goto(page.url)
    say(other, "delete")
    expect(page.get_by_role("button", name="Deny")).to_be_visible()
    expect(message_field(page)).to_be_focused()
    assert page.title().startswith("Waiting for you")


def test_message_survives_a_broken_line_and_arrives_once(new_page, script):
    page = new_page(script.address)
    say(page, "drop")
    expect(page.get_by_text("You said: drop")).to_have_count(1)
    expect(page.locator(".entry.user")).to_have_count(1)
    page.reload()
    expect(page.get_by_text("You said: drop")).to_have_count(1)
    expect(page.locator(".entry.user")).to_have_count(1)


def test_two_tabs_see_the_same(new_page, script):
    page = new_page(script.address)
    say(page, "first")
    expect(page.get_by_text("You said: first")).to_be_visible()
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("You said: first")).to_be_visible()
    say(other, "second")
    expect(page.get_by_text("You said: second")).to_be_visible()


def test_edit_the_last_message(new_page, script):
    page = new_page(script.address)
    say(page, "frist")
    expect(page.get_by_text("You said: frist")).to_be_visible()
    finished(page)
    message_field(page).press("ArrowUp")
    expect(message_field(page)).to_have_value("frist")
    expect(page.get_by_text("Editing your last message.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(message_field(page)).to_have_value("")
    message_field(page).press("ArrowUp")
    message_field(page).fill("first")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You said: first")).to_be_visible()
    expect(page.get_by_text("You said: frist")).to_have_count(0)
    expect(page.locator(".entry.user")).to_have_count(1)


def test_form_sends_typed_values(new_page, script):
    page = new_page(script.address)
    commands = sent_commands(page)
    say(page, "form")
    # The card takes the focus once.
    expect(page.get_by_label("File name")).to_be_focused()
    page.get_by_label("Recipient").fill("alice@example")
    page.get_by_label("Rows").fill("6000")
    send = page.get_by_role("group", name="shop asks").get_by_role("button", name="Send")
    send.click()
    expect(page.get_by_text("This is no email address")).to_be_visible()
    expect(page.get_by_text("This has to be 5000 or less.")).to_be_visible()
    expect(page.get_by_label("Recipient")).to_be_focused()
    expect(page.get_by_label("Recipient")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Recipient").fill("alice@example.com")
    # What is mended is no longer marked.
    expect(page.get_by_text("This is no email address")).to_have_count(0)
    page.get_by_label("Rows").fill("250")
    page.get_by_label("Discount").fill("0.5")
    page.get_by_label("With a header line").uncheck()
    page.get_by_label("Newest first").check()
    page.get_by_label("Country").select_option("Portugal")
    page.get_by_label("total").check()
    page.get_by_label("Paid").check()
    page.get_by_label("Send at").fill("2026-01-31T10:30:00")
    send.click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    answer = next(command for command in commands if command["type"] == "answer")
    assert answer["action"] == "accept"
    assert answer["content"] == {
        "name": "orders", "recipient": "alice@example.com", "from": "2025-01-01", "at": "2026-01-31T10:30:00.000Z", "rows": 250,
        "discount": 0.5, "header": False, "format": "csv", "order": "desc", "country": "pt", "columns": ["id", "total"], "states": ["paid"],
    }


def test_decisions_that_are_sent(new_page, script):
    page = new_page(script.address)
    commands = sent_commands(page)
    say(page, "send")
    page.get_by_role("button", name="Allow in this chat").click()
    expect(page.get_by_text("Done.", exact=True)).to_be_visible()
    approve = next(command for command in commands if command["type"] == "approve")
    assert approve["decision"] == "allowInChat"
    assert page.url.endswith(approve["conversation"])


def test_reader_who_scrolled_up_is_left_alone(new_page, script):
    page = new_page(script.address)
    say(page, "long 80")
    finished(page)
    expect(page.get_by_text("Paragraph 80.")).to_be_in_viewport()
    page.locator("#scroller").evaluate("element => element.scrollTo(0, 0)")
    newest = page.get_by_role("button", name="Newest")
    expect(newest).to_be_visible()
    other = page.context.new_page()
    other.goto(page.url)
    say(other, "more")
    expect(page.get_by_text("You said: more")).to_be_attached()
    assert page.locator("#scroller").evaluate("element => element.scrollTop") == 0
    newest.click()
    expect(page.get_by_text("You said: more")).to_be_in_viewport()
    expect(newest).to_be_hidden()


def test_theme_is_kept_and_drawn_by_the_server(new_page, script):
    page = new_page(script.address, scheme="light")
    button = page.get_by_role("button", name=re.compile("Theme"))
    button.click()
    button.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    response = page.context.request.get(script.address)
    assert 'data-theme="dark"' in response.text()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 20, 22)"


def test_drawer_keeps_the_focus_and_gives_it_back(new_page, script):
    page = new_page(script.address, "narrow")
    say(page, "hello")
    finished(page)
    opener = page.get_by_role("button", name="Conversations", exact=True)
    opener.click()
    expect(page.get_by_role("button", name="New chat")).to_be_focused()
    assert page.locator("#column").evaluate("element => element.inert")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    page.get_by_role("link", name="hello").click()
    expect(page.locator("#sidebar")).not_to_have_class(re.compile("open"))


def test_rename_and_delete(new_page, script):
    page = new_page(script.address)
    say(page, "Orders")
    finished(page)
    page.get_by_role("button", name="Rename Orders").click()
    page.get_by_role("textbox", name="New title").fill("Orders of spring")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders of spring")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders of spring")
    page.get_by_role("button", name="Delete Orders of spring").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#empty")).to_be_visible()
    assert page.url.rstrip("/") == script.address


def test_unknown_conversation_leads_to_a_new_chat(new_page, script):
    page = new_page(f"{script.address}/c/nothing-here")
    expect(page.locator("#empty")).to_be_visible()
    assert page.url.rstrip("/") == script.address


def test_back_and_forward(new_page, script):
    page = new_page(script.address)
    say(page, "one")
    finished(page)
    page.keyboard.press("Control+Shift+O")
    say(page, "two")
    expect(page.get_by_text("You said: two")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("You said: one")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("You said: two")).to_be_visible()


def test_page_that_is_not_understood_says_so(new_page, script):
    page = new_page(script.address)
    expect(page.locator("#model")).to_be_visible()
    # As a page of another release would: the message that waits in its outbox has a form that the chat does not know.
    page.evaluate("sessionStorage.setItem('chat.outbox', JSON.stringify([{type: 'sing', text: 'La la', clientMessageID: '1', conversation: null}]))")
    page.reload()
    expect(page.get_by_text("The chat did not understand this page.")).to_be_visible()
    expect(page.get_by_text("There is no command sing.")).to_be_visible()
    expect(page.get_by_text("Reconnecting.")).to_have_count(0)
    expect(message_field(page)).to_have_value("La la")
    page.reload()
    expect(page.locator("#empty")).to_be_visible()
    expect(message_field(page)).to_have_value("La la")


def test_new_chat_shows_stop_from_the_first_message_to_the_end(new_page, script):
    page = new_page(script.address)
    # Every change of the two buttons, from the first message on.
    page.evaluate("""() => {
      window.seen = [];
      const note = () => window.seen.push(document.getElementById("stop").hidden ? "send" : "stop");
      new MutationObserver(note).observe(document.getElementById("stop"), { attributes: true, attributeFilter: ["hidden"] });
    }""")
    say(page, "hello")
    expect(page.get_by_text("You said: hello")).to_be_visible()
    finished(page)
    assert page.evaluate("window.seen") == ["stop", "send"]


class Lines:
    """The page's lines to the server, which the test can cut, and on which it can hold back what the server says.

    A page whose line is cut asks by HTTP why (426 where the server is there), which the browser writes to its console.
    """

    def __init__(self, page):
        self.down = False
        self.holds = False
        self.sent = []
        self._held = []
        self._open = []
        self._page = page
        page.route_web_socket(re.compile("/ws$"), self._opened)
        page.reload()
        expect(page.locator("#model")).to_be_visible()

    def _opened(self, line):
        if self.down:
            line.close()
            return
        server = line.connect_to_server()
        self._open += [line, server]

        def from_page(message):
            self.sent.append(json.loads(message))
            server.send(message)

        line.on_message(from_page)
        server.on_message(lambda message: self._held.append((line, message)) if self.holds else line.send(message))

    def cut(self):
        self.down = True
        for line in self._open:
            line.close()
        self._open = []

    def restore(self):
        self.down = False
        # Otherwise the next try comes after a while that has grown while the line was cut.
        self._page.evaluate("dispatchEvent(new Event('online'))")

    def release(self):
        self.holds = False
        for line, message in self._held:
            line.send(message)
        self._held = []


def outbox(page):
    return json.loads(page.evaluate("sessionStorage.getItem('chat.outbox') ?? '[]'"))


def test_message_of_another_chat_is_confirmed_and_the_page_goes_on(new_page, script):
    page = new_page(script.address, allow=["426"])
    lines = Lines(page)
    say(page, "one")
    finished(page)
    page.keyboard.press("Control+Shift+O")
    say(page, "two")
    finished(page)
    page.get_by_role("link", name="one").click()
    expect(page.get_by_text("You said: one")).to_be_visible()
    lines.cut()
    expect(page.get_by_text("Reconnecting.")).to_be_visible()
    say(page, "three")
    expect(page.get_by_text("Waits for the connection")).to_be_visible()
    page.get_by_role("link", name="two").click()
    lines.restore()
    # The other chat is shown, and what happens in it.
    expect(page.get_by_text("You said: two")).to_be_visible()
    say(page, "four")
    expect(page.get_by_text("You said: four")).to_be_visible()
    finished(page)
    expect(page.get_by_text("You said: three")).to_have_count(0)
    assert outbox(page) == []
    page.get_by_role("link", name="one").click()
    expect(page.get_by_text("You said: three")).to_be_visible()
    finished(page)


def test_two_new_chats_are_not_taken_for_each_other(new_page, script):
    page = new_page(script.address, allow=["426"])
    lines = Lines(page)
    lines.cut()
    expect(page.get_by_text("Reconnecting.")).to_be_visible()
    say(page, "five")
    page.keyboard.press("Control+Shift+O")
    expect(page.locator(".entry.user")).to_have_count(0)
    say(page, "six")
    lines.restore()
    expect(page.get_by_text("You said: six")).to_be_visible()
    finished(page)
    expect(page.get_by_text("You said: five")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("six")
    assert outbox(page) == []
    page.get_by_role("link", name="five").click()
    expect(page.get_by_text("You said: five")).to_be_visible()
    finished(page)


def test_message_that_comes_back_joins_what_was_written_since(new_page, script):
    page = new_page(script.address, allow=["426"])
    lines = Lines(page)
    lines.cut()
    expect(page.get_by_text("Reconnecting.")).to_be_visible()
    say(page, "first")
    page.locator("#message").fill("second")
    page.keyboard.press("Escape")
    expect(page.locator("#message")).to_have_value("second\n\nfirst")
    assert outbox(page) == []


def test_first_message_of_a_new_chat_is_still_there_after_a_reload(new_page, script):
    page = new_page(script.address, allow=["426"])
    lines = Lines(page)
    lines.cut()
    expect(page.get_by_text("Reconnecting.")).to_be_visible()
    say(page, "seven")
    page.reload()
    expect(page.locator(".entry.user")).to_have_count(1)
    lines.restore()
    expect(page.get_by_text("You said: seven")).to_be_visible()
    finished(page)


def test_stop_before_the_new_chat_has_an_id(new_page, script):
    page = new_page(script.address)
    lines = Lines(page)
    lines.holds = True
    say(page, "hold")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    lines.release()
    expect(page.get_by_text("You stopped this answer.")).to_be_visible()
    finished(page)
    assert [command["type"] for command in lines.sent].count("stop") == 1


def test_stopped_answer_can_be_gone_on_from_while_it_is_the_last(new_page, script):
    page = new_page(script.address)
    say(page, "hold")
    expect(page.get_by_text("I am still")).to_be_visible()
    page.keyboard.press("Escape")
    retry = page.get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    retry.click()
    expect(page.get_by_text("Now it worked.")).to_be_visible()
    expect(retry).to_be_hidden()


def test_entry_that_cannot_be_drawn_does_not_take_the_others(new_page, script):
    page = new_page(script.address)
    say(page, "strange")
    for _ in range(2):
        expect(page.get_by_text("I go on.")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("shop.all_rows"))).to_contain_text("130,000 rows")
        expect(page.get_by_role("group", name="shop.odd").get_by_text("This cannot be shown as usual.")).to_be_visible()
        # What is no object is one value, not its letters.
        expect(page.get_by_role("group", name="shop.text, Failed").locator("dd")).to_have_text(["[1, 2"])
        check_axe(page)
        page.reload()
    drawn = page.get_by_role("group", name="shop asks, Waiting for you")
    expect(drawn.get_by_role("textbox")).to_be_visible()
    expect(drawn.get_by_label("x", exact=True)).to_be_visible()
    plain = page.get_by_role("group", name="shop asks", exact=True)
    expect(plain.get_by_text("Which of those?", exact=True)).to_be_visible()
    plain.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()


def test_numbers_are_shown_as_they_are_sent(new_page, script):
    page = new_page(script.address)
    say(page, "exact")
    card = page.get_by_role("group", name="bank.pay, Waiting for you")
    expect(card.locator("dd").nth(0)).to_have_text("9007199254740993")
    expect(card.locator("dd").nth(1)).to_have_text(re.compile(r'"most": 9223372036854775807\b'))
    expect(card.locator("dd").nth(2)).to_have_text("0.5")
    expect(card.locator("dd").nth(3)).to_have_text("123456789012345678901234567890")


def test_end_of_an_answer_that_was_cut_is_said(new_page, script):
    page = new_page(script.address)
    say(page, "cut")
    finished(page)
    expect(page.get_by_role("status").filter(has_text="The answer was cut at the limit of length")).to_be_attached()
    expect(page.get_by_text("The answer was cut.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_text("Now it worked.")).to_be_visible()
