/// `subscriptions/listen` (2026-07-28): the response is an open stream of the changes that the client opted in to.
struct SubscriptionsFeature: MethodHandler {
    let hub: SubscriptionHub
    let offer: ServerOffer
    let extensions: ServerExtensions
    let maximumResources: Int

    static let method = "subscriptions/listen"
    let methods = [Self.method]

    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult {
        let wanted: SubscriptionFilter = try request.params.decode("notifications")
        guard wanted.resourceSubscriptions.count <= maximumResources else {
            throw RequestFailure.invalidParams(
                "Too many resourceSubscriptions: \(wanted.resourceSubscriptions.count), where at most \(maximumResources) are served; listen to fewer",
                data: nil)
        }
        let extended = try await extensions.subscribe(to: try request.params.decode("notifications"), for: exchange.peer)
        defer { for part in extended { part.end() } }
        let granted = offer.granted(wanted)
        let subscription = hub.subscribe(granted, owner: exchange.peer.connection)
        defer { hub.unsubscribe(subscription) }
        let stream = SubscriptionStream(exchange: exchange, id: request.id)
        // The acknowledgement is the first message of the stream; what changes meanwhile waits in the subscription.
        var acknowledged = try JSONObject(json: granted.json)
        for part in extended { acknowledged.merge(part.granted) }
        try await stream.send(JSONRPCNotification(method: "notifications/subscriptions/acknowledged", params: ["notifications": .object(acknowledged)]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in extended {
                group.addTask { for await notification in part.notifications { try await stream.send(notification) } }
            }
            // The extensions' parts end with the server's own.
            defer { group.cancelAll() }
            for await change in subscription { try await stream.send(change.notification) }
        }
        // The server ends it: both pages of the specification are followed, that of cancellation (a notification) and that of subscriptions (a response).
        try await stream.send(JSONRPCNotification(method: "notifications/cancelled", params: ["requestId": request.id.json]))
        return .subscriptionEnded(request.id)
    }
}

/// The notifications of one subscription, each marked with its id.
private struct SubscriptionStream {
    let exchange: ServerExchange
    let id: RequestID

    func send(_ notification: JSONRPCNotification) async throws {
        var meta = notification.params["_meta"]?.object ?? JSONObject()
        meta[MetaKey.subscriptionID] = id.json
        // In front, as everywhere; what the notification has of its own is in it already.
        var params: JSONObject = ["_meta": .object(meta)]
        params.merge(notification.params)
        params["_meta"] = .object(meta)
        try await exchange.notify(notification.method, params)
    }
}
