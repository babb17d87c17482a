"""Questions of servers in the browser: pages that they want opened (MCP, client/elicitation, "Safe URL Handling"), and forms that are not answered."""

import re

import pytest
from playwright.sync_api import expect

from conftest import check_axe, shoot
from test_behaviour import sent_commands
from test_states import finished, say

ADDRESS = "https://login.mail.example.com/authorize?client=chat&state=4f1c"


def watch(page):
    """The addresses that the page's whole browser asks for from now on, and answers for those that are not the chat's."""
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<title>elsewhere</title>")

    page.context.route(lambda address: not address.startswith("http://127.0.0.1"), answer)
    return asked


def card(page):
    return page.locator(".elicitation").last


def test_nothing_is_fetched_or_opened_before_the_click(new_page, script):
    page = new_page(script.address)
    commands = sent_commands(page)
    asked = watch(page)
    say(page, "url")
    link = card(page).get_by_role("link", name="Open login.mail.example.com")
    expect(link).to_be_visible()
    # The pointer over it and the focus on it are no click; nor is a look from another tab, or a reload.
    link.hover()
    link.focus()
    page.reload()
    link = card(page).get_by_role("link", name="Open login.mail.example.com")
    expect(link).to_be_visible()
    expect(page.locator("link[rel~=prefetch], link[rel~=preconnect], link[rel~='dns-prefetch'], iframe, object, embed")).to_have_count(0)
    assert asked == []
    assert len(page.context.pages) == 1
    assert not any(command["type"] == "answer" for command in commands)
    with page.context.expect_page() as opened:
        link.click()
    elsewhere = opened.value
    elsewhere.wait_for_load_state()
    assert elsewhere.url == ADDRESS
    assert asked[0] == ADDRESS
    # The page there cannot reach the chat, and is not told where its reader comes from.
    assert elsewhere.evaluate("window.opener === null && document.referrer === ''")
    assert [command["action"] for command in commands if command["type"] == "answer"] == ["accept"]
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()


def test_the_whole_address_is_shown_with_its_host_apart(new_page, script):
    page = new_page(script.address)
    say(page, "url")
    shown = card(page).locator(".address")
    expect(shown).to_have_text(ADDRESS)
    expect(shown.locator("strong")).to_have_text("login.mail.example.com")
    expect(card(page).locator(".field-error")).to_have_count(0)
    # Beside the button nothing on the card is a link.
    expect(card(page).locator("a")).to_have_count(1)


def test_the_card_shows_who_asks_and_why(new_page, script):
    page = new_page(script.address)
    say(page, "url")
    asks = page.get_by_role("group", name="mail asks")
    expect(asks.get_by_text("Sign in to your mail provider.", exact=True)).to_be_visible()
    asks.get_by_role("button", name="Decline").click()
    finished(page)
    say(page, "form")
    asks = page.get_by_role("group", name="shop asks")
    expect(asks.get_by_text("How should the orders be exported?", exact=True)).to_be_visible()
    expect(asks.get_by_text("For shop.export_orders.")).to_be_visible()


@pytest.mark.parametrize("address,host,warning", [
    ("https://xn--80ak6aa92e.example/login", "xn--80ak6aa92e.example", "letters of other scripts"),
    ("https://exаmple.com/login", "exаmple.com", "Your browser knows it as xn--exmple-4nf.com"),
    ("https://bank.example@evil.example/login", "evil.example", "The page is at evil.example."),
    ("http://bank.example/login", "bank.example", "not encrypted"),
    ("https://198.51.100.7/login", "198.51.100.7", "is a number"),
])
def test_an_address_that_may_deceive_is_warned_of(new_page, script, address, host, warning):
    page = new_page(script.address)
    say(page, f"trick {address}")
    shown = card(page).locator(".address")
    expect(shown).to_have_text(address)
    expect(shown.locator("strong")).to_have_text(host)
    expect(card(page).locator(".field-error")).to_contain_text([warning])
    check_axe(page)
    shoot(page, f"warning-{re.sub('[^a-z]', '', warning)}")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_what_is_no_page_cannot_be_opened(new_page, script, address):
    page = new_page(script.address)
    say(page, f"trick {address}")
    expect(card(page).get_by_text("cannot be opened safely")).to_be_visible()
    expect(card(page).locator("a")).to_have_count(0)
    card(page).get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Declined", exact=True)).to_be_visible()


def test_addresses_in_messages_and_fields_are_no_links(new_page, script):
    page = new_page(script.address)
    asked = watch(page)
    say(page, "linked")
    form = card(page)
    expect(form.get_by_text("Look at https://evil.example/click or [here](https://evil.example/click) first.", exact=True)).to_be_visible()
    expect(form.get_by_text("Name, see https://evil.example/click")).to_be_visible()
    expect(form.get_by_text("Read [this](https://evil.example/click) or https://evil.example/click")).to_be_visible()
    expect(form.locator("a, area, img, [href], [src]")).to_have_count(0)
    form.get_by_text("Look at").click()
    form.get_by_text("Name, see").click()
    form.get_by_text("https://evil.example/click", exact=True).click()
    form.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()
    # Nor is what the user has sent.
    expect(form.locator("a, [href]")).to_have_count(0)
    assert asked == [] and len(page.context.pages) == 1


@pytest.mark.parametrize("button,action,word", [("Decline", "decline", "Declined"), ("Cancel", "cancel", "Cancelled")])
def test_a_form_can_be_declined_and_cancelled(new_page, script, button, action, word):
    page = new_page(script.address)
    commands = sent_commands(page)
    say(page, "form")
    form = page.get_by_role("group", name="shop asks")
    # What is in the fields does not matter, and is not sent.
    form.get_by_label("File name").fill("x")
    form.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(word, exact=True)).to_be_visible()
    expect(card(page).get_by_role("button", name="Send")).to_have_count(0)
    answers = [command for command in commands if command["type"] == "answer"]
    assert [answer["action"] for answer in answers] == [action]
    assert not answers[0].get("content")
    finished(page)
