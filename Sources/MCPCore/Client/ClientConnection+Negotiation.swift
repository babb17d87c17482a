extension ClientConnection {
    /// Starts the transport and agrees with the server on a revision.
    func negotiate() async throws -> ServerAgreement {
        try await start()
        let agreement =
            switch configuration.era {
            case .handshake: try await handshake(offering: .latestHandshake, exactly: false)
            case .pinned(let revision) where revision.era == .handshake: try await handshake(offering: revision, exactly: true)
            case .pinned(let revision): try await discover(revision)
            case .auto: try await choose()
            }
        if let identity = transport.serverIdentity { configuration.eraCache?[identity] = agreement.revision.era }
        state.withLock { $0.agreement = agreement }
        watchOver()
        keepAlive()
        return agreement
    }

    private func choose() async throws -> ServerAgreement {
        if let identity = transport.serverIdentity, configuration.eraCache?[identity] == .handshake {
            do { return try await handshake(offering: .latestHandshake, exactly: false) } catch let error as CancellationError {
                throw error
            } catch {
                // What was remembered is no longer true, or the server is down: ask it.
                configuration.eraCache?[identity] = nil
                if case TransportError.closed = error { try await start() }
            }
        }
        var revision = ProtocolRevision.latest
        for attempt in 1...2 {
            let outcome = try await probe(revision)
            switch ProbeClassifier.classify(outcome, binding: transport.binding, offered: revision, mayRepeat: attempt == 1) {
            case .perRequest(let agreement): return agreement
            case .retry(let other): revision = other
            case .handshake(let reason): return try await fallBack(reason)
            case .restartAndHandshake(let reason):
                do { try await start() } catch { throw ClientError.connectionFailed(probe: reason, handshake: error) }
                return try await fallBack(reason)
            case .failed(let error): throw error
            }
        }
        throw ClientError.noCommonRevision(offered: [.latest], supported: [])
    }

    private func fallBack(_ reason: String) async throws -> ServerAgreement {
        configuration.diagnostics(.fellBackToHandshake(reason: reason))
        do { return try await handshake(offering: .latestHandshake, exactly: false) } catch let error as CancellationError {
            throw error
        } catch { throw ClientError.connectionFailed(probe: reason, handshake: error) }
    }

    /// Asks for one revision of the per-request era and takes no other. A server that refuses it and names it as supported is asked once more.
    func discover(_ revision: ProtocolRevision) async throws -> ServerAgreement {
        var outcome = try await probe(revision)
        if outcome.supported?.contains(revision.rawValue) == true { outcome = try await probe(revision) }
        if let supported = outcome.supported { throw ClientError.noCommonRevision(offered: [revision], supported: supported) }
        switch outcome {
        case .result(let result):
            guard let versions = result["supportedVersions"]?.array?.compactMap(\.string) else {
                throw ClientError.invalidResult(method: "server/discover", reason: "supportedVersions is missing")
            }
            guard versions.contains(revision.rawValue) else { throw ClientError.noCommonRevision(offered: [revision], supported: versions) }
            return ServerAgreement(discoverResult: result, revision: revision)
        case .error(let error): throw ClientError.probeFailed(error)
        case .timeout: throw ClientError.timedOut(method: "server/discover", after: configuration.probeTimeout)
        case .transport(let error): throw ClientError.probeFailed(error)
        }
    }

    private func probe(_ revision: ProtocolRevision) async throws -> ProbeOutcome {
        // The server may be of the other era, where nothing may be sent before `initialize` that need not be.
        let outgoing = Outgoing(
            method: "server/discover", revision: revision, options: RequestOptions(maximumTime: configuration.probeTimeout),
            timeout: configuration.probeTimeout, isCancellable: false, isPartOfNegotiation: true)
        do { return .result(try await send(outgoing)) } catch let error as JSONRPCError {
            return .error(error)
        } catch ClientError.timedOut {
            return .timeout
        } catch let error as TransportError {
            return .transport(error)
        }
    }

    /// `initialize` and `notifications/initialized` (2025-11-25, basic/lifecycle).
    func handshake(offering revision: ProtocolRevision, exactly: Bool) async throws -> ServerAgreement {
        let params: JSONObject = [
            "protocolVersion": .string(revision.rawValue), "capabilities": configuration.capabilities(in: revision).json, "clientInfo": configuration.info.json,
        ]
        let outgoing = Outgoing(
            method: "initialize", params: params, revision: revision, timeout: configuration.requestTimeout, isCancellable: false,
            isPartOfNegotiation: true)
        let result: JSONObject
        do { result = try await send(outgoing) } catch TransportError.httpStatus(_, _, let error?) { throw error }
        let agreement: ServerAgreement
        do { agreement = try ServerAgreement(initializeResult: result) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: "initialize", reason: error.description)
        }
        if exactly, agreement.revision != revision {
            throw ClientError.noCommonRevision(offered: [revision], supported: [agreement.revision.rawValue])
        }
        state.withLock { $0.agreement = agreement }
        let initialized = JSONRPCNotification(method: "notifications/initialized")
        try await post(.notification(initialized), ExchangeMetadata(revision: agreement.revision), method: initialized.method)
        try await transport.handshakeCompleted(revision: agreement.revision)
        return agreement
    }
}
