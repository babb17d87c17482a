"""Every state of the page, in both sizes and both colours: seen, accessible, pictured."""

import re

import pytest
from playwright.sync_api import expect

import processes
from conftest import check_axe, shoot

sizes = pytest.mark.parametrize("size", ["wide", "narrow"])


def say(page, text):
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def finished(page):
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def look(page, name, size):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        check_axe(page)
        shoot(page, f"{name}-{size}-{scheme}")
    page.emulate_media(color_scheme="light")


@sizes
def test_empty(new_page, script, size):
    page = new_page(script.address, size)
    expect(page.get_by_role("button", name="Which tables are there?")).to_be_visible()
    expect(page.get_by_text("Connected: shop and mail.")).to_be_visible()
    expect(page.get_by_role("button", name="Demonstration model")).to_be_visible()
    expect(page.locator("#empty").get_by_text("demonstration model answers")).to_be_visible()
    # What there is nothing to say of says nothing.
    expect(page.locator("#empty")).not_to_contain_text("null")
    look(page, "empty", size)


@sizes
def test_markdown(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "markdown")
    finished(page)
    log = page.get_by_role("log")
    expect(log.get_by_text("The end.")).to_be_visible()
    # What looks like HTML is text; what looks like a script is no link; pictures elsewhere are not fetched.
    expect(log.get_by_text("<script>alert(1)</script>")).to_be_visible()
    assert log.locator("img, script").count() == 0
    assert log.get_by_role("link", name="run").count() == 0
    expect(log.get_by_role("link", name="the specification (modelcontextprotocol.io)")).to_have_attribute("rel", re.compile("noopener"))
    expect(log.get_by_text("snake_case_words")).to_be_visible()
    expect(log.locator("strong em, em strong")).to_have_text("both")
    look(page, "markdown-end", size)
    page.locator("#scroller").evaluate("element => element.scrollTo(0, 0)")
    expect(page.get_by_role("button", name="Newest")).to_be_visible()
    look(page, "markdown", size)


@sizes
def test_streaming(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "hold")
    expect(page.get_by_text("I am still")).to_be_visible()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Answering")).to_be_attached()
    look(page, "streaming", size)
    page.keyboard.press("Escape")
    expect(page.get_by_text("You stopped this answer.")).to_be_visible()
    finished(page)
    look(page, "stopped", size)


@sizes
def test_rows(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "rows")
    finished(page)
    card = page.get_by_role("button", name=re.compile("shop.run_query"))
    expect(card).to_have_attribute("aria-expanded", "false")
    expect(card).to_contain_text("10 of 2,431 rows")
    look(page, "rows-closed", size)
    card.click()
    expect(page.get_by_role("cell", name="10423").first).to_be_visible()
    expect(page.get_by_text("select o.id, c.name")).to_be_visible()
    look(page, "rows", size)


@sizes
def test_mails(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "mails")
    finished(page)
    page.get_by_role("button", name=re.compile("mail.search_emails")).click()
    expect(page.locator(".mail-subject", has_text="Invoice 2025-0042")).to_be_visible()
    look(page, "mails", size)


@sizes
def test_approval(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "send")
    allow = page.get_by_role("button", name="Allow once")
    expect(allow).to_be_focused()
    expect(page.get_by_role("log").get_by_text("Send this email?", exact=True)).to_be_visible()
    # Nothing is folded before a decision.
    assert page.get_by_role("button", name=re.compile("Show all")).count() == 0
    look(page, "approval", size)
    allow.click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    finished(page)
    look(page, "approved", size)


@sizes
def test_destructive(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "delete")
    expect(page.get_by_role("button", name="Deny")).to_be_focused()
    look(page, "destructive", size)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Denied", exact=True)).to_be_visible()
    look(page, "denied", size)


@sizes
def test_running(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "running")
    expect(page.get_by_text("Reading orders · 62 %")).to_be_visible()
    look(page, "running", size)
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()


@sizes
def test_failed(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "failed")
    finished(page)
    expect(page.get_by_text("Did you mean")).to_be_visible()
    expect(page.get_by_text("Its process ended while it worked.")).to_be_visible()
    look(page, "failed", size)
    page.get_by_role("button", name="Retry").first.click()
    expect(page.get_by_text("Now it worked.")).to_be_visible()


