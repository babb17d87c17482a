"""The whole path in a real browser: the orchestrator as `./dev chat` starts it, its two servers, and one that nobody knew."""

import os
import re
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

import processes
from conftest import SHOTS, check_axe, shoot
from test_states import finished, say

RESTAURANT = Path(__file__).parent / "servers/restaurant_server.py"


@pytest.fixture(scope="module")
def chat(tmp_path_factory):
    """The chat with the demonstration model, a data directory of its own and a third, untrusted server."""
    data = tmp_path_factory.mktemp("chat")
    program = processes.orchestrator(data, {"restaurant": {"command": sys.executable, "args": [str(RESTAURANT)]}})
    program.data = data
    yield program
    program.stop()


def open_chat(new_page, chat, **options):
    page = new_page(chat.address, **options)
    expect(page.get_by_role("button", name=re.compile("^3 servers"))).to_be_visible(timeout=60_000)
    return page


def card(page, name):
    return page.get_by_role("button", name=re.compile(re.escape(name))).last


def ask(page, text):
    say(page, text)


def test_which_tables_are_there(new_page, chat):
    page = open_chat(new_page, chat)
    expect(page.get_by_role("button", name="Demonstration model")).to_be_visible()
    page.get_by_role("button", name="Which tables are there?").click()
    finished(page)
    for table in ("customers", "products", "orders"):
        expect(page.locator(".assistant").get_by_text(table).first).to_be_visible()
    assert page.locator(".card[data-state=done]").count() >= 1
    check_axe(page)


def test_ten_largest_orders_survive_a_reload(new_page, chat):
    page = open_chat(new_page, chat)
    ask(page, "Show me the ten largest orders")
    finished(page)
    query = card(page, "run_query")
    expect(query).to_contain_text("10")
    query.click()
    rows = page.locator(".card").last.locator("tbody tr")
    expect(rows).to_have_count(10)
    check_axe(page)
    shoot(page, "chat-orders")
    before = page.get_by_role("log").inner_text()
    page.reload()
    expect(page.get_by_text("Show me the ten largest orders").last).to_be_visible()
    card(page, "run_query").click()
    expect(rows).to_have_count(10)
    assert page.get_by_role("log").inner_text().replace("just now", "").split() == before.replace("just now", "").split()


def test_search_mail(new_page, chat):
    page = open_chat(new_page, chat)
    ask(page, "Search my mail for the invoice from Acme")
    finished(page)
    card(page, "search_emails").click()
    expect(page.locator(".mail-from", has_text=re.compile("acme", re.I)).first).to_be_visible()
    check_axe(page)
    shoot(page, "chat-mail")


def outbox(chat):
    return [path.read_text(errors="replace") for path in chat.data.rglob("*.eml") if "alice@example.com" in path.read_text(errors="replace")]


