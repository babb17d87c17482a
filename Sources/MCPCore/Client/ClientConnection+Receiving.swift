extension ClientConnection {
    /// Takes what the server sends by itself.
    /// - Parameters:
    ///   - call: The one on whose stream it came.
    ///   - headers: Of the request on whose stream it came.
    func receive(_ message: JSONRPCMessage, of call: CallUnderWay?, headers: [(name: String, value: String)] = []) async {
        switch message {
        case .notification(let notification): await receive(notification)
        case .request(let request): await receive(request, of: call, headers)
        case .response(let response): configuration.diagnostics(.unexpectedResponse(id: response.id))
        }
    }

    private func receive(_ notification: JSONRPCNotification) async {
        if let change = ServerChange(notification) {
            forget(change)
            let listeners = state.withLock { Array($0.listeners.values) }
            for listener in listeners { listener.add(change) }
            return
        }
        switch notification.method {
        case "notifications/cancelled": cancelled(notification)
        case "notifications/elicitation/complete":
            guard state.withLock({ $0.pages.completed(notification) }) else {
                return configuration.diagnostics(.ignored("the end of a page that nobody was asked to open, or that is complete"))
            }
            await handOn(notification)
        default: await handOn(notification)
        }
    }

    /// The server wants no answer any more. Its reason is for the operator.
    private func cancelled(_ notification: JSONRPCNotification) {
        guard let id = notification.params["requestId"].flatMap({ try? RequestID(json: $0) }),
            let answering = state.withLock({ $0.answering.removeValue(forKey: id) })
        else { return }
        configuration.diagnostics(.cancelled(method: answering.method, id: id, reason: notification.params["reason"]?.string, by: .server))
        answering.task.cancel()
    }

    /// Gives a notification to whoever listens.
    func handOn(_ notification: JSONRPCNotification) async {
        if let item = configuration.extensions.first(where: { $0.notifications.contains(notification.method) }) {
            return await item.receive(notification)
        }
        for observer in state.withLock({ Array($0.observers.values) }) { observer.yield(notification) }
        await configuration.onNotification?(notification)
    }

    /// Answers a request of the server. Only the handshake era has them.
    private func receive(_ request: JSONRPCRequest, of call: CallUnderWay?, _ headers: [(name: String, value: String)]) async {
        let revision = state.withLock { $0.agreement?.revision } ?? .latestHandshake
        guard revision.era == .handshake else {
            return configuration.diagnostics(.ignored("the server's request \(request.method): this revision has none"))
        }
        let hasRoom = state.withLock { state in
            guard state.answering[request.id] == nil else {
                configuration.diagnostics(.ignored("a second request of the server with id \(request.id)"))
                return true
            }
            guard state.answering.count < configuration.maximumServerRequests else { return false }
            // A shared channel does not say which call asks; where only one can, it is that one.
            let calls = call.map { [$0] } ?? Array(state.askingCalls.values)
            let handlers = calls.count == 1 ? calls[0].handlers : configuration.input
            let headers = calls.count == 1 ? calls[0].headers : headers
            // A person is not bound by the time that a call may take, and has nothing to answer once the call is over.
            let waiting = Self.methodsForPersons.contains(request.method) ? calls : []
            let deadlines = waiting.compactMap(\.deadline)
            for deadline in deadlines { deadline.pause() }
            state.asked += 1
            let serial = state.asked
            // One task a request, because a user takes time and other messages must not wait. It is cancelled when the calls that may have
            // asked have ended; `close` cancels what is left.
            let task = Task { [self] in
                defer { for deadline in deadlines { deadline.resume() } }
                let result = await answer(request, handlers)
                let isWanted = self.state.withLock { state in
                    // Whoever takes the task out wants no answer, and the id may stand for another request by now.
                    guard state.answering[request.id]?.serial == serial else { return false }
                    state.answering[request.id] = nil
                    return true
                }
                guard isWanted else { return }
                guard Task.isCancelled else { return await send(result, to: request, revision, headers) }
                // In a task that is not cancelled: the call has ended, and the server still waits for the answer.
                await Task { await send(result, to: request, revision, headers) }.value
            }
            state.answering[request.id] = Answering(method: request.method, serial: serial, task: task, calls: Set(waiting.map(\.id)))
            return true
        }
        guard !hasRoom else { return }
        configuration.diagnostics(.ignored("the server's request \(request.method): \(configuration.maximumServerRequests) are being answered already"))
        // Waited for: whoever sends more than is answered, and does not read, is read no further.
        await send(.failure(.clientIsBusy), to: request, revision, headers)
    }

    private func send(
        _ result: Result<JSONObject, JSONRPCError>, to request: JSONRPCRequest, _ revision: ProtocolRevision, _ headers: [(name: String, value: String)]
    ) async {
        let response = JSONRPCResponse(id: request.id, result: result)
        let generation = state.withLock { $0.generation }
        do { try await post(.response(response), ExchangeMetadata(revision: revision, headers: headers), method: request.method) } catch {
            // The question has ended with its session; the next one is opened all the same.
            if case TransportError.sessionEnded = error { recovery(of: generation) }
            configuration.diagnostics(.ignored("the answer to \(request.method) could not be sent: \(error)"))
        }
    }

    private func answer(_ request: JSONRPCRequest, _ handlers: ClientInputHandlers) async -> Result<JSONObject, JSONRPCError> {
        if request.method == "ping" { return .success([:]) }
        do {
            if let item = configuration.extensions.first(where: { $0.methods.contains(request.method) }) {
                return .success(try await item.answer(request.method, request.params))
            }
            try admit(request.method)
            await note(request.method, request.params)
            return .success(try await handlers.answer(request.method, request.params))
        } catch ClientError.cannotAnswer(let method) {
            return .failure(JSONRPCError(.methodNotFound, "Method not found: this client has not declared \(method)"))
        } catch let error as ClientError where error.isFaultOfRequest {
            return .failure(JSONRPCError(.invalidParams, "Invalid params: \(error)"))
        } catch let error as ClientError where error.isBusy {
            configuration.diagnostics(.ignored("\(error)"))
            return .failure(JSONRPCError(.internalError, "The client is busy: it was asked too often; ask again later"))
        } catch is SamplingRefused {
            return .failure(JSONRPCError(.userRejectedSampling, "User rejected sampling request"))
        } catch let error as JSONDecodingError {
            return .failure(JSONRPCError(.invalidParams, "Invalid params: \(error)"))
        } catch let error as JSONRPCError {
            return .failure(error)
        } catch is CancellationError where request.method == "elicitation/create" {
            // The call has ended, and the server still waits.
            return .success(["action": "cancel"])
        } catch {
            // What an arbitrary error says of itself is not for the server.
            configuration.diagnostics(.ignored("the handler of \(request.method) failed: \(error)"))
            return .failure(JSONRPCError(.internalError, "The client could not answer"))
        }
    }
}

extension JSONRPCError {
    /// What a server is told whose request is one too many.
    static let clientIsBusy = JSONRPCError(.internalError, "The client is busy: it answers too many requests already; send it again later")
}
