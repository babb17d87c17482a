import MCPCore
import Synchronization
import Testing

@testable import Orchestrator

/// What the demonstration model makes of neighbours whose words mislead, of results, and of phrasings that it was not built on.
@Suite struct DemonstrationModelPhrasingTests {
    @Test(arguments: ["Which tables are there?", "show tables", "how many tables are there?", "What tables do you have?", "list the tables", "Tables?"])
    func questionsPickNoToolThatWrites(question: String) async throws {
        for tools in [try SampleServers.restaurant() + SampleServers.shop(), try SampleServers.shop() + SampleServers.mail() + SampleServers.restaurant()] {
            var dialogue = DemonstrationDialogue(tools)
            let answer = await dialogue.ask(question)
            #expect(dialogue.calls.map(\.tool) == ["shop.search_schema"], "\(answer)")
            #expect(answer.contains("| customers |"), "\(answer)")
        }
        var alone = DemonstrationDialogue(SampleServers.restaurant())
        #expect(await alone.ask(question).contains("cannot"))
        #expect(alone.calls.isEmpty)
    }

    @Test(arguments: ["Book a table for 4 guests", "please book a table", "Could you book me a table for 4 guests?"])
    func writesWhenItIsAsked(question: String) async throws {
        var dialogue = DemonstrationDialogue(try SampleServers.restaurant() + SampleServers.shop() + SampleServers.mail())
        let answer = await dialogue.ask(question)
        #expect(dialogue.calls.map(\.tool) == ["bistro.book_table"], "\(answer)")
    }

    @Test(arguments: [
        ("Reserve seats in the restaurant", "reserve_seats"), ("Count the guests in the restaurant", "count_guests"),
        ("Close the kitchen of the restaurant", "close_kitchen"),
    ])
    func obeysVerbsOfItsTools(question: String, tool: String) async throws {
        var dialogue = DemonstrationDialogue(
            try SampleServers.shop() + SampleServers.mail() + [
                .tool("restaurant", "reserve_seats", "Reserves seats in the restaurant. Asks for the details.", destructive: false),
                .tool("restaurant", "count_guests", "Counts the guests in the restaurant, slowly.", readOnly: true, trusted: false),
                .tool("restaurant", "close_kitchen", "Closes the kitchen of the restaurant.", readOnly: true, trusted: false),
            ])
        let answer = await dialogue.ask(question)
        #expect(dialogue.calls.map(\.tool) == ["restaurant.\(tool)"], "\(answer)")
    }

    @Test func foundThingsReadAsAList() async throws {
        var dialogue = DemonstrationDialogue(SampleServers.mail())
        let answer = await dialogue.ask("search my mail for invoice")
        #expect(answer.contains("- **Invoice 2041 from Acme** — billing@acme.example · Please find the invoice attached."), "\(answer)")
        #expect(!answer.contains("|"), "\(answer)")
    }

    @Test(arguments: [
        (14048.199999999999, "14048.20"), (0.1 + 0.2, "0.30"), (240.99999999999997, "241"), (-3.3000000000000003, "-3.30"), (12.5, "12.5"), (30.125, "30.125"),
        (0.000123456789, "0.000123456789"),
    ])
    func roundsBinaryNoise(number: Double, shown: String) { #expect(ResultText.plain(.double(number)) == shown) }

    @Test func leavesIntegers() { #expect(ResultText.plain(.integer(14_048_199_999)) == "14048199999") }

    @Test(arguments: ["Send alice@example.com a summary", "Email alice@example.com a recap", "send that to alice@example.com"])
    func aLetterHoldsTheLastAnswer(question: String) async throws {
        let sent = Mutex<[JSONObject]>([])
        var dialogue = DemonstrationDialogue(
            try SampleServers.shop() + SampleServers.mail { _, letter in sent.withLock { $0.append(letter) } })
        let data = await dialogue.ask("top 3 customers by revenue")
        let answer = await dialogue.ask(question)
        let first = sent.withLock(\.first)
        let letter = try #require(first, "\(answer)")
        #expect(letter["body"]?.string?.contains(data) == true && data.contains("Cy Dahl"), "\(letter)")
    }

    @Test func givesExamplesOfWhatIsConnected() async throws {
        var dialogue = DemonstrationDialogue(SampleServers.weatherAndCalendar())
        let weather = await dialogue.ask("Compose a symphony in C minor")
        #expect(weather.contains("**sky**") && weather.contains("**agenda**"))
        #expect(weather.contains("You could ask") && weather.contains("- List alerts") && !weather.contains("tables"), "\(weather)")
        _ = await dialogue.ask("List alerts")
        #expect(dialogue.calls.map(\.tool) == ["sky.list_alerts"])
        var shop = DemonstrationDialogue(try SampleServers.shop() + SampleServers.mail())
        let data = await shop.ask("What is the meaning of life?")
        #expect(data.contains("- Which tables are there?") && data.contains("- Search emails about …"), "\(data)")
    }

    // MARK: Written after the model, which was not changed for them

    /// Phrasings that it does not understand. One that it has learnt fails its test until it leaves this list.
    private static let notUnderstood: Set<String> = ["Rank the orders by total", "Has acme written to me?", "Create a spaceship"]

    @Test(arguments: [
        ("Rank the orders by total", "ORDER BY total DESC"), ("3 products with the highest stock", "ORDER BY stock DESC"),
        ("orders with a total above 200", "SELECT * FROM orders WHERE total > 200"), ("the order with the highest total", "ORDER BY total DESC"),
        ("customers sorted by name", "ORDER BY name"), ("how many orders per customer", "JOIN customers"), ("count orders by customer", "JOIN customers"),
        ("Can you count the products?", "COUNT(*)"), ("which products are in the category office?", "office"), ("total stock of products", "SUM(stock)"),
        ("average total per customer", "AVG("), ("the two lowest orders by total", "ORDER BY total ASC"),
        ("any emails from dana?", "Lunch on Friday?"), ("Did I get a message from Dana?", "Lunch on Friday?"), ("emails about passwords", "Password expiry"),
        ("is there any mail about lunches", "Lunch on Friday?"), ("Show all messages from billing", "Invoice 2041"), ("mails with invoices", "Invoice 2041"),
        ("Check my inbox for invoices", "Invoice 2041"), ("Which emails mention a password?", "Password expiry"), ("Has acme written to me?", "Invoice 2041"),
        ("Write me a poem about autumn", "cannot"), ("Compose a haiku", "cannot"), ("Send a rocket to the moon", "cannot"), ("Create a spaceship", "cannot"),
        ("Write a novel", "cannot"),
    ])
    func heldOut(question: String, expected: String) async throws {
        var dialogue = DemonstrationDialogue(try SampleServers.shop() + SampleServers.mail() + SampleServers.restaurant())
        let answer = await dialogue.ask(question)
        let seen = (dialogue.statement ?? "") + answer
        let writing: Set<String> = ["email.create_draft", "email.send_email", "bistro.book_table"]
        let isUnderstood = seen.contains(expected) && !dialogue.calls.contains { writing.contains($0.tool) }
        if Self.notUnderstood.contains(question) {
            withKnownIssue("Not understood: \(question)") { #expect(isUnderstood) }
        } else {
            #expect(isUnderstood, "\(question): \(dialogue.calls) \(seen)")
        }
    }
}
