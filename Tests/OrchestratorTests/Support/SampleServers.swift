import Foundation
import GRDB
import MCPCore

@testable import Orchestrator

/// Servers over a real SQLite database in memory and over a few letters, so that what the demonstration model writes is run.
enum SampleServers {
    /// A database server: tools to read the structure and to query.
    static func database(
        _ server: String, tools names: (structure: String, query: String), argument: String, script: String, columnsToo: Bool = true
    ) throws -> [FakeHost.Tool] {
        let queue = try DatabaseQueue()
        try queue.write { try $0.execute(sql: script) }
        let structure = FakeHost.Tool.tool(
            server, names.structure, "Searches the tables and columns of the databases. Without a text: all of them.", readOnly: true,
            schema: schema(("text", ["type": "string", "description": "Words that a table or column name contains."]))
        ) { _, _ in
            let tables: [JSONValue] = try await queue.read { database in
                try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").map { name in
                    let columns = try database.columns(in: name).map { JSONValue.object(["name": .string($0.name), "type": .string($0.type)]) }
                    return ["connection": "main_db", "name": .string(name), "columns": .array(columns)]
                }
            }
            return .structured(["tables": .array(tables)])
        }
        let query = FakeHost.Tool.tool(
            server, names.query, "Runs one SELECT and returns its rows.", readOnly: true,
            schema: schema(
                ("connection!", ["type": "string", "description": "Which database."]),
                ("\(argument)!", ["type": "string", "description": "One SQL SELECT statement."]), ("limit", ["type": "integer"]))
        ) { arguments, _ in
            guard arguments["connection"] == "main_db" else { return .error("no such connection") }
            let sql = arguments[argument]?.string ?? ""
            do {
                return .structured(
                    try await queue.read { database in
                        let statement = try database.makeStatement(sql: sql)
                        let rows = try Row.fetchAll(statement).map { row in JSONValue.array(row.map { json($1) }) }
                        return ["columns": .array(statement.columnNames.map(JSONValue.string)), "rows": .array(rows), "rowCount": .integer(Int64(rows.count))]
                    })
            } catch { return .error("\(error)") }
        }
        return [structure, query]
    }

    private static func json(_ value: DatabaseValue) -> JSONValue {
        switch value.storage {
        case .int64(let number): .integer(number)
        case .double(let number): .double(number)
        case .string(let text): .string(text)
        default: .null
        }
    }

    /// A shop with names of its own, in the shape of the built-in sample.
    static func shop() throws -> [FakeHost.Tool] {
        try database(
            "shop", tools: ("search_schema", "run_query"), argument: "sql",
            script: """
                CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, country TEXT, created_at TEXT);
                CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, category TEXT, price REAL, stock INTEGER);
                CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), status TEXT, total REAL, ordered_at TEXT);
                CREATE TABLE order_lines (id INTEGER PRIMARY KEY, order_id INTEGER, product_id INTEGER, quantity INTEGER, unit_price REAL);
                INSERT INTO customers VALUES (1,'Ada Berg','ada@example.com','Germany','2023-01-02'),(2,'Bo Chen','bo@example.com','China','2023-05-06'),
                    (3,'Cy Dahl','cy@example.com','Germany','2024-02-03');
                INSERT INTO products VALUES (1,'Lamp','home',30.5,12),(2,'Desk','office',210,3),(3,'Pen','office',1.2,900);
                INSERT INTO orders VALUES (1,1,'shipped',241,'2024-01-05'),(2,2,'open',30.5,'2024-03-01'),(3,1,'open',12,'2023-11-11'),(4,3,'shipped',500,'2024-06-01');
                INSERT INTO order_lines VALUES (1,1,2,1,210),(2,1,1,1,30.5),(3,2,1,1,30.5),(4,3,3,10,1.2),(5,4,2,2,210);
                """)
    }

    /// A library, with other tool names and another argument.
    static func library() throws -> [FakeHost.Tool] {
        try database(
            "archive", tools: ("explore_tables", "execute_select"), argument: "statement",
            script: """
                CREATE TABLE authors (author_id INTEGER PRIMARY KEY, full_name TEXT, born INTEGER);
                CREATE TABLE books (book_id INTEGER PRIMARY KEY, title TEXT, author_id INTEGER, pages INTEGER, published_year INTEGER, genre TEXT, price NUMERIC);
                CREATE TABLE members (member_id INTEGER PRIMARY KEY, name TEXT, city TEXT, joined_on TEXT);
                CREATE TABLE loans (loan_id INTEGER PRIMARY KEY, book_id INTEGER, member_id INTEGER, loaned_on TEXT, returned_on TEXT);
                INSERT INTO authors VALUES (1,'Ursula Hale',1929),(2,'Iain Moor',1954);
                INSERT INTO books VALUES (1,'The Far Shore',1,320,1972,'fantasy',12.5),(2,'Use of Sails',2,411,1990,'fiction',9),(3,'Small Gods of Tin',1,150,2001,'fiction',7.25);
                INSERT INTO members VALUES (1,'Mia','Oslo','2020-01-01'),(2,'Noa','Bergen','2021-05-05');
                INSERT INTO loans VALUES (1,1,1,'2024-01-01',NULL),(2,1,2,'2024-02-01',NULL),(3,2,1,'2024-03-01','2024-04-01');
                """)
    }

    /// A mailbox in the shape of the built-in one. What is sent is told to `sent`.
    static func mail(sent: @escaping @Sendable (String, JSONObject) -> Void = { _, _ in }) -> [FakeHost.Tool] {
        let letters: [JSONObject] = [
            ["id": "m1", "from": "billing@acme.example", "subject": "Invoice 2041 from Acme", "snippet": "Please find the invoice attached."],
            ["id": "m2", "from": "dana@example.com", "subject": "Lunch on Friday?", "snippet": "The new place by the river."],
            ["id": "m3", "from": "it@example.com", "subject": "Password expiry", "snippet": "Your password expires soon."],
        ]
        let texts: JSONValue = ["type": "array", "items": ["type": "string", "format": "email"]]
        return [
            .tool("email", "list_accounts", "Lists the mail accounts.", readOnly: true) { _, _ in
                .structured(["accounts": [["id": "me", "address": "me@example.com"]]])
            },
            .tool(
                "email", "search_emails", "Searches messages by words in subject, body and addresses.", readOnly: true,
                schema: schema(
                    ("query", ["type": "string", "description": "Words that must all occur."]),
                    ("from", ["type": "string", "description": "Part of the sender."]),
                    ("limit", ["type": "integer"]))
            ) { arguments, _ in
                let words = Words.split(arguments["query"]?.string ?? "") + Words.split(arguments["from"]?.string ?? "")
                let found = letters.filter { letter in
                    let text = letter.map { $0.value.string ?? "" }.joined(separator: " ").lowercased()
                    return words.allSatisfy(text.contains)
                }
                return .structured(["messages": .array(found.map(JSONValue.object)), "total": .integer(Int64(found.count))])
            },
            .tool(
                "email", "read_email", "Reads one message in full.", readOnly: true,
                schema: schema(("id!", ["type": "string", "description": "The message's id, from a search."]))
            ) { arguments, _ in
                guard let letter = letters.first(where: { $0["id"] == arguments["id"] }) else { return .error("No message has this id.") }
                return .structured(["subject": letter["subject"] ?? .null, "body": .string("Full text of \(arguments["id"]?.string ?? "")")])
            },
            .tool(
                "email", "create_draft", "Creates a draft, which is not sent.", destructive: false,
                schema: schema(("to!", texts), ("cc", texts), ("subject!", ["type": "string"]), ("body!", ["type": "string"]))
            ) { arguments, _ in
                sent("draft", arguments)
                return .structured(["id": "d1", "status": "draft"])
            },
            .tool(
                "email", "send_email", "Sends an email.",
                schema: schema(("to!", texts), ("cc", texts), ("subject!", ["type": "string"]), ("body!", ["type": "string"]))
            ) { arguments, _ in
                sent("send", arguments)
                return .structured(["id": "s1", "status": "sent"])
            },
        ]
    }

    /// A server of another domain altogether.
    static func weatherAndCalendar() -> [FakeHost.Tool] {
        [
            .tool(
                "sky", "get_forecast", "The weather forecast for a city.", readOnly: true, trusted: false,
                schema: schema(("city!", ["type": "string", "description": "City name, in any language."]), ("days", ["type": "integer", "default": 3]))
            ) { arguments, _ in
                .structured(["city": arguments["city"] ?? .null, "days": arguments["days"] ?? 3, "summary": "light rain", "high": 17])
            },
            .tool(
                "sky", "list_alerts", "Lists storm warnings that are in force.", readOnly: true, trusted: false,
                schema: schema(("severity", ["type": "string", "enum": ["minor", "severe", "extreme"]]))
            ) { arguments, _ in .structured(["alerts": [["area": "coast", "severity": arguments["severity"] ?? "minor"]]]) },
            .tool(
                "agenda", "find_events", "Finds events in the calendar on a day.", readOnly: true, trusted: false,
                schema: schema(("date!", ["type": "string", "format": "date"]))
            ) { arguments, _ in .structured(["events": [["title": "Stand-up", "date": arguments["date"] ?? .null]]]) },
            .tool(
                "agenda", "create_event", "Creates an event in the calendar.",
                schema: schema(
                    ("title!", ["type": "string"]), ("start!", ["type": "string", "format": "date-time"]),
                    ("attendees", ["type": "array", "items": ["type": "string", "format": "email"]]))
            ) { arguments, _ in .structured(["id": "e9", "title": arguments["title"] ?? .null]) },
        ]
    }

    /// A restaurant: its tool that writes has words of databases in its name.
    static func restaurant() -> [FakeHost.Tool] {
        [
            .tool(
                "bistro", "book_table", "Books a table in the restaurant.",
                schema: schema(("guests", ["type": "integer"]), ("date", ["type": "string", "format": "date"]), ("note", ["type": "string"]))
            ) { arguments, _ in .structured(["reservation": "r1", "guests": arguments["guests"] ?? 2]) }
        ]
    }
}
