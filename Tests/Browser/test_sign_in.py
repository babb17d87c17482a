"""The reference servers behind an authorization server that nobody here wrote, signed in to from the chat in a real browser."""

import json
import os
import re
import socket
import stat
import sys

import pytest
from playwright.sync_api import expect

import processes
from conftest import check_axe, shoot
from test_states import finished, say

PROVIDER = processes.ROOT / "Tests/Interoperability/servers/identity_provider.py"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def provider(*arguments):
    return processes.Program([sys.executable, PROVIDER, *arguments], {"AUTHLIB_INSECURE_TRANSPORT": "1"})


def protected(name, issuer, *arguments):
    """A reference server over HTTP that takes only this issuer's tokens."""
    port = free_port()
    command = [processes.ROOT / ".build/debug" / name, "--http", port, "--issuer", issuer, "--resource", f"http://127.0.0.1:{port}/mcp", *arguments]
    program = processes.Program(command)
    program.endpoint = f"http://127.0.0.1:{port}/mcp"
    return program


def chat_over(data, servers):
    """The chat with these servers alone, by their names."""
    file = data / "servers.json"
    file.write_text(json.dumps({"mcpServers": {name: {"url": server.endpoint, "trusted": True} for name, server in servers.items()}}))
    environment = {name: "" for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL")}
    command = [processes.ROOT / ".build/debug/orchestrator", "--port", 0, "--data", data, "--servers", file, "--log-level", "debug"]
    program = processes.Program(command, environment, cwd=data, address=r"^(http://127\.0\.0\.1:\d+)$")
    program.data = data
    return program


@pytest.fixture
def stage(tmp_path):
    """Both servers, their provider, the chat."""
    programs = [provider()]
    try:
        issuer = programs[0].address
        servers = {"query": protected("query-server", issuer), "email": protected("email-server", issuer, "--data", tmp_path / "mail")}
        programs += servers.values()
        programs.append(chat_over(tmp_path, servers))
        chat = programs[-1]
        chat.issuer, chat.servers = issuer, servers
        yield chat
    finally:
        for program in reversed(programs):
            program.stop()


def open_chat(new_page, chat, **options):
    page = new_page(chat.address, **options)
    # The provider's page has a style sheet that lies elsewhere.
    page.route(re.compile("^https://"), lambda route: route.fulfill(content_type="text/css", body=""))
    return page


def host(address):
    return address.removeprefix("http://")


def sign_in_button(page, chat, server):
    bar = page.locator(".bar .sign-in-row", has_text=re.compile(rf"\b{server}\b"))
    return bar.get_by_role("button", name=f"Sign in at {host(chat.issuer)}")


def begin(page, chat, server):
    """From the click to the provider's page, in the same tab."""
    sign_in_button(page, chat, server).click()
    page.wait_for_url(re.compile(re.escape(chat.issuer) + "/oauth2/authorize"))


def agree(page, chat):
    page.get_by_placeholder("sub").fill("ada@example.com")
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.wait_for_url(re.compile(re.escape(chat.address)))


def secrets(chat):
    """Every token and client secret that the chat keeps."""
    kept = json.loads((chat.data / "credentials.json").read_text())
    found = [value for entry in kept.values() for name, value in entry.items() if name in ("access_token", "refresh_token", "client_secret")]
    assert len(found) >= 3
    return found


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_ask_sign_in_and_see_the_tool_run(new_page, stage, size):
    page = open_chat(new_page, stage, size=size)
    expect(sign_in_button(page, stage, "query")).to_be_visible(timeout=60_000)
    expect(sign_in_button(page, stage, "email")).to_be_visible()
    expect(page.get_by_role("button", name="2 of 2 servers need sign-in")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        check_axe(page)
        shoot(page, f"sign-in-needed-{size}-{scheme}")
    page.emulate_media(color_scheme="light")
    # Without the server there is nothing to answer with.
    say(page, "Which tables are there?")
    finished(page)
    assert page.locator(".card[data-state=done]").count() == 0
    conversation = page.url

    begin(page, stage, "query")
    agree(page, stage)
    # Back where the reader was, and no code stays in an address.
    expect(page).to_have_url(conversation)
    expect(sign_in_button(page, stage, "query")).to_have_count(0)
    # The person is back before the server is.
    expect(page.locator("#servers-panel li[data-state=ready]")).to_have_count(1, timeout=60_000)
    say(page, "Which tables are there?")
    finished(page)
    expect(page.locator(".assistant").get_by_text("customers").first).to_be_visible()
    assert page.locator(".card[data-state=done]").count() >= 1

    begin(page, stage, "email")
    agree(page, stage)
    expect(page.get_by_role("button", name="2 servers", exact=True)).to_be_visible()
    say(page, "Search my mail for the invoice from Acme")
    finished(page)
    page.get_by_role("button", name=re.compile("search_emails")).last.click()
    expect(page.locator(".mail-from", has_text=re.compile("acme", re.I)).first).to_be_visible()
    page.get_by_role("button", name="2 servers", exact=True).click()
    expect(page.get_by_role("button", name="Sign out of query")).to_be_visible()
    check_axe(page)
    shoot(page, f"signed-in-{size}")

    # What is kept is for its owner alone, and shown and logged nowhere.
    assert stat.S_IMODE(os.stat(stage.data / "credentials.json").st_mode) == 0o600
    shown = page.content() + stage.output + "".join(server.output for server in stage.servers.values())
    for secret in secrets(stage):
        assert secret not in shown

    page.get_by_role("button", name="Sign out of query").click()
    expect(sign_in_button(page, stage, "query")).to_be_visible()
    kept = (stage.data / "credentials.json").read_text()
    assert f"tokens {stage.servers['query'].endpoint}" not in kept and f"tokens {stage.servers['email'].endpoint}" in kept


def test_who_refuses_at_the_provider_is_told_and_can_go_on(new_page, stage):
    page = open_chat(new_page, stage)
    begin(page, stage, "query")
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url(stage.address + "/")
    expect(page.get_by_text("You are not signed in to “query”.").filter(visible=True).first).to_be_visible()
    expect(page.get_by_text(f"The sign-in was refused at {host(stage.issuer)}.").filter(visible=True).first).to_be_visible()
    check_axe(page)
    shoot(page, "sign-in-refused")
    # The other server, and a second thought.
    expect(sign_in_button(page, stage, "email")).to_be_visible()
    begin(page, stage, "query")
    agree(page, stage)
    expect(sign_in_button(page, stage, "query")).to_have_count(0)
    expect(page.get_by_text("You are not signed in to “query”.").filter(visible=True)).to_have_count(0)


def test_a_token_of_another_audience_is_refused(new_page, tmp_path):
    programs = [provider("--audience", "https://another.example/mcp")]
    try:
        query = protected("query-server", programs[0].address)
        programs.append(query)
        chat = chat_over(tmp_path, {"query": query})
        programs.append(chat)
        chat.issuer = programs[0].address
        page = open_chat(new_page, chat)
        begin(page, chat, "query")
        agree(page, chat)
        expect(page.get_by_text("The sign-in to “query” did not succeed.").filter(visible=True).first).to_be_visible()
        expect(page.get_by_text("refuses the token").filter(visible=True).first).to_be_visible()
        check_axe(page)
        shoot(page, "sign-in-wrong-audience")
        say(page, "Which tables are there?")
        finished(page)
        assert page.locator(".card[data-state=done]").count() == 0
        assert "it is for another audience" in query.output
        # A token that is good for nothing is not kept.
        assert "access_token" not in (tmp_path / "credentials.json").read_text()
    finally:
        for program in reversed(programs):
            program.stop()


def test_a_link_of_somebody_else_does_not_sign_in(new_page, stage, browser):
    page = open_chat(new_page, stage)
    begin(page, stage, "query")
    # What the provider answers is kept back: it is the attacker's link.
    answer = page.request.post(page.url, form={"sub": "mallory@example.com"}, max_redirects=0)
    link = answer.headers["location"]
    assert link.startswith(stage.address + "/sign-in/")
    # The victim has a chat open of its own, and is led to the attacker's redirect.
    context = browser.new_context()
    victim = context.new_page()
    victim.goto(stage.address)
    answer = victim.goto(link)
    assert answer.status == 403
    assert "begun in another browser" in victim.locator("body").inner_text()
    context.close()
    assert "access_token" not in (stage.data / "credentials.json").read_text()
