import Foundation
import MCPCore

@testable import Orchestrator

/// The scenes of `WebScript`: one for each state of the page.
enum WebScriptScenes {
    static func play(_ text: String, in conversation: String, on script: isolated WebScript) {
        let words = text.split(separator: " ")
        switch words.first {
        case "markdown": answer(markdown, in: conversation, on: script)
        case "hold": hold(in: conversation, on: script)
        case "rows": rows(in: conversation, on: script)
        case "mails": mails(in: conversation, on: script)
        case "send": ask(sendMail, in: conversation, on: script)
        case "delete": ask(deleteMails, in: conversation, on: script)
        case "running": running(in: conversation, on: script)
        case "failed": failed(in: conversation, on: script)
        case "form": form(in: conversation, on: script)
        case "url": page(in: conversation, on: script)
        case "trick": trick(words, in: conversation, on: script)
        case "linked": linked(in: conversation, on: script)
        case "broken": broken(in: conversation, on: script)
        case "long": long(Int(words.last ?? "") ?? 300, in: conversation, on: script)
        case "strange": WebScriptStrange.entries(in: conversation, on: script)
        case "exact": WebScriptStrange.numbers(in: conversation, on: script)
        case "cut": WebScriptStrange.cut(in: conversation, on: script)
        case "serverdown":
            var servers = WebScript.environment.servers
            servers[1].state = .down
            servers[1].failure = ChatFailure(
                what: "The server mail stopped.", why: "Its process ended with status 1.",
                whatNow: "It is started again by itself; until then ask about other things.", isRetryable: false)
            script.tell(.servers(servers))
            answer("The mail server is gone.", in: conversation, on: script)
        case "signin":
            var servers = WebScript.environment.servers
            servers[0].isSignedIn = true
            servers[1].state = .needsSignIn
            servers[1].signInHost = "login.example.com"
            if words.last == "again" {
                servers[1].failure = ChatFailure(
                    what: "You are not signed in to “mail”.", why: "The sign-in was refused at login.example.com.",
                    whatNow: "Without it the server's tools are missing; sign in when you want them.", isRetryable: true)
            }
            script.tell(.servers(servers))
            answer("The mail server wants to know who you are.", in: conversation, on: script)
        case "modeldown":
            script.tell(.model(ModelInfo(name: "gpt-example", isDemonstration: false, failure: modelFailure)))
            broken(in: conversation, on: script)
        case "limited":
            script.tell(.limits(ChatLimits(messageCharacters: 8000, limitedUntil: Date().addingTimeInterval(3600))))
            answer("That was the last one for now.", in: conversation, on: script)
        default: answer("You said: \(text)", in: conversation, on: script)
        }
    }

    static let modelFailure = ChatFailure(
        what: "The model did not answer.", why: "The connection to http://127.0.0.1:9 was refused.",
        whatNow: "Start it or change OPENAI_BASE_URL, then press Retry.", isRetryable: true)

    /// Streams a text in pieces, as a model does.
    private static func answer(_ text: String, in conversation: String, on script: isolated WebScript) {
        stream(text, in: conversation, on: script)
        script.finish(conversation, .complete)
    }

    private static func stream(_ text: String, in conversation: String, on script: isolated WebScript) {
        guard case .assistant(var message) = script.assistant("", in: conversation, state: .streaming) else { return }
        script.emit(.entry(.assistant(message)), in: conversation)
        var rest = Substring(text)
        while !rest.isEmpty {
            script.emit(.text(messageID: message.id, delta: String(rest.prefix(7))), in: conversation)
            rest = rest.dropFirst(7)
        }
        message.text = text
        message.state = .done
        script.emit(.entry(.assistant(message)), in: conversation)
    }

    private static func hold(in conversation: String, on script: isolated WebScript) {
        let half = script.assistant("The largest orders were placed in spring. I am still", in: conversation, state: .streaming)
        script.emit(.entry(half), in: conversation)
    }

