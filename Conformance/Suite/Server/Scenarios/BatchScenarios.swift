import MCPCore

/// Several messages at once, which 2025-03-26 alone has (basic, "Batching").
enum BatchScenarios {
    static let all = [batch]

    private static let batch = Scenario<ServerSubject>(
        "batch", "Requests and notifications in one array", revisions: .between(.v2025_03_26, .v2025_03_26), scoring: .additional,
        checks: [
            Check("batch-answered", "Every request of a batch is answered, each with its own id"),
            Check("batch-survived", "The server goes on"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            let requests = [server.request("tools/list"), server.request("prompts/list"), server.request("ping")]
            let notification: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": "no-such-request"]]
            let answers = try await send(requests, beside: notification, server)
            for request in requests {
                let mine = answers.filter { $0["id"] == request["id"] }
                let seen = "\(request.excerpt) is answered with \(JSONValue.array(mine).excerpt)"
                // A server may have no prompts, and says so.
                let isServed = mine.count == 1 && (mine[0]["result"] != nil || request["method"] == "prompts/list")
                run.check("batch-answered", isServed, seen)
            }
            let list = try await server.call("tools/list")
            run.check("batch-survived", list.response?["result"] != nil, "after it tools/list is answered with \(list.seen)")
        }
    }

    /// - Returns: The responses to the requests.
    private static func send(_ requests: [JSONValue], beside notification: JSONValue, _ server: Conversation) async throws -> [JSONValue] {
        let messages = [notification] + requests
        if let http = server.link as? HTTPLink {
            let methods = Dictionary(
                requests.map { ($0["id"] ?? .null, $0["method"]?.string ?? "") }, uniquingKeysWith: { first, _ in first })
            let exchange = try await http.post(batch: messages, methods: methods, server.linkContext)
            var answers: [JSONValue] = []
            while answers.count < requests.count, let message = try await exchange.next() { if message["method"] == nil { answers.append(message) } }
            return answers
        }
        guard let stdio = server.link as? StdioLink else { return [] }
        let exchanges = try requests.map { try stdio.expect($0) }
        try await stdio.send(.array(messages), server.linkContext)
        var answers: [JSONValue] = []
        for exchange in exchanges { if let answer = try await server.finish(exchange).response { answers.append(answer) } }
        return answers
    }
}
