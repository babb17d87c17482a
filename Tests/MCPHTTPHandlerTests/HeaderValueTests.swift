import Testing

@testable import MCPHTTP

struct HeaderValueTests {
    @Test(arguments: [
        ("plain", "plain"), ("with space", "with space"), ("tab\tinside", "tab\tinside"), ("=?base64?x", "=?base64?x"), ("a?=", "a?="),
        (" leading", "=?base64?IGxlYWRpbmc=?="), ("trailing\t", "=?base64?dHJhaWxpbmcJ?="), ("é", "=?base64?w6k=?="),
        ("a\nb", "=?base64?YQpi?="), ("", "=?base64??="), ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="),
    ])
    func valuesTravel(_ value: String, _ header: String) {
        #expect(HeaderValue.encode(value) == header)
        #expect(HeaderValue.decode(header) == value)
    }

    @Test(arguments: ["=?base64?!?=", "=?base64?YQ?=", "=?base64?/w==?=", "é", "a\u{1}"])
    func whatIsNoValueIsRefused(_ header: String) { #expect(HeaderValue.decode(header) == nil) }

    @Test(arguments: ["=?base64?=", "=?BASE64?YQ==?="]) func markersAreExact(_ header: String) {
        #expect(HeaderValue.decode(header) == header)
    }
}