def audit(chat, *parts, patience=10):
    """The line that the operator reads of a call, with all of these parts; it comes through a pipe, and may take a moment."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        for line in chat.lines:
            if "Tool call" in line and all(part in line for part in parts):
                return line
        time.sleep(0.05)
    raise AssertionError(f"no line of a tool call with {parts}:\n{chat.output}")


def test_email_is_sent_only_after_approval(new_page, chat):
    page = open_chat(new_page, chat)
    before = len(outbox(chat))
    ask(page, "Send alice@example.com a summary")
    expect(page.locator(".card[data-state=waiting]")).to_be_visible()
    expect(page.locator(".card[data-state=waiting]").get_by_text("alice@example.com").first).to_be_visible()
    check_axe(page)
    shoot(page, "chat-approval")
    assert len(outbox(chat)) == before
    # Nothing is lost while it waits.
    page.reload()
    expect(page.locator(".card[data-state=waiting]")).to_be_visible()
    page.get_by_role("button", name="Allow once").click()
    finished(page)
    expect(page.locator(".card[data-state=done]").last).to_contain_text("send_email")
    assert len(outbox(chat)) == before + 1
    page.reload()
    expect(page.locator(".card[data-state=done]").last).to_contain_text("send_email")


def test_denied_email_is_not_sent(new_page, chat):
    page = open_chat(new_page, chat)
    before = len(outbox(chat))
    ask(page, "Send alice@example.com a summary")
    page.get_by_role("button", name="Deny").click()
    finished(page)
    expect(page.locator(".card[data-state=denied]")).to_be_visible()
    assert len(outbox(chat)) == before
    audit(chat, "tool=send_email", "approval=denied", "outcome=denied")


def test_elicitation_is_answered(new_page, chat):
    page = open_chat(new_page, chat)
    ask(page, "Reserve seats in the restaurant")
    # Nobody trusts this server: it asks before anything runs.
    page.get_by_role("button", name="Allow once").click()
    form = page.get_by_role("group", name="restaurant asks")
    expect(form.get_by_label("Guests")).to_have_value("2")
    check_axe(page)
    shoot(page, "chat-elicitation")
    form.get_by_label("Guests").fill("5")
    form.get_by_label("garden").check()
    form.get_by_role("button", name="Send").click()
    finished(page)
    expect(page.get_by_text("Reserved for 5 in the garden.").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("group", name="restaurant asks, Answered")).to_be_visible()
    line = audit(chat, "tool=reserve_seats", "server=restaurant", "approval=allowed-once", "outcome=done", "user=", "conversation=")
    # What was asked and answered is in the conversation, and not in the log.
    assert "garden" not in line


@pytest.mark.parametrize("button", ["Decline", "Cancel"])
def test_a_form_that_is_not_answered_reaches_the_server(new_page, chat, button):
    page = open_chat(new_page, chat)
    ask(page, "Reserve seats in the restaurant")
    page.get_by_role("button", name="Allow once").click()
    page.get_by_role("group", name="restaurant asks").get_by_role("button", name=button, exact=True).click()
    finished(page)
    expect(page.get_by_text("Nothing was reserved.").first).to_be_visible()


def test_server_that_lies_about_reading_only_asks_and_can_be_stopped(new_page, chat):
    page = open_chat(new_page, chat)
    ask(page, "Count the guests in the restaurant")
    page.get_by_role("button", name="Allow once").click()
    expect(page.get_by_text(re.compile(r"Guest \d+"))).to_be_visible()
    page.keyboard.press("Escape")
    finished(page)
    expect(page.locator(".card[data-state=cancelled]")).to_be_visible()


def test_server_that_dies_is_said_and_comes_back(new_page, chat):
    page = open_chat(new_page, chat)
    ask(page, "Close the kitchen of the restaurant")
    page.get_by_role("button", name="Allow once").click()
    expect(page.locator(".card[data-state=failed]")).to_be_visible()
    finished(page)
    # The others go on, and it is started again.
    expect(page.get_by_role("button", name=re.compile("^3 servers"))).to_be_visible(timeout=60_000)
    ask(page, "Which tables are there?")
    finished(page)
    expect(page.locator(".assistant").last.get_by_text("orders").first).to_be_visible()


def test_picture_for_the_readme(new_page, chat):
    page = open_chat(new_page, chat)
    ask(page, "How many orders are there?")
    finished(page)
    ask(page, "Send alice@example.com a summary")
    expect(page.locator(".card[data-state=waiting]")).to_be_visible()
    # The README's picture is replaced only when that is asked for: every run would make a slightly different file.
    folder = processes.ROOT / "docs/images" if os.environ.get("UPDATE_README_PICTURE") else SHOTS
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / "chat.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 20_000
    page.get_by_role("button", name="Deny").click()
    finished(page)


def test_chat_survives_a_restart_of_the_process(new_page, tmp_path):
    program = processes.orchestrator(tmp_path)
    try:
        # 426: the page asks why there is no connection, and may ask the next process.
        page = new_page(program.address, allow=["WebSocket connection", "ERR_CONNECTION_REFUSED", "426"])
        expect(page.get_by_role("button", name="2 servers", exact=True)).to_be_visible(timeout=60_000)
        say(page, "Which tables are there?")
        finished(page)
        port = program.address.rsplit(":", 1)[1]
        assert program.stop() == 0
        program = processes.orchestrator(tmp_path, port=port)
        page.reload()
        expect(page.locator(".assistant").get_by_text("orders").first).to_be_visible()
    finally:
        program.stop()
