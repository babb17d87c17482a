import Foundation
import Testing

@testable import EmailServer

struct TransferEncodingTests {
    @Test(arguments: 0..<70) func base64RoundTrips(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.decode(Base64.encode(bytes, lineLength: 20)) == bytes)
        #expect(Base64.decodeStrictly(String(decoding: Base64.encode(bytes), as: UTF8.self)) == bytes)
    }

    @Test func base64KnownValues() {
        // RFC 4648 section 10.
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")] {
            #expect(String(decoding: Base64.encode(Array(plain.utf8)), as: UTF8.self) == encoded)
        }
    }

    @Test(arguments: ["Zg", "Zg=", "Z===", "Zm9v!", "=Zm9", "Zm=v"]) func strictBase64Refuses(text: String) {
        #expect(Base64.decodeStrictly(text) == nil)
    }

    @Test func base64LinesAreShort() {
        let lines = String(decoding: Base64.encode([UInt8](repeating: 7, count: 500), lineLength: 76), as: UTF8.self)
            .components(separatedBy: "\r\n")
        #expect(lines.count > 5)
        #expect(lines.allSatisfy { $0.count <= 76 && !$0.isEmpty })
    }

    @Test(arguments: [
        "plain", "trailing space \nnext", "tab\t\nnext", "= equals = ", "Grüße, 田中 🎂", String(repeating: "é", count: 300),
        String(repeating: "word ", count: 60), "a\n\n\nb\n", "\u{1}\u{7F}", "soft=\nbreak",
    ])
    func quotedPrintableRoundTrips(text: String) {
        let encoded = QuotedPrintable.encode(Array(text.utf8))
        #expect(encoded.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || $0 == 0x0D || $0 == 0x0A || $0 == 0x09) })
        let lines = String(decoding: encoded, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.hasSuffix(" ") && !$0.hasSuffix("\t") })
        let decoded = String(decoding: QuotedPrintable.decode(encoded), as: UTF8.self)
        #expect(decoded.replacing("\r\n", with: "\n") == text)
    }

    @Test func brokenQuotedPrintableIsReadAsFarAsItGoes() {
        let decode = { (text: String) in String(decoding: QuotedPrintable.decode(Array(text.utf8)), as: UTF8.self) }
        #expect(decode("50=% off=") == "50=% off")
        #expect(decode("a=3") == "a=3")
        #expect(decode("a=  \r\nb") == "ab")
        #expect(decode("a=c3=a9") == "aé")
    }

    @Test func charsets() {
        #expect(Charset.decode([0x80, 0x93, 0x94, 0xE9], charset: "Windows-1252") == "€“”é")
        #expect(Charset.decode([0xA4, 0xE9], charset: "iso-8859-15") == "€é")
        #expect(Charset.decode([0xE9], charset: "ISO-8859-1") == "é")
        #expect(Charset.decode(Array("é".utf8), charset: "utf-8") == "é")
        // Not valid UTF-8 whatever the header says.
        #expect(Charset.decode([0x63, 0xE9], charset: "utf-8") == "cé")
        #expect(Charset.decode(Array("é".utf8), charset: "x-unknown") == "é")
    }
}
