/// Reads what came in and gives each message to the request that it belongs to, or to the general receiver.
struct InboundRouter: Sendable {
    let transport: StreamClientTransport
    let general: AsyncStream<JSONRPCMessage>.Continuation
    let report: @Sendable (ClientDiagnostic) -> Void
    let limits: JSONLimits

    func route(_ frames: InboundFrames) {
        switch frames {
        case .messages(let messages):
            for message in messages where !message.isBlank {
                route(message.withUnsafeBytes { JSONRPCInput(parsing: $0, limits: limits) }, source: message)
            }
        case .message(let message, _): route(.messages([message]))
        case .tooLong(let limit): report(.messageTooLong(limit: limit))
        }
    }

    private func route(_ input: JSONRPCInput, source: [UInt8]) {
        switch input {
        case .message(let message): route(message)
        case .batch(let inputs): for input in inputs { route(input, source: source) }
        case .invalid(let response):
            let reason = if case .failure(let error) = response.result { error.message } else { "not a message" }
            report(.malformed(reason: reason, excerpt: String(decoding: source.prefix(200), as: UTF8.self)))
        }
    }

    private func route(_ message: JSONRPCMessage) {
        let inbox = transport.inbox(for: message)
        switch (message, inbox) {
        case (.response(let response), let inbox?): inbox.finish(.success(response))
        case (.response(let response), nil): report(.unexpectedResponse(id: response.id))
        case (_, let inbox?):
            if !inbox.deliver(message) { report(.ignored("a notification for \(inbox.method): too many wait already")) }
        case (.notification(let notification), nil) where notification.belongsToRequest:
            report(.ignored("\(notification.method) for a request that is not under way"))
        case (_, nil):
            if case .dropped = general.yield(message) { report(.ignored("a message of the server: too many wait already")) }
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
