import MCPCore
import Synchronization
import Testing

@testable import Orchestrator

/// Phrasings over a shop, a library, a mailbox, and a server of another domain; what the model writes is run.
@Suite struct DemonstrationModelTests {
    private func everything() throws -> [FakeHost.Tool] {
        try SampleServers.shop() + SampleServers.mail() + SampleServers.weatherAndCalendar()
    }

    @Test(arguments: [
        "Which tables are there?", "what's in the database", "What is in the database?", "list all tables", "Show me the tables", "What data do you have?",
        "what tables exist", "Give me an overview of the schema", "How is the database structured?", "which tables does the database contain",
    ])
    func listsTables(question: String) async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask(question)
        for table in ["customers", "products", "orders", "order_lines"] { #expect(answer.contains("| \(table) |"), "\(answer)") }
        #expect(dialogue.calls.map(\.tool) == ["shop.search_schema"])
    }

    @Test(arguments: [
        ("Show me the ten largest orders", "SELECT * FROM orders ORDER BY total DESC NULLS LAST LIMIT 10"),
        ("what are the 3 biggest orders?", "SELECT * FROM orders ORDER BY total DESC NULLS LAST LIMIT 3"),
        ("Top 5 orders by total", "SELECT * FROM orders ORDER BY total DESC NULLS LAST LIMIT 5"),
        ("cheapest two products", "SELECT * FROM products ORDER BY price ASC LIMIT 2"),
        ("What is the most expensive product?", "SELECT * FROM products ORDER BY price DESC NULLS LAST LIMIT 1"),
        ("list the five newest customers", "SELECT * FROM customers ORDER BY created_at DESC NULLS LAST LIMIT 5"),
        ("latest orders", "SELECT * FROM orders ORDER BY ordered_at DESC NULLS LAST LIMIT 10"),
        ("How many customers are there?", "SELECT COUNT(*) AS count FROM customers"),
        ("how many orders do we have", "SELECT COUNT(*) AS count FROM orders"),
        ("What's the average price of our products?", "SELECT AVG(price) AS average FROM products"),
        ("total of all orders", "SELECT SUM(total) AS total FROM orders"),
        ("show customers", "SELECT * FROM customers LIMIT 20"),
        ("Show me the first 3 rows of products", "SELECT * FROM products LIMIT 3"),
        ("number of customers per country", "SELECT country, COUNT(*) AS count FROM customers GROUP BY country ORDER BY count DESC LIMIT 20"),
        ("how many orders by status", "SELECT status, COUNT(*) AS count FROM orders GROUP BY status ORDER BY count DESC LIMIT 20"),
        ("orders over 100", "SELECT * FROM orders WHERE total > 100 LIMIT 20"),
        ("products under 50", "SELECT * FROM products WHERE price < 50 LIMIT 20"),
        ("how many orders in 2024", "SELECT COUNT(*) AS count FROM orders WHERE CAST(ordered_at AS TEXT) LIKE '2024%'"),
        ("show shipped orders", "SELECT * FROM orders WHERE LOWER(status) LIKE '%shipped%' LIMIT 20"),
    ])
    func writesStatements(question: String, statement: String) async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask(question)
        #expect(dialogue.statement == statement, "\(answer)")
        #expect(dialogue.calls.map(\.tool) == ["shop.search_schema", "shop.run_query"])
        #expect(dialogue.calls.last?.arguments["connection"] == "main_db")
    }

    @Test(arguments: [
        ("top 5 customers by revenue", "Cy Dahl"), ("Top 2 customers by total spending", "Cy Dahl"), ("Which customer has the most orders?", "Ada Berg"),
        ("top 3 customers by number of orders", "Ada Berg"), ("best selling products", "Pen"), ("top customers by orders", "Ada Berg"),
    ])
    func ranksByOtherTables(question: String, first: String) async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask(question)
        let rows = answer.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(rows.count > 2 && rows[2].contains(first), "\(dialogue.statement ?? "") \(answer)")
    }

    @Test(arguments: [
        ("customers from Germany", ["Ada Berg", "Cy Dahl"], ["Bo Chen"]), ("Which customers are in China?", ["Bo Chen"], ["Ada Berg"]),
        ("orders of Bo Chen", ["30.5"], ["241"]), ("products called \"desk\"", ["Desk"], ["Lamp"]),
    ])
    func filters(question: String, present: [String], absent: [String]) async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask(question)
        for text in present { #expect(answer.contains(text), "\(dialogue.statement ?? "") \(answer)") }
        for text in absent { #expect(!answer.contains(text), "\(dialogue.statement ?? "") \(answer)") }
    }

    @Test(arguments: ["Describe the products table", "What columns does products have?", "what does the products table look like", "columns of products"])
    func describesTables(question: String) async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask(question)
        #expect(answer.contains("| category | text |"), "\(answer)")
        #expect(dialogue.calls.map(\.tool) == ["shop.search_schema"])
    }

    @Test(arguments: [
        "Search my mail for the invoice from Acme", "find emails about the Acme invoice", "Find the invoice from Acme in my inbox", "any mail from Acme?",
        "look for messages about invoices", "Do I have an email about an invoice?", "show me emails from acme", "search my email for \"invoice 2041\"",
    ])
    func searchesMail(question: String) async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask(question)
        #expect(answer.contains("Invoice 2041 from Acme"), "\(dialogue.calls) \(answer)")
        #expect(!answer.contains("Lunch"), "\(answer)")
        #expect(!dialogue.calls.contains { $0.tool == "shop.run_query" })
    }

    @Test func findsTheMessageBeforeItReadsIt() async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask("Read the email about lunch")
        #expect(dialogue.calls.map(\.tool) == ["email.search_emails", "email.read_email"])
        #expect(answer.contains("Full text of m2"), "\(answer)")
    }

    @Test func readsWhatWasFoundBefore() async throws {
        var dialogue = DemonstrationDialogue(try everything())
        _ = await dialogue.ask("Search my mail for password")
        let answer = await dialogue.ask("Read that message")
        #expect(answer.contains("Full text of m3"), "\(dialogue.calls) \(answer)")
    }

    @Test(arguments: [
        "Send alice@example.com a summary", "Email a summary of this conversation to alice@example.com", "please send a recap to alice@example.com",
    ])
    func sendsASummary(question: String) async throws {
        let sent = Mutex<[(String, JSONObject)]>([])
        var dialogue = DemonstrationDialogue(
            try SampleServers.shop() + SampleServers.mail { kind, arguments in sent.withLock { $0.append((kind, arguments)) } })
        _ = await dialogue.ask("How many customers are there?")
        let answer = await dialogue.ask(question)
        let first = sent.withLock(\.first)
        let (kind, letter) = try #require(first, "\(answer)")
        #expect(kind == "send")
        #expect(letter["to"] == ["alice@example.com"])
        #expect(letter["subject"] == "Summary of our conversation")
        let body = try #require(letter["body"]?.string)
        #expect(body.contains("How many customers are there?") && body.contains("**3**"), "\(body)")
        #expect(answer.contains("Done."))
    }

    @Test(arguments: [
        ("draft a note to bob@example.org saying the parcel is on its way", "draft", "The parcel is on its way."),
        ("Write a draft to bob@example.org that says 'see you at noon'", "draft", "See you at noon."),
        ("Send an email to bob@example.org saying I am late", "send", "I am late."),
        ("email bob@example.org: We meet at nine.", "send", "We meet at nine."),
    ])
    func writesWhatItIsTold(question: String, kind: String, body: String) async throws {
        let sent = Mutex<[(String, JSONObject)]>([])
        var dialogue = DemonstrationDialogue(
            try SampleServers.shop() + SampleServers.mail { kind, arguments in sent.withLock { $0.append((kind, arguments)) } })
        let answer = await dialogue.ask(question)
        let first = sent.withLock(\.first)
        let letter = try #require(first, "\(answer)")
        #expect(letter.0 == kind)
        #expect(letter.1["to"] == ["bob@example.org"])
        #expect(letter.1["body"]?.string == body)
    }

    @Test func asksForAnAddress() async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask("Send a summary")
        #expect(dialogue.calls.isEmpty)
        #expect(answer.contains("**to**"), "\(answer)")
    }

    // MARK: What it never saw

    @Test(arguments: [
        ("Which tables are there?", ["| books |", "| loans |"]), ("the 2 longest books", ["Use of Sails", "The Far Shore"]),
        ("how many members", ["**2**"]), ("books by Ursula Hale", ["The Far Shore", "Small Gods of Tin"]),
        ("Which book has the most loans?", ["The Far Shore"]), ("average price of books per genre", ["fantasy", "12.5"]),
        ("oldest books", ["The Far Shore"]), ("members in Bergen", ["Noa"]), ("top 2 members by loans", ["Mia"]),
        ("describe the loans table", ["returned_on"]), ("how many books per author", ["Ursula Hale"]),
    ])
    func answersFromAnotherDatabase(question: String, expected: [String]) async throws {
        var dialogue = DemonstrationDialogue(try SampleServers.library() + SampleServers.mail())
        let answer = await dialogue.ask(question)
        for text in expected { #expect(answer.contains(text), "\(dialogue.statement ?? "") \(answer)") }
        #expect(dialogue.calls.first?.tool == "archive.explore_tables")
    }

    @Test(arguments: [
        ("What's the weather in Lisbon?", "sky.get_forecast", #"{"city":"Lisbon"}"#),
        ("forecast for New York for the next 5 days", "sky.get_forecast", #"{"city":"New York","days":5}"#),
        ("Will there be severe storm warnings?", "sky.list_alerts", #"{"severity":"severe"}"#),
        ("What is on my calendar tomorrow?", "agenda.find_events", #"{"date":"2023-11-15"}"#),
        ("find events on 2024-02-03", "agenda.find_events", #"{"date":"2024-02-03"}"#),
    ])
    func usesServersOfAnotherDomain(question: String, tool: String, arguments: String) async throws {
        for others in [[], try SampleServers.shop() + SampleServers.mail()] {
            var dialogue = DemonstrationDialogue(others + SampleServers.weatherAndCalendar())
            let answer = await dialogue.ask(question)
            #expect(dialogue.calls.last?.tool == tool, "\(answer)")
            #expect(dialogue.calls.last?.arguments.serializedString == arguments, "\(answer)")
        }
    }

    @Test func asksForWhatAToolNeeds() async {
        var dialogue = DemonstrationDialogue(SampleServers.weatherAndCalendar())
        let answer = await dialogue.ask("What is the forecast?")
        #expect(dialogue.calls.isEmpty)
        #expect(answer.contains("**city**"), "\(answer)")
    }

    @Test(arguments: ["Compose a symphony in C minor", "What is the meaning of life?", "Book me a flight to Rome", "delete all my files"])
    func saysWhatItCannotDo(question: String) async throws {
        var dialogue = DemonstrationDialogue(try everything())
        let answer = await dialogue.ask(question)
        #expect(answer.contains("cannot"), "\(dialogue.calls) \(answer)")
        #expect(dialogue.calls.allSatisfy { $0.tool == "shop.search_schema" }, "\(dialogue.calls)")
    }

    @Test func saysItWithoutTools() async {
        var dialogue = DemonstrationDialogue([])
        #expect(await dialogue.ask("Which tables are there?").contains("No tool is connected"))
        #expect(await dialogue.ask("hello").contains("demonstration model"))
    }

    @Test func reportsAFailedTool() async {
        var dialogue = DemonstrationDialogue([
            .tool("sky", "get_forecast", "The weather forecast.", readOnly: true) { _, _ in .error("The station is closed.") }
        ])
        let answer = await dialogue.ask("How is the weather?")
        #expect(answer.contains("The station is closed."))
        #expect(dialogue.calls.count == 1)
    }

    @Test func isDeterministicAndStreams() async throws {
        let tools = [ModelTool(name: "a__b", server: "a", description: "Rolls dice.", inputSchema: [:], isReadOnly: true)]
        let request = ModelRequest(messages: [.user("hello")], tools: tools)
        var runs: [[ModelEvent]] = []
        for _ in 0..<2 {
            var events: [ModelEvent] = []
            try await DemonstrationModel(pace: .zero).answer(request) { events.append($0) }
            runs.append(events)
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0].count > 4 && runs[0].last == .finished(.complete))
    }
}
