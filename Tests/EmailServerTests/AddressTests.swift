import Testing

@testable import EmailServer

struct AddressTests {
    private func read(_ text: String) -> [String] { AddressParser.addresses(in: text).map(\.text) }

    @Test func ordinaryLists() {
        #expect(read("a@x.example, Bob <b@x.example>") == ["a@x.example", "Bob <b@x.example>"])
        #expect(read(#""Doe, Jane" <jane@x.example>"#) == ["Doe, Jane <jane@x.example>"])
        #expect(read("=?utf-8?Q?L=C3=A9a?= Dubois <lea@x.example>") == ["Léa Dubois <lea@x.example>"])
    }

    @Test func whatRFC5322Allows() {
        // Sections A.1.2, A.1.3, A.5 and A.6.1.
        #expect(read(#""Giant; \"Big\" Box" <sysservices@example.net>"#) == [#"Giant; "Big" Box <sysservices@example.net>"#])
        #expect(
            read("A Group:Ed Jones <joe@where.test>,john@one.test,Mary <m@two.test>;")
                == ["Ed Jones <joe@where.test>", "john@one.test", "Mary <m@two.test>"])
        #expect(read("Undisclosed recipients:;") == [])
        #expect(read("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>") == ["Pete <pete@silly.test>"])
        #expect(
            read("Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example") == [
                "Mary Smith <mary@example.net>", "jdoe@test.example",
            ])
        #expect(read("john@x.example (John Doe)") == ["John Doe <john@x.example>"])
        #expect(read(#""a b"@x.example"#) == [#""a b"@x.example"#])
    }

    @Test(arguments: [
        "", ",,;", "<", "<>", "a", "@", "a@", "@b", "\"", "(", "((((", "<a", "a <b", ":::", "[", "a@[", "\\", "<@", "<@:", "a@b@c",
    ])
    func brokenListsEnd(text: String) {
        #expect(AddressParser.addresses(in: text).count <= 1)
        _ = AddressParser.addresses(in: text + ", z@x.example")
    }

    @Test(arguments: [
        ("alice@example.com", "alice@example.com"), (" Alice Martin <alice@example.com> ", "Alice Martin <alice@example.com>"),
        ("first.last+tag@sub.example.co", "first.last+tag@sub.example.co"), ("田中 由紀 <tanaka@x.example>", "田中 由紀 <tanaka@x.example>"),
        (#""odd local"@x.example"#, #""odd local"@x.example"#), (#""Doe, Jane" <jane@x.example>"#, "Doe, Jane <jane@x.example>"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
    ])
    func addressesToWriteTo(text: String, expected: String) throws { #expect(try MailAddress(validating: text).text == expected) }

    @Test(arguments: [
        "", "alice", "alice@", "@example.com", "a@b, c@d", "a@b c@d", "Group: a@b.example;", "a..b@x.example", ".a@x.example",
        "a@x..example",
        "a@-x.example", "a@x_y.example", "ü@x.example", "a@bücher.example", "a@[127.0.0.1]", "a b@x.example", "Alice alice@example.com",
        "<a@x.example", "a@x.example>", "a@x.example\r\nBcc: evil@x.example", "a\n@x.example", "Alice\r\nX-Evil: 1 <a@x.example>",
        "a\0@x.example",
        "a(comment)@x.example", "\(String(repeating: "a", count: 65))@x.example", "a@\(String(repeating: "b", count: 64)).example",
        "<a@x.example> junk", "a@x.example\u{85}Bcc: b@x.example",
    ])
    func addressesThatAreRefused(text: String) {
        let error = #expect(throws: MailInputError.self) { try MailAddress(validating: text) }
        #expect(error.map { !$0.description.contains("\n") && $0.description.contains("cannot be used") } == true)
    }

    @Test(arguments: ["Robin Keller", "O'Neill, Sam", #"a "quoted" \ name"#, "Sæther", "=?utf-8?Q?fake?=", "Dr. Who (the doctor)", "🎂"])
    func namesRoundTrip(name: String) {
        let address = MailAddress(name: name, local: "x", domain: "x.example")
        #expect(AddressParser.addresses(in: address.headerTokens.joined(separator: " ")) == [address])
    }
}
