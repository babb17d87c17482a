import AsyncHTTPClient
import MCPCore
import NIOCore
import NIOHTTP1

/// Streamable HTTP: each message is a request of its own.
struct HTTPLink: ServerLink {
    /// A server that does not answer as HTTP asks.
    struct Refusal: Error, CustomStringConvertible {
        let what: String
        let status: Int
        let body: String
        var description: String { "\(what) was answered with HTTP status \(status)\(body.isEmpty ? "" : ": \(body.prefix(200))")" }
    }

    let url: String
    let run: ScenarioRun
    /// The access token of requests that bring no `Authorization` of their own.
    var token: String?
    /// Sent with every request, as a server behind a gateway may want it.
    var extraHeaders: [(name: String, value: String)] = []
    private static let maximumBodyBytes = 16 << 20

    /// Shared by all scenarios of a process, like that of AsyncHTTPClient itself, but it follows no redirection.
    private static let client = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)), decompression: .disabled)
        // A server that is not there is told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    func open(_ request: JSONValue, _ context: LinkContext) async throws -> Exchange {
        run.sent(request)
        return try await post(
            request.serialized(), Self.headers(for: request, context), method: request["method"]?.string, id: request["id"])
    }

    func send(_ message: JSONValue, _ context: LinkContext) async throws {
        run.sent(message)
        let exchange = try await post(message.serialized(), Self.headers(for: message, context))
        let first = try await exchange.next()
        guard exchange.head?.status == 202 else {
            throw Refusal(
                what: message["method"]?.string ?? "a response", status: exchange.head?.status ?? 0,
                body: first?.serializedString ?? exchange.text)
        }
        // To its end, because what comes is held against the schema.
        if first != nil { while try await exchange.next() != nil {} }
    }

    func listen(_ context: LinkContext) async throws -> Exchange? {
        var headers = [("Accept", "text/event-stream")]
        headers += Self.sessionHeaders(context)
        let (head, body) = try await execute(.GET, headers, token: token, "the answer to GET")
        // A server without a stream of its own says so, in whatever words.
        return head.status == 405 ? nil : exchange(head, body)
    }

    func close(_ context: LinkContext) async {
        guard context.sessionID != nil else { return }
        // Out of courtesy: the scenario is over, and a server may refuse it.
        _ = try? await refusal(.DELETE, Self.sessionHeaders(context), token: token)
    }

    /// Sends bytes as they are.
    func post(
        _ body: [UInt8], _ headers: [(String, String)], method: String? = nil, id: JSONValue? = nil, within limit: Duration? = nil
    ) async throws -> Exchange {
        try await request(.POST, headers, body: body, method: method, id: id, within: limit)
    }

    func request(
        _ verb: HTTPMethod, _ headers: [(String, String)], body: [UInt8]? = nil, method: String? = nil, id: JSONValue? = nil,
        within limit: Duration? = nil
    ) async throws -> Exchange {
        let (head, answer) = try await execute(
            verb, headers, body: body, token: token, "the answer to \(method ?? verb.rawValue)", within: limit)
        return exchange(head, answer, method: method, id: id)
    }

    /// Sends several requests in one message.
    /// - Parameter methods: By their ids.
    func post(batch messages: [JSONValue], methods: [JSONValue: String], _ context: LinkContext) async throws -> Exchange {
        let message = JSONValue.array(messages)
        run.sent(message)
        let (head, answer) = try await execute(
            .POST, Self.headers(for: message, context), body: message.serialized(), token: token, "the answer to a batch")
        return exchange(head, answer, batch: methods)
    }

    /// Reads what a server answers. Whoever drops the exchange before it has ended has not seen all of it.
    private func exchange(
        _ head: Exchange.Head, _ body: HTTPClientResponse.Body, method: String? = nil, id: JSONValue? = nil, batch: [JSONValue: String] = [:]
    ) -> Exchange {
        let exchange = Exchange(method: method, id: id, batch: batch, head: head, run: run)
        // Unstructured, because it reads as long as the exchange lives; closing the exchange cancels it.
        let reader = Task { [weak exchange] in await Self.read(body, head) { exchange } }
        exchange.whenClosed { reader.cancel() }
        return exchange
    }

    private func execute(
        _ verb: HTTPMethod, _ headers: [(String, String)], body: [UInt8]? = nil, query: String = "", token: String?, _ what: String,
        within limit: Duration? = nil
    ) async throws -> (head: Exchange.Head, body: HTTPClientResponse.Body) {
        var request = HTTPClientRequest(url: url + query)
        request.method = verb
        request.headers = HTTPHeaders(headers)
        for (name, value) in extraHeaders where !request.headers.contains(name: name) { request.headers.add(name: name, value: value) }
        if let token, !request.headers.contains(name: "Authorization") {
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let prepared = request
        let response = try await withTimeLimit(limit ?? run.answerLimit, what) { try await Self.client.execute(prepared, deadline: .distantFuture) }
        return (Self.head(of: response), response.body)
    }

    /// Sends a request of which only the status and the headers matter: the body is not read, for the specification does not say what it is.
    /// - Parameters:
    ///   - token: `nil` for a request without authorization.
    ///   - query: Stands behind the URL.
    func refusal(_ verb: HTTPMethod = .POST, _ headers: [(String, String)], body: [UInt8]? = nil, token: String?, query: String = "") async throws
        -> Exchange.Head
    {
        try await execute(verb, headers, body: body, query: query, token: token, "the answer to \(verb.rawValue)").head
    }

    /// The body of a document beside the endpoint; `nil` where it is not there.
    func document(at url: String) async throws -> JSONValue? {
        let response = try await withTimeLimit(run.answerLimit, url) {
            let response = try await Self.client.execute(HTTPClientRequest(url: url), deadline: .distantFuture)
            return response.status == .ok ? String(buffer: try await response.body.collect(upTo: Self.maximumBodyBytes)) : nil
        }
        return response.flatMap { try? JSONValue(parsing: $0) }
    }

    private static func head(of response: HTTPClientResponse) -> Exchange.Head {
        Exchange.Head(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { "\($0), \($1)" }))
    }

    private static func read(_ body: HTTPClientResponse.Body, _ head: Exchange.Head, _ exchange: () -> Exchange?) async {
        do {
            if head.mediaType == "text/event-stream" {
                var reader = EventStreamReader()
                for try await chunk in body {
                    let events = reader.feed(chunk.readableBytesView)
                    exchange()?.deliver(events, comments: reader.comments)
                }
            } else {
                let text = String(buffer: try await body.collect(upTo: maximumBodyBytes))
                // Servers give the type of what they would have written also where they write nothing.
                if head.mediaType == "application/json", !text.isEmpty { exchange()?.deliver(text: text) } else { exchange()?.deliver(body: text) }
            }
            exchange()?.finish()
        } catch {
            exchange()?.finish(throwing: error)
        }
    }

    // MARK: Headers

    static let json = [("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")]

    /// The headers that the specification asks for with a message.
    static func headers(for message: JSONValue, _ context: LinkContext) -> [(String, String)] {
        var headers = json + sessionHeaders(context)
        if context.revision.era == .perRequest, let method = message["method"]?.string {
            headers.append(("Mcp-Method", method))
            if let name = routingName(of: message) { headers.append(("Mcp-Name", name)) }
        }
        return headers
    }

    /// What a request mirrors in `Mcp-Name` (2026-07-28, basic/transports/streamable-http, "Standard Request Headers").
    static func routingName(of message: JSONValue) -> String? {
        guard let method = message["method"]?.string else { return nil }
        switch method {
        case "tools/call", "prompts/get": return message["params"]?["name"]?.string
        case "resources/read": return message["params"]?["uri"]?.string
        case "tasks/get", "tasks/update", "tasks/cancel": return message["params"]?["taskId"]?.string
        default: return nil
        }
    }

    private static func sessionHeaders(_ context: LinkContext) -> [(String, String)] {
        var headers: [(String, String)] = []
        // The header came with 2025-06-18.
        if context.revision.era == .perRequest || (context.isInitialized && context.revision >= .v2025_06_18) {
            headers.append(("MCP-Protocol-Version", context.revision.rawValue))
        }
        if let session = context.sessionID { headers.append(("Mcp-Session-Id", session)) }
        return headers
    }
}
