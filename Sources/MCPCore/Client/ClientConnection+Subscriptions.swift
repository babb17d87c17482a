/// An open `subscriptions/listen` that the server has acknowledged.
struct OpenSubscription: Sendable {
    /// What the server has agreed to tell.
    let acknowledged: JSONObject
    /// Lasts as long as the subscription; cancelling it ends that.
    let request: Task<Void, Never>
}

extension ClientConnection {
    /// Opens `subscriptions/listen` and waits for its acknowledgement, no longer than for a request.
    /// - Parameters:
    ///   - notifications: What is wanted.
    ///   - options: The time-out of the acknowledgement, and the headers and `_meta` of the request.
    ///   - receive: Takes what is told, in order.
    ///   - acknowledged: Takes what the server has agreed to, before anything is told; again for each server that was started in its place.
    ///   - ended: Called once, with the error where it is one.
    func listen(
        to notifications: JSONObject, revision: ProtocolRevision, options: RequestOptions = RequestOptions(),
        receive: @escaping @Sendable (JSONRPCNotification) -> Void,
        acknowledged: @escaping @Sendable (JSONObject) -> Void = { _ in }, ended: @escaping @Sendable ((any Error)?) -> Void
    ) async throws -> OpenSubscription {
        let (acknowledgements, acknowledge) = AsyncThrowingStream<JSONObject, any Error>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let outgoing = Outgoing(
            method: "subscriptions/listen", params: ["notifications": .object(notifications)], revision: revision,
            options: RequestOptions(meta: options.meta, headers: options.headers),
            receive: { [configuration] notification in
                switch notification.method {
                case "notifications/subscriptions/acknowledged":
                    let agreed = notification.params["notifications"]?.object ?? [:]
                    acknowledged(agreed)
                    acknowledge.yield(agreed)
                case "notifications/cancelled":
                    if let id = notification.params["requestId"].flatMap({ try? RequestID(json: $0) }) {
                        let reason = notification.params["reason"]?.string
                        configuration.diagnostics(.cancelled(method: "subscriptions/listen", id: id, reason: reason, by: .server))
                    }
                    ended(nil)
                default: receive(notification)
                }
            })
        // Unstructured: the request lasts as long as somebody listens, and ends with the sequence.
        let request = Task {
            do {
                _ = try await sendToEachServer(outgoing)
                ended(nil)
                acknowledge.finish()
            } catch {
                ended(error)
                acknowledge.finish(throwing: error)
            }
        }
        do {
            return OpenSubscription(acknowledged: try await first(acknowledgements, within: options.timeout ?? configuration.requestTimeout), request: request)
        } catch {
            request.cancel()
            throw error
        }
    }

    private func first(_ acknowledgements: AsyncThrowingStream<JSONObject, any Error>, within time: Duration) async throws -> JSONObject {
        // A task of its own, for the time-out to cancel. It never outlives this function.
        let work = Task {
            for try await acknowledged in acknowledgements { return acknowledged }
            try Task.checkCancellation()
            throw ClientError.invalidResult(method: "subscriptions/listen", reason: "it ended before it was acknowledged")
        }
        return try await value(
            of: work, before: RequestDeadline(timeout: time, maximum: time, clock: configuration.clock), method: "subscriptions/listen")
    }
}
