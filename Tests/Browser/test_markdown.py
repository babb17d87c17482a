"""The Markdown renderer by itself: what it makes, and that growing text gives what whole text gives."""

import pytest
from playwright.sync_api import expect

RENDER = """async ([text, pieces]) => {
  const address = document.querySelector("script[src]").src.replace("app.js", "markdown.js");
  const { GrowingMarkdown } = await import(address);
  const frame = () => new Promise(requestAnimationFrame);
  const element = document.createElement("div");
  const markdown = new GrowingMarkdown(element);
  if (!pieces) {
    markdown.set(text);
  } else {
    for (let at = 0; at < text.length; at += pieces) {
      markdown.append(text.slice(at, at + pieces));
      await frame();
    }
    await frame();
  }
  return element.innerHTML;
}"""

CASES = [
    ("plain *em* **strong** `code`", "<p>plain <em>em</em> <strong>strong</strong> <code>code</code></p>"),
    ("a_b_c and 2 * 3 * 4", "<p>a_b_c and 2 * 3 * 4</p>"),
    ("**unclosed", "<p>**unclosed</p>"),
    ("***both***", "<p><strong><em>both</em></strong></p>"),
    (r"\*not em\*", "<p>*not em*</p>"),
    ("line  \nbreak", "<p>line<br>break</p>"),
    ("`` a`b ``", "<p><code>a`b</code></p>"),
    ("<b onclick=x>hi</b> &amp;", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt; &amp;amp;</p>"),
    ("[x](javascript:alert(1))", "<p><span>x</span></p>"),
    ("[x](data:text/html,hi)", "<p><span>x</span></p>"),
    ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
    ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    ("> q\nlazy", "<blockquote><p>q\nlazy</p></blockquote>"),
    ("# one\n### three", '<h2 class="level-1">one</h2><h3 class="level-3">three</h3>'),
    ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
    ("# closed ##\n# not#", '<h2 class="level-1">closed</h2><h2 class="level-1">not#</h2>'),
    ("a\\\nb", "<p>a<br>b</p>"),
    ("a ` b", "<p>a ` b</p>"),
    ("a\r\n- b\r\n- c", "<p>a</p><ul><li>b</li><li>c</li></ul>"),
]


@pytest.fixture
def page(new_page, script):
    page = new_page(script.address)
    expect(page.locator("#model")).to_be_visible()
    return page


@pytest.mark.parametrize("text,expected", CASES)
def test_cases(page, text, expected):
    assert page.evaluate(RENDER, [text, 0]) == expected


LONG = "\n\n".join(
    ["# Title", "A paragraph with **weight** and `code`\nover two lines", "- one\n- two\n\n  more of two\n- three", "```js\nlet a = 1;\n\nlet b;\n```",
     "| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |", "> quote\n> more", "## Next\n\n#### Deep", "1. x\n2. y", "The end: https://example.com/x."] * 3)


@pytest.mark.parametrize("pieces", [1, 7, 64])
def test_growing_text_gives_what_whole_text_gives(page, pieces):
    assert page.evaluate(RENDER, [LONG, pieces]) == page.evaluate(RENDER, [LONG, 0])


def test_what_is_done_is_not_built_again(page):
    kept = page.evaluate("""async () => {
      const { GrowingMarkdown } = await import(document.querySelector("script[src]").src.replace("app.js", "markdown.js"));
      const element = document.createElement("div");
      const markdown = new GrowingMarkdown(element);
      markdown.set("first\\n\\nsecond\\n\\nthird");
      const [first, second] = element.children;
      markdown.append(" grows\\n\\nfourth");
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return [element.children[0] === first, element.children[1] === second, element.textContent];
    }""")
    assert kept == [True, True, "firstsecondthird growsfourth"]


LINKS = [
    # The label is the place, or says it by itself.
    ("[example.com](https://example.com/page)", None),
    ("https://example.com/page?x=1", None),
    ("[https://example.com/page](https://example.com/page)", None),
    ("<https://example.com>", None),
    ("[me@example.com](mailto:me@example.com)", None),
    # It only contains it, or says another one.
    ("[https://bank.example/?r=evil.example](https://evil.example/x)", "(evil.example)"),
    ("[Open account](https://a/)", "(a)"),
    ("[bank.example](https://bank.example.evil.example/)", "(bank.example.evil.example)"),
    ("[https://bank.example@evil.example/](https://bank.example@evil.example/)", "(evil.example)"),
    ("https://bank.example@evil.example/", "(evil.example)"),
    (r"[https://evil.example\.bank.example/](<https://evil.example\.bank.example/>)", "(evil.example)"),
    ("[a](https://en.wikipedia.org/wiki/A_(b))", "(en.wikipedia.org)"),
    ("[Write](mailto:evil@example.com)", "(evil@example.com)"),
]


@pytest.mark.parametrize("text,place", LINKS)
def test_links_show_where_they_lead(page, text, place):
    found = page.evaluate("""async (text) => {
      const { GrowingMarkdown } = await import(document.querySelector("script[src]").src.replace("app.js", "markdown.js"));
      const element = document.createElement("div");
      new GrowingMarkdown(element).set(text);
      const links = [...element.querySelectorAll("a")];
      return links.map((link) => link.querySelector(".place")?.textContent.trim() ?? null);
    }""", text)
    assert found == [place]


MANY = 1_000_000


# Of a size that work growing with its square would take the better part of an hour for.
@pytest.mark.parametrize("text", [
    "# a" + " " * MANY + "b", "`" * MANY + "a", "x " + "`" * MANY + "a", "```" + "a" * MANY + "`", "a|b\n-" + " " * MANY + "x", "` " + "a" * MANY + "`",
    "[a](" + " " * MANY, "-" + " " * MANY + "\ra", "x" + " " * MANY + "y\nz", "```\n" + "x\n" * (MANY // 2), "<" * MANY,
], ids=lambda text: text[:6].replace("\n", "_") + str(len(text)))
def test_hostile_text_takes_no_more_work_than_its_length(page, text):
    # The page says when it is done: waiting for a condition would have to evaluate text in it, which its content security policy refuses.
    with page.expect_console_message(lambda message: message.text.startswith("drawn "), timeout=60_000) as told:
        page.evaluate("""(text) => {
          setTimeout(async () => {
            const { GrowingMarkdown } = await import(document.querySelector("script[src]").src.replace("app.js", "markdown.js"));
            const element = document.createElement("div");
            new GrowingMarkdown(element).set(text);
            console.log(`drawn ${element.textContent.length}`);
          });
        }""", text)
    assert int(told.value.text.removeprefix("drawn ")) > 0


def test_wide_table_of_short_rows_is_no_larger_than_its_text(page):
    html = page.evaluate(RENDER, ["|a" * 500 + "|\n" + "|-" * 500 + "|\n" + "|x\n" * 2000, 0])
    assert html.count("<td") == 2000


@pytest.mark.parametrize("text", ["*a " * 20000, "[" * 20000, "`" * 20001 + "a", "> " * 5000 + "x", "- " * 3000 + "x", "~~a " * 20000, "|" * 20000 + "\n" + "|-" * 9999])
def test_hostile_text_ends(page, text):
    assert page.evaluate(RENDER, [text, 0]) != ""