    private static func broken(in conversation: String, on script: isolated WebScript) {
        script.emit(.entry(script.assistant("The orders of last", in: conversation, state: .broken)), in: conversation)
        let notice = FailureNotice(id: "failure-\(UUID().uuidString)", failure: modelFailure, at: Date())
        script.emit(.entry(.failure(notice)), in: conversation)
        script.finish(conversation, .failed)
    }

    private static func long(_ count: Int, in conversation: String, on script: isolated WebScript) {
        for index in 1...count {
            script.emit(.entry(script.assistant("Paragraph \(index). \(markdownParagraph)", in: conversation)), in: conversation)
        }
        script.finish(conversation, .complete)
    }

    static func json(_ text: String) -> JSONValue { (try? JSONValue(parsing: text)) ?? .null }

    // MARK: Tool calls

    static func call(_ server: String, _ tool: String, _ arguments: JSONValue, _ state: ToolCall.State) -> ToolCall {
        ToolCall(
            id: "call-\(UUID().uuidString)", server: server, tool: tool, title: nil, arguments: arguments, state: state, question: nil,
            progress: nil, result: nil, failure: nil, canRetry: false, at: Date(), startedAt: Date(), elapsedMilliseconds: nil)
    }

    private static func rows(in conversation: String, on script: isolated WebScript) {
        stream("I look at the orders.", in: conversation, on: script)
        var query = call("shop", "run_query", ["connection": "shop", "sql": .string(sql), "limit": 10], .done)
        query.elapsedMilliseconds = 42
        let customers = ["Adler & Söhne", "Blue Harbor", "Café Lisboa"]
        let rows = (1...10).map { number -> JSONValue in
            let day: JSONValue = number == 4 ? .null : .string("2025-03-1\(number % 10)")
            let total = 9120.5 - Double(number) * 311.25
            return .array([.integer(Int64(10_430 - number * 7)), .string(customers[number % 3]), .double(total), day])
        }
        let columns: [JSONValue] = ["id", "customer", "total", "ordered_on"].map { .object(["name": .string($0)]) }
        let data: JSONObject = ["columns": .array(columns), "rows": .array(rows), "totalRows": 2431, "truncated": true]
        query.result = ToolResult(
            content: [["type": "text", "text": "10 rows"]],
            structuredContent: .object(data), isError: false)
        script.emit(.entry(.tool(query)), in: conversation)
        answer(orders, in: conversation, on: script)
    }

    private static func mails(in conversation: String, on script: isolated WebScript) {
        var search = call("mail", "search_emails", ["query": "invoice Acme"], .done)
        search.elapsedMilliseconds = 8
        search.result = ToolResult(
            content: [], structuredContent: json(mailsJSON), isError: false)
        script.emit(.entry(.tool(search)), in: conversation)
        answer("There are **two** messages from Acme. The newest is *Invoice 2025-0042*.", in: conversation, on: script)
    }

    private static let sendMail: ToolCall = {
        let opening = "Dear Alice,\n\nthe ten largest orders come to 74,310.50 in total.\n\n"
        let body = opening + String(repeating: markdownParagraph + " ", count: 4)
        let arguments: JSONObject = ["to": ["alice@example.com"], "subject": "Summary of the largest orders", "body": .string(body)]
        var send = call("mail", "send_email", .object(arguments), .waiting)
        send.question = .init(
            text: "Send this email?", why: "mail.send_email sends something to other people. It cannot be taken back.",
            isDestructive: false)
        send.startedAt = nil
        return send
    }()

    private static let deleteMails: ToolCall = {
        var delete = call("mail", "delete_emails", ["ids": ["m-9", "m-17"]], .waiting)
        delete.question = .init(
            text: "Delete these 2 emails?", why: "mail.delete_emails says that it may destroy something.", isDestructive: true)
        return delete
    }()

