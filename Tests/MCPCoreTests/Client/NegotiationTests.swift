import MCPCore
import Synchronization
import TestSupport
import Testing

private let discovered: JSONObject = ["resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]]
private func initialized(_ version: String) -> JSONObject {
    ["protocolVersion": .string(version), "capabilities": ["tools": [:]], "serverInfo": ["name": "old", "version": "1"]]
}

@Suite(.timeLimit(.minutes(1))) struct NegotiationTests {
    @Test func aServerOfThePerRequestEraGetsNoInitialize() async throws {
        let transport = ScriptedTransport { _ in discovered }
        let info = Implementation(name: "tester", version: "7")
        try await withClient(transport, configuration: ClientConfiguration(info: info)) { client in
            #expect(client.revision == .v2026_07_28)
            try await client.ping()
        }
        #expect(transport.methods == ["server/discover", "server/discover"])
        #expect(transport.sent.isEmpty)
        #expect(transport.isClosed)
        for request in transport.requests {
            let meta = request.params["_meta"]
            #expect(meta?[MetaKey.protocolVersion] == "2026-07-28")
            #expect(meta?[MetaKey.clientInfo] == info.json)
            #expect(meta?[MetaKey.clientCapabilities] == [:])
        }
    }

    @Test(arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
    func anyOtherErrorLeadsToInitialize(_ version: String) async throws {
        let transport = ScriptedTransport { call in
            if call.request.method == "initialize" { return initialized(version) }
            if call.request.method == "ping" { return [:] }
            throw JSONRPCError(.methodNotFound, "what?")
        }
        try await withClient(transport) { client in
            #expect(client.revision.rawValue == version)
            #expect(client.serverInfo?.name == "old")
            try await client.ping()
        }
        #expect(transport.methods == ["server/discover", "initialize", "ping"])
        #expect(transport.requests[1].params["protocolVersion"] == "2025-11-25")
        #expect(transport.requests[2].params["_meta"] == nil)
        #expect(transport.sent == [.notification(JSONRPCNotification(method: "notifications/initialized"))])
        #expect(transport.metadata[2].revision.rawValue == version)
        #expect(Set(transport.requests.map(\.id)).count == 3)
    }

    @Test func silenceLeadsToInitializeAfterTheProbeTimeout() async throws {
        let clock = StandingClock()
        let transport = ScriptedTransport { call in
            call.request.method == "initialize" ? initialized("2025-11-25") : try await silence()
        }
        let connecting = Task { try await Client.connect(transport, configuration: ClientConfiguration(clock: ClientClock(clock))) }
        await clock.waitForSleeper(until: .seconds(10))
        #expect(transport.methods == ["server/discover"])
        clock.advance(by: .seconds(10))
        let client = try await connecting.value
        #expect(client.revision == .v2025_11_25)
        #expect(transport.starts == 1)
        // The probe is not cancelled: a server of the handshake era gets nothing before `initialize`.
        #expect(transport.sent == [.notification(JSONRPCNotification(method: "notifications/initialized"))])
        await client.close()
    }

    @Test func aServerThatEndsOnTheProbeIsStartedAgain() async throws {
        let transport = ScriptedTransport { call in
            if call.start == 1 { throw TransportError.closed("exit 1") }
            return initialized("2025-06-18")
        }
        try await withClient(transport) { client in #expect(client.revision == .v2025_06_18) }
        #expect(transport.methods == ["server/discover", "initialize"])
        #expect(transport.starts == 2)
    }

    @Test func bothFailuresAreReported() async throws {
        let transport = ScriptedTransport { call in
            throw JSONRPCError(.internalError, call.request.method == "initialize" ? "second trouble" : "first trouble")
        }
        let error = await #expect(throws: ClientError.self) { _ = try await Client.connect(transport) }
        guard case .connectionFailed? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect("\(error!)".contains("first trouble") && "\(error!)".contains("second trouble"))
        #expect(transport.isClosed)
    }

    @Test(arguments: [401, 403, 500, 503]) func statusesThatSayNothingOfTheEraNeverFallBack(_ status: Int) async throws {
        let transport = ScriptedTransport(.http) { _ in throw TransportError.httpStatus(status, body: "go away") }
        let error = await #expect(throws: ClientError.self) { _ = try await Client.connect(transport) }
        #expect("\(error!)".contains("\(status)"))
        #expect(transport.methods == ["server/discover"])
    }

    @Test func aRevisionThatIsNoneOfTheHandshakeEraIsRefused() async throws {
        let transport = ScriptedTransport { _ in initialized("1999-01-01") }
        let error = await #expect(throws: ClientError.self) {
            _ = try await Client.connect(transport, configuration: ClientConfiguration(era: .handshake))
        }
        guard case .noCommonRevision(_, ["1999-01-01"])? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(transport.sent.isEmpty)
    }

    @Test func aPinnedRevisionIsTakenOrNothing() async throws {
        let old = ScriptedTransport { _ in initialized("2025-03-26") }
        try await withClient(old, configuration: ClientConfiguration(era: .pinned(.v2025_03_26))) { #expect($0.revision == .v2025_03_26) }
        #expect(old.requests[0].params["protocolVersion"] == "2025-03-26")
        await #expect(throws: ClientError.self) {
            _ = try await Client.connect(old, configuration: ClientConfiguration(era: .pinned(.v2025_06_18)))
        }
        let refusing = ScriptedTransport { _ in throw JSONRPCError(.methodNotFound, "what?") }
        await #expect(throws: ClientError.self) {
            _ = try await Client.connect(refusing, configuration: ClientConfiguration(era: .pinned(.v2026_07_28)))
        }
        #expect(refusing.methods == ["server/discover"])
    }

    @Test(arguments: [EraSelection.auto, .pinned(.v2026_07_28)])
    func aRevisionThatIsRefusedAndNamedIsOfferedOnceMore(_ era: EraSelection) async throws {
        let refusal = JSONRPCError(.unsupportedProtocolVersion, "no", data: ["supported": ["2026-07-28"], "requested": "2026-07-28"])
        let refusals = Mutex(1)
        let transport = ScriptedTransport(.http) { _ in
            let isRefused = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            if isRefused { throw TransportError.httpStatus(400, body: "", error: refusal) }
            return discovered
        }
        try await withClient(transport, configuration: ClientConfiguration(era: era)) { #expect($0.revision == .v2026_07_28) }
        #expect(transport.methods == ["server/discover", "server/discover"])
        refusals.withLock { $0 = .max }
        let error = await #expect(throws: ClientError.self) {
            _ = try await Client.connect(transport, configuration: ClientConfiguration(era: era))
        }
        guard case .noCommonRevision(_, ["2026-07-28"])? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(transport.methods.count == 4)
    }

    @Test func aKnownEraIsNotProbedAgainUntilItFails() async throws {
        let cache = EraCache()
        let old = ScriptedTransport(identity: "s") { call in
            if call.request.method == "initialize" { return initialized("2025-11-25") }
            throw JSONRPCError(.methodNotFound, "what?")
        }
        for _ in 1...2 { try await withClient(old, configuration: ClientConfiguration(eraCache: cache)) { _ in } }
        #expect(old.methods == ["server/discover", "initialize", "initialize"])
        // The server has been replaced by one of the other era.
        let new = ScriptedTransport(identity: "s") { call in
            if call.request.method == "server/discover" { return discovered }
            throw JSONRPCError(.methodNotFound, "what?")
        }
        try await withClient(new, configuration: ClientConfiguration(eraCache: cache)) { #expect($0.revision == .v2026_07_28) }
        #expect(new.methods == ["initialize", "server/discover"])
        #expect(cache["s"] == .perRequest)
    }
}
