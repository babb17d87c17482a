import Foundation
import Testing

@testable import EmailServer

struct HeaderTests {
    private func headers(_ text: String) -> HeaderFields { HeaderFields.parse(Array(text.utf8)[...]).headers }

    @Test func foldedLinesAreJoined() {
        let fields = headers("Subject: one\r\n  two\r\n\tthree\r\nTo: a@b.example\r\n\r\nBody: no header\r\n")
        #expect(fields["subject"] == "one  two\tthree")
        #expect(fields.text("Subject") == "one two three")
        #expect(fields["Body"] == nil)
    }

    @Test func linesThatAreNoFieldsAreSkipped() {
        let fields = headers("From me to you\nbad line\nX Y: 1\n: empty\nSubject: ok\n\n")
        #expect(fields.fields.map(\.name) == ["Subject"])
    }

    @Test func encodedWords() {
        // RFC 2047 section 8.
        #expect(EncodedWord.decode("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=") == "ab")
        #expect(EncodedWord.decode("=?ISO-8859-1?Q?a?= b") == "a b")
        #expect(EncodedWord.decode("=?ISO-8859-1?Q?a_b?=") == "a b")
        #expect(EncodedWord.decode("=?US-ASCII*EN?Q?Keith_Moore?=") == "Keith Moore")
        #expect(EncodedWord.decode("=?utf-8?B?R3LDvMOfZQ==?= aus =?iso-8859-1?q?M=FCnchen?=") == "Grüße aus München")
        // A character split between two words.
        #expect(EncodedWord.decode("=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=") == "ü")
    }

    @Test(arguments: ["=?", "=?utf-8?", "=?utf-8?X?abc?=", "=?utf-8?Q?abc", "a =? b", "=??Q?a?=", "=?utf-8?Q?abc?"])
    func whatIsNoEncodedWordStays(text: String) { #expect(EncodedWord.decode(text) == text) }

    @Test(arguments: [
        "Grüße", "田中 由紀", String(repeating: "ü", count: 200), "🎂🎂 " + String(repeating: "plain ", count: 40) + "ende ß", "a =?b?= é",
    ])
    func encodedWordsRoundTrip(text: String) {
        let words = EncodedWord.encode(text)
        #expect(words.allSatisfy { $0.utf8.count <= 75 })
        #expect(EncodedWord.decode(words.joined(separator: " ")) == text)
    }

    @Test func parameters() {
        let plain = ParameterizedField(parsing: #"Text/Plain; charset="utf-8"; format=flowed; name="a \"b\"; c.txt""#)
        #expect(plain.value == "text/plain")
        #expect(plain.parameters == ["charset": "utf-8", "format": "flowed", "name": #"a "b"; c.txt"#])
        // RFC 2231 section 4.1.
        let split = ParameterizedField(
            parsing:
                "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\""
        )
        #expect(split.parameters["title"] == "This is even more ***fun*** isn't it!")
        #expect(
            ParameterizedField(parsing: "attachment; filename=\"=?utf-8?Q?R=C3=A9sum=C3=A9.pdf?=\"").parameters["filename"] == "Résumé.pdf")
    }

    @Test(arguments: ["", ";", ";;;=", "a/b; =x", "a/b; c", "a/b; c=", "a/b; c=\"unclosed", "a/b; x*9*=1; x*=2", "a/b; n*0*=utf-8'"])
    func brokenParametersAreHarmless(text: String) {
        #expect(ParameterizedField(parsing: text).parameters.keys.allSatisfy { !$0.contains("*") })
    }

    @Test(arguments: ["report.pdf", "Sam O'Neill résumé.pdf", String(repeating: "länge", count: 30) + ".txt", #"quo"te\.txt"#])
    func parametersRoundTrip(name: String) {
        let tokens = ParameterizedField.tokens("filename", name)
        let field = HeaderWriter.field("Content-Disposition", ["attachment;"] + tokens)
        #expect(field.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
        #expect(headers(field + "\r\n")["Content-Disposition"].map { ParameterizedField(parsing: $0).parameters["filename"] } == name)
    }

    @Test func dates() throws {
        let date = try #require(MailDate(header: "Fri, 21 Nov 1997 09:55:06 -0600"))
        #expect(date.seconds == 880_127_706)
        #expect(date.iso8601 == "1997-11-21T09:55:06-06:00")
        #expect(date.headerText == "Fri, 21 Nov 1997 09:55:06 -0600")
        #expect(MailDate(header: "21 Nov 97 09:55 GMT")?.iso8601 == "1997-11-21T09:55:00Z")
        #expect(MailDate(header: "Thu,  13 Feb 2025 23:32:54 EST (comment)")?.iso8601 == "2025-02-13T23:32:54-05:00")
        #expect(MailDate(header: "29 Feb 2024 00:00:60 +0000")?.iso8601 == "2024-02-29T00:00:59Z")
        for text in ["", "yesterday", "31 Feb 2025 10:00 +0000", "1 Jan 2025 25:00 +0000", "1 Jan 99999 10:00 +0000"] {
            #expect(MailDate(header: text) == nil, "\(text)")
        }
    }

    @Test func civilTimeRoundTrips() {
        for seconds in stride(from: Int64(-3_000_000_000), to: 5_000_000_000, by: 86_399 * 997) {
            let time = CivilTime(seconds: seconds)
            #expect(
                CivilTime.seconds(
                    year: time.year, month: time.month, day: time.day, hour: time.hour, minute: time.minute, second: time.second) == seconds
            )
        }
    }
}
