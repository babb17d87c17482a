import Foundation
import Testing

@testable import EmailServer

struct MessageTests {
    private func compose(_ change: (inout MessageComposer) -> Void) -> [UInt8] {
        var composer = MessageComposer(
            from: SampleMail.owner, date: MailDate(seconds: 1_700_000_000, offsetMinutes: 60), messageID: "1@fjordlight.example",
            subject: "Subject", text: "Text\n")
        change(&composer)
        return composer.message()
    }

    @Test(arguments: [
        "short", "two\nlines", "Grüße aus dem Harz, " + String(repeating: "sehr ", count: 60), String(repeating: "田", count: 500),
        "--=_part_1\n--=_part_1--\nnot a boundary", String(repeating: "x", count: 5000), ".\n..\nFrom here\n", "ends with spaces   \nx", "",
    ])
    func textRoundTrips(text: String) throws {
        let attachment = try OutgoingAttachment(fileName: "größe.bin", mediaType: "application/octet-stream", content: Array(0...255))
        for attachments in [[], [attachment]] {
            let bytes = compose {
                $0.text = text
                $0.attachments = attachments
            }
            let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
            #expect(lines.allSatisfy { $0.utf8.count <= 78 && !$0.contains("\n") && !$0.contains("\r") })
            #expect(bytes.allSatisfy { $0 < 0x80 })
            let parsed = ParsedMessage(parsing: bytes)
            let trimmed = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.replacing(/\ +$/, with: "") }
            #expect(parsed.text == trimmed.joined(separator: "\n").trimmingCharacters(in: .newlines))
            #expect(parsed.attachments.map(\.fileName) == attachments.map(\.fileName))
            #expect(parsed.attachments.map(\.size) == attachments.map(\.content.count))
        }
    }

    @Test func headersRoundTrip() {
        let bytes = compose {
            $0.subject = "Ångström – " + String(repeating: "long ", count: 40) + "end"
            $0.to = [MailAddress(name: "Doe, Jane", local: "jane", domain: "x.example"), MailAddress(local: "b", domain: "x.example")]
            $0.cc = (1...30).map { MailAddress(name: "Person Nº \($0)", local: "p\($0)", domain: "x.example") }
            $0.references = (1...12).map { "\($0).\(String(repeating: "r", count: 30))@x.example" }
        }
        let parsed = ParsedMessage(parsing: bytes)
        #expect(parsed.subject == "Ångström – " + String(repeating: "long ", count: 40) + "end")
        #expect(parsed.from == [SampleMail.owner])
        #expect(parsed.to.map(\.text) == ["Doe, Jane <jane@x.example>", "b@x.example"])
        #expect(parsed.cc.count == 30 && parsed.cc.last?.name == "Person Nº 30")
        #expect(parsed.references.count == 12)
        #expect(parsed.headers.messageIDs("In-Reply-To") == parsed.references.suffix(1))
        #expect(parsed.date?.iso8601 == "2023-11-14T23:13:20+01:00")
        #expect(parsed.messageID == "1@fjordlight.example")
    }

    @Test func nothingThatIsAskedForCanAddAHeader() throws {
        for subject in ["a\r\nBcc: x@x.example", "a\nb", "a\rb", "a\0b", "a\u{85}b"] {
            #expect(throws: MailInputError.self) { try OutgoingMessage(to: ["a@x.example"], subject: subject, text: "") }
        }
        for name in ["a\r\nb", "../x", "a/b", "", "..", "a\\b"] {
            #expect(throws: MailInputError.self) { try OutgoingAttachment(fileName: name, mediaType: "text/plain", content: []) }
        }
        for type in ["text", "text/plain; x=y", "text/plain\r\nX: y", "multipart/mixed", "message/rfc822", "/", "a/ b"] {
            #expect(throws: MailInputError.self) { try OutgoingAttachment(fileName: "a", mediaType: type, content: []) }
        }
        for key in ["", "a b", "a\r\nb", "ü", String(repeating: "k", count: 129)] {
            #expect(throws: MailInputError.self) { try IdempotencyKey(key) }
        }
    }

    @Test func alternativesAndAttachments() {
        let message = """
            From: a@x.example
            Content-Type: multipart/mixed; boundary=outer

            preamble
            --outer
            Content-Type: multipart/alternative; boundary="in ner"

            --in ner
            Content-Type: text/plain; charset=iso-8859-1
            Content-Transfer-Encoding: quoted-printable

            plain =E9
            --in ner
            Content-Type: text/html

            <p>rich</p>
            --in ner--
            --outer
            Content-Type: image/png; name="logo.png"
            Content-Transfer-Encoding: base64

            AAAA
            --outer
            Content-Type: text/plain
            Content-Disposition: attachment; filename="../../etc/passwd"

            secret
            --outer
            Content-Type: message/rfc822

            Subject: inner

            inner body
            --outer--
            epilogue
            """
        let parsed = ParsedMessage(parsing: Array(message.utf8))
        #expect(parsed.text == "plain é")
        #expect(parsed.attachments.map(\.fileName) == ["logo.png", "passwd", "inner.eml"])
        #expect(parsed.attachments.map(\.size) == [3, 6, 26])
        #expect(!parsed.isTextFromHTML)
    }

    @Test func headersWithoutEndAreCutOff() {
        let long = String(repeating: "é", count: 4_000)
        let ids = (0..<500).map { "<\($0)@x.example>" }.joined(separator: " ")
        let file = """
            Subject: x\(long)
            From: "\(long)" <a@x.example>
            To: \(String(repeating: "b", count: 999))@x.example, c@\(String(repeating: "d", count: 2_000)), e@x.example
            Message-ID: <\(String(repeating: "f", count: 2_000))@x.example>
            References: \(ids) <\(String(repeating: "g", count: 2_000))@x.example>
            Content-Disposition: attachment; filename="a\(String(repeating: "\u{301}", count: 2_000)).pdf"
            Content-Type: application/\(String(repeating: "h", count: 2_000))

            x
            """
        let parsed = ParsedMessage(parsing: Array(file.utf8))
        // Whole scalars: of two bytes each, after one.
        #expect(parsed.subject == "x" + String(repeating: "é", count: 499))
        #expect(parsed.from.map(\.name) == [String(repeating: "é", count: 500)])
        #expect(parsed.to.map(\.address) == ["e@x.example"])
        #expect(parsed.messageID == nil)
        #expect(parsed.references.count == 100 && parsed.references.last == "499@x.example")
        #expect(parsed.attachments.map(\.fileName.utf8.count) == [199])
        #expect(parsed.attachments.map(\.mediaType.utf8.count) == [255])
    }

    @Test func htmlAloneIsTurnedIntoText() {
        let parsed = ParsedMessage(parsing: Array("Content-Type: text/html; charset=utf-8\n\n<p>Caf&eacute;</p>".utf8))
        #expect(parsed.text == "Café")
        #expect(parsed.isTextFromHTML)
    }

    @Test func deepNestingAndManyPartsEnd() {
        var deep = ""
        for level in 0..<2000 { deep += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n" }
        #expect(ParsedMessage(parsing: Array((deep + "\ntext").utf8)).attachments.isEmpty)
        let wide = "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nx\n", count: 20_000)
        #expect(MIMEPart(parsing: Array(wide.utf8)).parts.count <= MIMEPart.maximumParts)
    }

    /// Whatever stands in a file, reading it ends without a crash and gives text that can be shown.
    @Test func damagedMessagesAreRead() throws {
        var random = SeededRandom(seed: 42)
        let originals = SampleMail.messages(now: 1_800_000_000).map(\.file)
        for round in 0..<400 {
            var bytes = originals[round % originals.count]
            for _ in 0..<random.next(below: 12) {
                switch random.next(below: 3) {
                case 0: bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
                case 1: bytes.removeSubrange(random.next(below: bytes.count)...)
                default: bytes.insert(contentsOf: Array("\r\n--=_part_1\r\n=?\"<(".utf8), at: random.next(below: bytes.count))
                }
                if bytes.isEmpty { bytes = [0x0A] }
            }
            let parsed = ParsedMessage(parsing: bytes)
            #expect(!parsed.text.unicodeScalars.contains { $0.isControl && $0 != "\n" && $0 != "\t" })
            #expect(!parsed.subject.unicodeScalars.contains { $0.isControl })
        }
    }
}

/// The same numbers on every run (SplitMix64).
struct SeededRandom {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ value >> 31) % UInt64(max(1, bound)))
    }
}