    private static func ask(_ template: ToolCall, in conversation: String, on script: isolated WebScript) {
        var call = template
        call.id = "call-\(UUID().uuidString)"
        script.emit(.entry(.tool(call)), in: conversation)
        var done = call
        done.state = .done
        done.question = nil
        done.elapsedMilliseconds = 310
        done.result = ToolResult(
            content: [["type": "text", "text": "Sent to alice@example.com."]],
            structuredContent: ["messageId": "20251103.1@localhost", "status": "queued"], isError: false)
        var denied = call
        denied.state = .denied
        denied.question = nil
        script.plan(
            .init(
                allowed: [.entry(.tool(done)), .entry(script.assistant("Done.", in: conversation)), .turnFinished(.complete, nil)],
                refused: [.entry(.tool(denied)), .entry(script.assistant("I left it.", in: conversation)), .turnFinished(.complete, nil)]),
            in: conversation)
    }

    private static func running(in conversation: String, on script: isolated WebScript) {
        let slow = call("shop", "export_orders", ["year": 2025, "format": "csv"], .running)
        script.emit(.entry(.tool(slow)), in: conversation)
        script.emit(.progress(callID: slow.id, ToolProgress(completed: 620, total: 1000, message: "Reading orders")), in: conversation)
    }

    private static func failed(in conversation: String, on script: isolated WebScript) {
        var wrong = call("shop", "run_query", ["sql": "select * from ordrs"], .failed)
        wrong.elapsedMilliseconds = 3
        wrong.canRetry = true
        wrong.result = ToolResult(
            content: [["type": "text", "text": "There is no table `ordrs`. Did you mean `orders`? Call search_schema to see the tables."]],
            structuredContent: nil, isError: true)
        script.emit(.entry(.tool(wrong)), in: conversation)
        var gone = call("mail", "read_email", ["id": "m-17"], .failed)
        gone.failure = ChatFailure(
            what: "The server mail did not answer.", why: "Its process ended while it worked.",
            whatNow: "It is started again by itself. Press Retry in a moment.", isRetryable: true)
        gone.canRetry = true
        script.emit(.entry(.tool(gone)), in: conversation)
        answer("Neither call worked.", in: conversation, on: script)
    }

    // MARK: Questions

    private static func form(in conversation: String, on script: isolated WebScript) {
        let question = Elicitation(
            id: "question-\(UUID().uuidString)", server: "shop", tool: "export_orders", message: "How should the orders be exported?",
            mode: .form(schema: json(exportForm)), state: .waiting, content: nil, at: Date())
        script.emit(.entry(.elicitation(question)), in: conversation)
    }

    /// A page with an address that is meant to be taken for another one; the address is the last word.
    private static func trick(_ words: [Substring], in conversation: String, on script: isolated WebScript) {
        let question = Elicitation(
            id: "question-\(UUID().uuidString)", server: "mail", tool: nil, message: "Sign in to your bank.",
            mode: .url(words.last.map(String.init) ?? ""), state: .waiting, content: nil, at: Date())
        script.emit(.entry(.elicitation(question)), in: conversation)
    }

    /// A form whose message and fields hold addresses, which are no links.
    private static func linked(in conversation: String, on script: isolated WebScript) {
        let address = "https://evil.example/click"
        let field: JSONValue = [
            "type": "string", "title": .string("Name, see \(address)"), "description": .string("Read [this](\(address)) or \(address)"),
            "default": .string(address),
        ]
        let choice: JSONValue = ["type": "string", "title": "Choice", "enum": [.string(address), "b"]]
        let schema: JSONValue = ["type": "object", "properties": ["name": field, "choice": choice], "required": ["name"]]
        let question = Elicitation(
            id: "question-\(UUID().uuidString)", server: "shop", tool: "export_orders", message: "Look at \(address) or [here](\(address)) first.",
            mode: .form(schema: schema), state: .waiting, content: nil, at: Date())
        script.emit(.entry(.elicitation(question)), in: conversation)
    }

    private static func page(in conversation: String, on script: isolated WebScript) {
        let question = Elicitation(
            id: "question-\(UUID().uuidString)", server: "mail", tool: nil, message: "Sign in to your mail provider.",
            mode: .url("https://login.mail.example.com/authorize?client=chat&state=4f1c"), state: .waiting, content: nil, at: Date())
        script.emit(.entry(.elicitation(question)), in: conversation)
    }
}
