/// Reads what came in and gives each message to the request that it belongs to, or to the general receiver.
struct InboundRouter: Sendable {
    let transport: StreamClientTransport
    let general: ExchangeInbox
    /// Takes requests of the server for which there is no room, by their ids alone: whoever sent them waits for an answer.
    let refused: ExchangeInbox
    let report: @Sendable (ClientDiagnostic) -> Void
    let limits: JSONLimits
    /// A server of the per-request era repeats the `_meta` of its results.
    var meta = RememberedMeta()

    mutating func route(_ frames: InboundFrames) {
        switch frames {
        case .messages(let messages):
            for message in messages where !message.isBlank {
                route(message.withUnsafeBytes { JSONRPCInput(parsing: $0, limits: limits, remembering: &meta) }, source: message, bytes: message.count)
            }
        case .message(let message, _): route(.messages([message]))
        case .tooLong(let limit, let beginning):
            report(.messageTooLong(limit: limit))
            // Whoever waits for it would wait in vain.
            guard let id = DroppedMessage.answeredRequest(beginning) else { return }
            transport.inbox(answeredWith: id)?.finish(.failure(.limit("the server's answer is longer than \(limit) bytes")))
        }
    }

    /// - Parameter bytes: The length of the message; of one in a batch its share.
    private func route(_ input: JSONRPCInput, source: [UInt8], bytes: Int) {
        switch input {
        case .message(let message): route(message, bytes)
        case .batch(let inputs): for input in inputs { route(input, source: source, bytes: bytes / inputs.count) }
        case .invalid(let response):
            let reason = if case .failure(let error) = response.result { error.message } else { "not a message" }
            report(.malformed(reason: reason, excerpt: String(decoding: source.prefix(200), as: UTF8.self)))
        }
    }

    private func route(_ message: JSONRPCMessage, _ bytes: Int) {
        let inbox = transport.inbox(for: message)
        switch (message, inbox) {
        case (.response(let response), let inbox?): inbox.finish(.success(response))
        case (.response(let response), nil): report(.unexpectedResponse(id: response.id))
        case (_, let inbox?):
            if !inbox.deliver(message, bytes: bytes) { report(.ignored("a notification for \(inbox.method ?? "nobody"): too many wait already")) }
        case (.notification(let notification), nil) where notification.belongsToRequest:
            report(.ignored("\(notification.method) for a request that is not under way"))
        case (_, nil):
            guard !general.deliver(message, bytes: bytes) else { return }
            guard case .request(let request) = message else { return report(.ignored("a message of the server: too many wait already")) }
            report(.ignored("the server's request \(request.method): too many of its messages wait already"))
            let id = JSONRPCMessage.request(JSONRPCRequest(id: request.id, method: ""))
            if !refused.deliver(id, bytes: request.id.description.utf8.count) {
                report(.ignored("and the server is not told, because it does not read what it is told"))
            }
        }
    }
}

extension JSONRPCNotification {
    /// Whether the notification is nothing without the request that it belongs to.
    fileprivate var belongsToRequest: Bool {
        method == "notifications/progress" || params["_meta"]?[MetaKey.subscriptionID] != nil
    }
}

extension [UInt8] {
    /// Whether there is nothing but white space, which is no message and no fault.
    fileprivate var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
