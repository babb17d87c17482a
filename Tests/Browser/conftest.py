"""What the browser tests share: the browser, pages in the sizes and colours that are looked at, and axe."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

import processes

SHOTS = Path(os.environ.get("BROWSER_SHOTS", processes.ROOT / ".build/browser-shots"))
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 844}}
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            # Empty: the one that Playwright brings.
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium") or None,
            args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def script():
    program = processes.script_server()
    yield program
    program.stop()


@pytest.fixture
def new_page(browser):
    """Opens pages of a browser of its own (cookies, storage), and fails the test when one of them logs an error."""
    contexts = []
    problems = []

    def open_page(address, size="wide", scheme="light", allow=(), **options):
        context = browser.new_context(
            viewport=SIZES[size], color_scheme=scheme, locale="en-GB", timezone_id="UTC",
            has_touch=size == "narrow", is_mobile=size == "narrow", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"page error: {error}"))

        def note(message):
            if message.type == "error" and not any(word in message.text for word in allow):
                problems.append(f"console: {message.text}")

        page.on("console", note)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def check_axe(page):
    """No finding of axe, of any impact, with all of its rules."""
    # axe waits for what is drawn, and a transition in the middle has other colours than its end.
    page.evaluate("() => Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations === 1).map(a => a.finished))")
    results = Axe().run(page)
    found = [
        f"{violation['id']}: {violation['help']}\n  " + "\n  ".join(node["html"] + " — " + node["failureSummary"] for node in violation["nodes"])
        for violation in results.response["violations"]
    ]
    assert found == [], "\n".join(found)


def shoot(page, name):
    """Keeps a picture of the page for the eye."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")
