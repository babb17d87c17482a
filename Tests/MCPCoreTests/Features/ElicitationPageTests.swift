import MCPCore
import Testing

/// What a client shows of a page before the user agrees to open it.
struct ElicitationPageTests {
    @Test(
        arguments: [
            ("https://mcp.example.com/ui/set_api_key", "mcp.example.com", []),
            ("HTTPS://MCP.Example.com:8443?x#y", "mcp.example.com", []),
            ("http://localhost:3000/", "localhost", []),
            ("http://127.0.0.1/", "127.0.0.1", []),
            ("http://[::1]:80/", "[::1]", []),
            ("http://example.com", "example.com", [ElicitationPage.Warning.notEncrypted]),
            ("https://bank.example@evil.example/", "evil.example", [.credentials]),
            ("https://bank.example:443@evil.example:1@third.example/", "third.example", [.credentials]),
            ("https://xn--pple-43d.com/", "xn--pple-43d.com", [.ambiguousHost]),
            ("https://login.xn--pple-43d.com/", "login.xn--pple-43d.com", [.ambiguousHost]),
            ("https://аpple.com/", "аpple.com", [.ambiguousHost]),
            ("https://b%61nk.example/", "b%61nk.example", [.ambiguousHost]),
            ("https://192.0.2.7/", "192.0.2.7", [.numericHost]),
            ("https://3221225991/", "3221225991", [.numericHost]),
            ("http://[2001:db8::1]/", "[2001:db8::1]", [.notEncrypted, .numericHost]),
            ("https://localhost.evil.example/", "localhost.evil.example", []),
        ] as [(String, String, [ElicitationPage.Warning])])
    func theHostAndTheWarningsAreShown(_ url: String, _ host: String, _ warnings: [ElicitationPage.Warning]) throws {
        let page = try ElicitationPage(url: url)
        #expect(page.url == url)
        #expect(page.host == host)
        #expect(page.warnings == warnings)
    }

    @Test(arguments: [
        "", "example.com", "/sign-in", "//example.com/", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://example.com/", "https:",
        "https://", "https:///path", "https://:443/", "https://a@", "https://exa mple.com/", "https://example.com\n/", "https://example.com\\@evil.example/",
        "https://example.com/\u{0}",
    ])
    func whatIsNoPageIsRefused(_ url: String) {
        #expect(throws: JSONDecodingError.self) { try ElicitationPage(url: url) }
        #expect(throws: JSONDecodingError.self) { try ElicitationRequest(params: ["mode": "url", "url": .string(url), "message": "Open"]) }
    }
}
