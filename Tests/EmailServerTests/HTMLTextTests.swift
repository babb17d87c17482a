import Testing

@testable import EmailServer

struct HTMLTextTests {
    @Test func blocksListsAndTables() {
        let html = """
            <html><head><title>No</title><style>p { x }</style></head><body><h1>Title</h1><p>One
            two&nbsp;three<br>four</p><ul><li>a<li>b</ul><table><tr><td>1</td><td>2</td></tr><tr><td>3<td>4</tr></table></body></html>
            """
        #expect(HTMLText.text(of: html) == "Title\n\nOne two three\nfour\n\n- a\n- b\n\n1\t2\n3\t4")
    }

    @Test func linksShowWhereTheyLead() {
        #expect(
            HTMLText.text(of: #"<a href="https://evil.example/x?a=1&amp;b=2">https://bank.example</a>"#)
                == "https://bank.example (https://evil.example/x?a=1&b=2)")
        #expect(HTMLText.text(of: #"<a href="https://x.example">https://x.example</a>"#) == "https://x.example")
        #expect(HTMLText.text(of: #"<a href="javascript:alert(1)">go</a>"#) == "go")
    }

    @Test(arguments: [
        "<script>secret()</script>", "<style>secret</style>", "<!-- secret -->", "<div style='display: none'>secret <b>secret</b></div>",
        "<span hidden>secret</span>", "<p style=\"font-size:0px\">secret</p>",
        "<div style='visibility:hidden'><div>secret</div>secret</div>",
        "<SCRIPT>if (a < b) secret </SCRIPT>", "<template><p>secret</p></template>",
    ])
    func whatABrowserHidesIsLeftOut(html: String) {
        #expect(HTMLText.text(of: "before \(html) after").split(whereSeparator: \.isWhitespace) == ["before", "after"])
    }

    @Test func smallTextIsShown() {
        #expect(HTMLText.text(of: "<p style='font-size:0.9em; opacity:0.5'>fine print</p>") == "fine print")
    }

    @Test func entities() {
        #expect(
            HTMLText.text(of: "&lt;b&gt; &amp;amp; &#228; &#x1F382; &euro; &unknown; & &#0; &#xD800;")
                == "<b> &amp; ä 🎂 € &unknown; & \u{FFFD} \u{FFFD}")
    }

    @Test(arguments: ["<", "<a", "<a href", "<a href=", "<a href='", "</", "<!--", "<!", "&", "&#", "<script>", "<p", "a < b", "<<<>>>"])
    func brokenMarkupEnds(html: String) {
        #expect(HTMLText.text(of: "x " + html).hasPrefix("x"))
    }
}
