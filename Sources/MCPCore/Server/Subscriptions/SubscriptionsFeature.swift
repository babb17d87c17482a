/// `subscriptions/listen` (2026-07-28): the response is an open stream of the changes that the client opted in to.
struct SubscriptionsFeature: MethodHandler {
    let hub: SubscriptionHub
    let offer: ServerOffer
    let maximumResources: Int

    let methods = ["subscriptions/listen"]

    func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult {
        let wanted: SubscriptionFilter = try request.params.decode("notifications")
        guard wanted.resourceSubscriptions.count <= maximumResources else {
            throw RequestFailure.invalidParams(
                "Too many resourceSubscriptions: \(wanted.resourceSubscriptions.count), where at most \(maximumResources) are served; listen to fewer",
                data: nil)
        }
        let granted = offer.granted(wanted)
        let subscription = hub.subscribe(granted, owner: exchange.peer.connection)
        defer { hub.unsubscribe(subscription) }
        let mark: JSONObject = [MetaKey.subscriptionID: request.id.json]
        // The acknowledgement is the first message of the stream; what changes meanwhile waits in the subscription.
        try await exchange.notify("notifications/subscriptions/acknowledged", ["_meta": .object(mark), "notifications": granted.json])
        for await change in subscription {
            var params: JSONObject = ["_meta": .object(mark)]
            params.merge(change.notification.params)
            try await exchange.notify(change.notification.method, params)
        }
        try Task.checkCancellation()
        return .subscriptionEnded(request.id)
    }
}
