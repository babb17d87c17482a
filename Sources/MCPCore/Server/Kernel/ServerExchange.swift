import Synchronization

/// One request while it is served.
final class ServerExchange: Sendable {
    /// What goes out before the response.
    fileprivate struct Outbound {
        /// Notifications that are on their way.
        var underWay = 0
        /// The response comes next: nothing more goes out.
        var isEnded = false
        /// Set with the first report of progress.
        var pace: ProgressPace?
        /// Waits for what is on its way.
        var ending: CheckedContinuation<Void, Never>?
    }

    let request: JSONRPCRequest
    let peer: Peer
    let profile: any WireProfile
    /// Who serves it.
    let kernel: ServerKernel
    /// What may answer the request before its handler has ended.
    let deferral: (any CallDeferral)?
    private let send: @Sendable (JSONRPCNotification) async throws -> Void
    private let outbound = Mutex(Outbound())
    /// What a handler has asked live (`LiveInputBroker`); `nil` until somebody asks or takes a step: most calls do not.
    let live = Mutex<LiveInputBroker.State?>(nil)

    init(
        request: JSONRPCRequest, peer: Peer, profile: any WireProfile, kernel: ServerKernel, deferral: (any CallDeferral)? = nil,
        notify: @escaping @Sendable (JSONRPCNotification) async throws -> Void
    ) {
        self.request = request
        self.peer = peer
        self.profile = profile
        self.kernel = kernel
        self.deferral = deferral
        send = notify
    }

    /// The `_meta` of the request.
    var meta: JSONObject { if case .object(let given)? = request.params["_meta"] { given } else { JSONObject() } }

    /// Not copied into each exchange: it is large.
    var configuration: ServerConfiguration { kernel.configuration }

    /// Sends a notification that belongs to this request; a cancelled request, and one that has been answered, send nothing more.
    func notify(_ method: String, _ params: JSONObject) async throws {
        try Task.checkCancellation()
        if deferral?.isDeferred == true { return }
        guard outbound.withLock({ $0.begin() }) else {
            // A task that the handler has started and not waited for.
            return configuration.diagnostics(.ignored(reason: "\(method) of a request that has been answered"))
        }
        defer { outbound.withLock { $0.end() }?.resume() }
        try await send(JSONRPCNotification(method: method, params: params))
    }

    /// Sends a log message, where the client wants it and neither the rate nor the server's filter keeps it back.
    func log(_ message: LogMessage) async throws {
        guard configuration.offersLogging, let wanted = peer.logLevel, message.level >= wanted else { return }
        if let limit = kernel.limits.logMessages, !limit.allows(peer) { return }
        guard let filter = configuration.logFilter else { return try await notify(LogMessage.method, message.members) }
        if let filtered = filter(message) { try await notify(LogMessage.method, filtered.members) }
    }

    // MARK: Progress

    func reportProgress(_ update: ProgressUpdate) async throws {
        if let deferral, deferral.isDeferred {
            if let message = update.message { try await deferral.report(message) }
            return
        }
        guard let token = progressToken else { return }
        let limit = configuration.rateLimits.progress
        let now = configuration.environment.now
        var next = outbound.withLock { outbound in
            var pace = outbound.pace.take() ?? ProgressPace(limit)
            defer { outbound.pace = pace }
            return pace.report(update, at: now())
        }
        while let update = next {
            do { try await notify("notifications/progress", update.params(token)) } catch {
                outbound.withLock { $0.pace?.failed() }
                throw error
            }
            next = outbound.withLock { $0.pace?.sent(at: now()) }
        }
    }

    private var progressToken: JSONValue? {
        guard let token = meta[MetaKey.progressToken], token.string != nil || token.integer != nil else { return nil }
        return token
    }

    // MARK: The end

    /// Nothing goes out any more: the response comes next.
    /// - Returns: Whether something is still to be waited for, in `endSlowly`.
    func end() -> Bool {
        outbound.withLock { outbound in
            outbound.isEnded = true
            return outbound.underWay > 0 || outbound.pace != nil
        }
    }

    /// Waits for what is on its way, and sends what is held back of progress.
    func endSlowly() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = outbound.withLock { outbound in
                    guard outbound.underWay > 0, !Task.isCancelled else { return false }
                    outbound.ending = continuation
                    return true
                }
                if !isWaiting { continuation.resume() }
            }
        } onCancel: {
            // What a handler has left behind may never come to its end.
            let ending = outbound.withLock { outbound in
                defer { outbound.ending = nil }
                return outbound.ending
            }
            ending?.resume()
        }
        guard let token = progressToken, let held = outbound.withLock({ $0.pace?.takeHeld() }), !Task.isCancelled, deferral?.isDeferred != true
        else { return }
        // A client that is gone misses nothing.
        try? await send(JSONRPCNotification(method: "notifications/progress", params: held.params(token)))
    }
}

extension ServerExchange.Outbound {
    /// - Returns: Whether something may still go out.
    fileprivate mutating func begin() -> Bool {
        guard !isEnded else { return false }
        underWay += 1
        return true
    }

    /// - Returns: Who has waited for that, to be resumed behind the lock, which a cancellation handler takes.
    fileprivate mutating func end() -> CheckedContinuation<Void, Never>? {
        underWay -= 1
        guard underWay == 0 else { return nil }
        defer { ending = nil }
        return ending
    }
}

extension ProgressUpdate {
    fileprivate func params(_ token: JSONValue) -> JSONObject {
        var params: JSONObject = ["progressToken": token, "progress": Self.number(progress)]
        params.set("total", total.map(Self.number))
        // From 2025-03-26; before it the field is unknown and harmless.
        params.set("message", message)
        return params
    }

    /// A whole number is written as one: clients of every language read it.
    private static func number(_ value: Double) -> JSONValue { Int64(exactly: value).map(JSONValue.integer) ?? .double(value) }
}