@sizes
def test_form(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "form")
    expect(page.get_by_label("File name")).to_be_focused()
    expect(page.get_by_label("File name")).to_have_value("orders")
    look(page, "form", size)
    page.get_by_label("File name").fill("ab")
    page.get_by_label("Rows").fill("many")
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.get_by_text("This needs at least 3 characters.")).to_be_visible()
    expect(page.get_by_text("This has to be a number.")).to_be_visible()
    expect(page.get_by_text("Choose one.")).to_be_visible()
    expect(page.get_by_label("File name")).to_be_focused()
    look(page, "form-errors", size)


@sizes
def test_url(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "url")
    link = page.get_by_role("link", name="Open login.mail.example.com")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    look(page, "url", size)
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Declined", exact=True)).to_be_visible()


@sizes
def test_broken(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "broken")
    finished(page)
    expect(page.get_by_text("The line to the model broke here.")).to_be_visible()
    look(page, "broken", size)
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_text("Now it worked.")).to_be_visible()


@sizes
@pytest.mark.parametrize("state,words", [
    ("serverdown", "mail is down."), ("signin", "mail needs you to sign in."), ("signin again", "The sign-in was refused at login.example.com."),
    ("modeldown", "The model did not answer."), ("limited", "You have reached a limit."),
])
def test_troubles(new_page, state, words, size):
    # These are states of the whole chat: a server of its own, so that no other test sees them.
    program = processes.script_server()
    try:
        page = new_page(program.address, size)
        say(page, state)
        finished(page)
        expect(page.get_by_text(words).filter(visible=True).first).to_be_visible()
        look(page, state.replace(" ", "-"), size)
        if state == "signin":
            page.get_by_role("button", name="1 of 2 servers needs sign-in").click()
            panel = page.locator("#servers-panel")
            expect(panel.get_by_role("button", name="Sign in at login.example.com")).to_be_visible()
            expect(panel.get_by_role("button", name="Sign out of shop")).to_be_visible()
            look(page, "signin-panel", size)
            panel.get_by_role("button", name="Sign in at login.example.com").click()
            page.wait_for_url(program.address + "/healthz?mail")
        if state == "serverdown":
            page.get_by_role("button", name="1 of 2 servers down").click()
            expect(page.locator("#servers-panel").get_by_text("send_email")).to_be_visible()
            look(page, "serverdown-panel", size)
    finally:
        page.close()
        program.stop()


@sizes
def test_reconnecting(new_page, size):
    program = processes.script_server()
    page = new_page(program.address, size, allow=["WebSocket connection", "ERR_CONNECTION_REFUSED"])
    say(page, "hello there")
    expect(page.get_by_text("You said: hello there")).to_be_visible()
    finished(page)
    page.get_by_role("textbox", name="Message").fill("A draft that stays")
    program.stop()
    expect(page.get_by_text("Reconnecting.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("A draft that stays")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Waits for the connection")).to_be_visible()
    look(page, "reconnecting", size)


@sizes
def test_sidebar(new_page, script, size):
    page = new_page(script.address, size)
    for text in ("Orders of last year", "Invoices from Acme", "A much longer question about what the customers in Portugal bought in spring"):
        say(page, text)
        expect(page.get_by_text(f"You said: {text}")).to_be_visible()
        page.keyboard.press("Control+Shift+O")
        expect(page.locator("#empty")).to_be_visible()
    if size == "narrow":
        page.get_by_role("button", name="Conversations", exact=True).click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    look(page, "sidebar", size)
    page.keyboard.press("Control+k")
    page.keyboard.type("portugal")
    expect(page.get_by_text("1 found for “portugal”")).to_be_visible()
    look(page, "search", size)
    page.locator(".hit").click()
    expect(page.get_by_role("log").get_by_text("You said: A much longer question")).to_be_visible()


@sizes
def test_dialogs(new_page, script, size):
    page = new_page(script.address, size)
    say(page, "hello")
    expect(page.get_by_text("You said: hello")).to_be_visible()
    page.locator("#scroller").focus()
    page.keyboard.type("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    look(page, "keys", size)
    page.keyboard.press("Escape")
    if size == "narrow":
        page.get_by_role("button", name="Conversations", exact=True).click()
    page.get_by_role("button", name="Delete hello").first.click()
    expect(page.get_by_role("button", name="Keep")).to_be_focused()
    look(page, "delete-dialog", size)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Delete hello")).to_have_count(0)
