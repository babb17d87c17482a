import Testing

@testable import EmailServer

struct SearchTests {
    /// The sample mail on 2026-11-24.
    static let now: Int64 = 1_795_478_400
    static let index: SearchIndex = {
        var index = SearchIndex()
        for message in SampleMail.messages(now: now) {
            index.put(IndexRecord(id: message.id, folder: message.folder, file: message.file))
        }
        return index
    }()

    private func find(_ query: String, in index: SearchIndex = index) throws -> [IndexRecord] {
        let query = try MailQuery(parsing: query, folders: MailDirectory.folders)
        return index.search(query, arrivedUntil: .max).matches.map(\.record)
    }

    @Test(arguments: [
        "invoice from Acme", "Search my mail for the invoice from Acme", "acme invoice", "Acme's invoices", "ACM-2041 invoice",
        "the Acme invoice please",
        "from:acme invoice", "from:billing@acme.example", "invoice drivers dimmer", "Find the email with the invoice that Acme sent us",
        "in:inbox from:acme has:attachment", "INVOICE ACME", "invoice acme total",
    ])
    func theInvoiceFromAcmeIsFirst(query: String) throws {
        let first = try #require(try find(query).first)
        #expect(first.from?.address == "billing@acme.example")
        #expect(first.subject.hasPrefix("Invoice ACM-2041"))
    }

    @Test(arguments: [
        ("preiserhohung opalglas", "weber@glaswerk-harz.example"), ("STRASSE uber den pass", "weber@glaswerk-harz.example"),
        ("echantillons noel", "lea.dubois@atelier-lumiere.example"), ("lámparas mesilla", "lucia@hotelmirador.example"),
        ("ランプ 注文", "tanaka@akari-shop.example"), ("saether soup", "ingrid@fjordlight.example"),
        ("resume technician", "sam.oneill@example.com"),
        ("broken lamps", "dana@whitlock-interiors.example"), ("annual accounts", "alice@example.com"),
    ])
    func caseAccentsAndScripts(query: String, sender: String) throws {
        let first = try #require(try find(query).first)
        #expect(first.from?.address == sender)
    }

    @Test func filters() throws {
        #expect(try find("is:unread").allSatisfy(\.isUnread))
        #expect(try find("is:unread").count == 7)
        #expect(try find("is:read").count + 7 == Self.index.documents.count)
        #expect(try find("in:drafts").map(\.subject) == ["Replacements for order 10482"])
        #expect(try find("has:attachment").allSatisfy { !$0.attachmentNames.isEmpty })
        #expect(Set(try find("from:tomas").map { $0.from?.local }) == ["tomas"])
        #expect(try find("to:dana").map(\.folder) == [.drafts])
        #expect(try find("subject:launch").count == 4)
        let dated = try find("after:2026-10-01 before:2026-11")
        #expect(!dated.isEmpty && dated.allSatisfy { $0.date.iso8601 >= "2026-09-30T" && $0.date.seconds < 1_793_491_200 })
        #expect(try find("\"packing line\"").allSatisfy { $0.text.contains("packing") || $0.subject.contains("packing") })
        #expect(try find("\"line packing\"").isEmpty)
        #expect(try find("cloudberry -invoice").allSatisfy { !$0.subject.contains("invoice") })
        #expect(try !find("cloudberry -invoice").isEmpty)
    }

    @Test func withoutWordsTheNewestComesFirst() throws {
        let all = try find("")
        #expect(all.count == Self.index.documents.count)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.date >= $1.date })
    }

    @Test func messagesWithSomeOfTheWordsAreGivenWhereNoneHasAll() throws {
        let query = try MailQuery(parsing: "acme invoice xylophone", folders: MailDirectory.folders)
        let result = Self.index.search(query, arrivedUntil: .max)
        #expect(!result.matchedAllWords)
        #expect(result.matches.first?.record.subject.hasPrefix("Invoice ACM-2041") == true)
        #expect(try find("xylophone").isEmpty)
    }

    @Test func stopWordsAloneAreSearchedFor() throws {
        #expect(try MailQuery(parsing: "the mail", folders: []).words == [["the"], ["mail"]])
        #expect(try MailQuery(parsing: "the mail from:acme", folders: []).words == [])
    }

    @Test(arguments: [
        "before:yesterday", "after:2026-13", "after:2026-02-30", "before:1", "in:nowhere", "is:blue", "has:wings", "from:", "from:\"\"",
        "subject:---",
    ])
    func badQueriesSayWhatToDo(query: String) {
        let error = #expect(throws: MailInputError.self) { try MailQuery(parsing: query, folders: MailDirectory.folders) }
        #expect(error.map { $0.description.contains("rite") || $0.description.contains("The folders are") } == true)
    }

    @Test(arguments: [
        "\"", "-", "--", ":", "a:b:c", "-\"", "from:\"Acme", "\u{201C}packing line\u{201D}", "https://x.example/?q=1", "((", "*",
    ])
    func oddQueriesAreTakenAsWords(query: String) throws { _ = try find(query) }

    @Test func removedMessagesAreNotFound() throws {
        var index = Self.index
        let id = try #require(try find("acme invoice").first?.id)
        index.remove(id)
        #expect(try !find("acme invoice", in: index).contains { $0.id == id })
        #expect(try find("", in: index).count == Self.index.documents.count - 1)
    }

    @Test func snippetsShowTheWords() throws {
        let text = String(repeating: "filler ", count: 80) + "the Rechnungsprüfung is here " + String(repeating: "filler ", count: 80)
        let snippet = Snippet.make(text, words: ["rechnungsprufung"])
        #expect(snippet.contains("Rechnungsprüfung"))
        #expect(snippet.count <= Snippet.length + 2)
        #expect(Snippet.make("", words: ["x"]) == "")
        #expect(Snippet.make("a" + String(repeating: "\u{301}", count: 5_000) + " b", words: []).unicodeScalars.count <= Snippet.length + 1)
        #expect(Snippet.make(String(repeating: "x", count: 900), words: []).count <= Snippet.length + 1)
    }
}
