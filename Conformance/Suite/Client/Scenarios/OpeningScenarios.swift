import MCPCore

/// How a client opens a conversation.
enum OpeningScenarios {
    static let all = [initialize, olderRevision, unknownRevision, probe, probeOfBusyServer]

    static let initialize = Scenario<ClientSubject>.client(
        "initialize", "The client opens with initialize and notifications/initialized, and then lists the tools.",
        revisions: .between(.v2025_03_26, .v2025_11_25), bindings: [.http, .stdio], scoring: .scored,
        checks: [
            Check("mcp-client-initialization", "The client opens with initialize, and asks for a revision that has it."),
            Check("mcp-client-initialized", "notifications/initialized follows the result of initialize."),
            Check("mcp-client-first-request", "No request but ping comes before notifications/initialized."),
        ],
        script: { StandardServer(run: $0) },
        conclude: { run in
            guard let opening = run.messages(of: "initialize").first else { return }
            let version = opening.params["protocolVersion"]?.string
            run.check(
                "mcp-client-initialization",
                version.flatMap(ProtocolRevision.init)?.era == .handshake && run.messages.first?.method == "initialize",
                "the client must open with initialize, and ask for a revision that has it; it asked for \(version ?? "none")")
            let methods = run.messages.compactMap(\.method)
            let initialized = methods.firstIndex(of: "notifications/initialized")
            run.check("mcp-client-initialized", initialized != nil, "notifications/initialized must follow the result of initialize")
            guard let list = methods.firstIndex(of: "tools/list") else { return }
            run.check(
                "mcp-client-first-request", initialized.map { $0 < list } ?? false, "no request but ping may come before notifications/initialized")
        })

    static let olderRevision = Scenario<ClientSubject>.client(
        "client-version-older", "The server answers initialize with an older revision; the client goes on in it, or ends where it does not know it.",
        revisions: .between(.v2025_03_26, .v2025_11_25), bindings: [.http, .stdio],
        // A client need not support more than one revision ("Version Negotiation").
        inapplicable: { run in
            let methods = Set(run.messages.map { $0.method ?? "" })
            return methods == ["initialize"] ? "The client does not speak \(older(run.revision).rawValue)" : nil
        },
        context: Walkthrough(calls: [.init(name: "hello")]).context,
        checks: [
            Check("client-version-older-goes-on", "A client that supports the older revision goes on in it."),
            Check(
                "client-version-older-header", "It names that revision in MCP-Protocol-Version, not the one that it asked for.", on: [.http],
                in: .between(.v2025_11_25, .v2025_11_25)),
        ],
        script: { run in
            StandardServer(
                run: run, tools: Walkthrough(calls: [.init(name: "hello")]).tools,
                first: { message, server in message.method == "initialize" ? server.opened(message, in: older(run.revision).rawValue) : nil },
                call: { call, server in server.text("Hello.", to: call.message) })
        },
        conclude: { run in
            let agreed = older(run.revision).rawValue
            run.checkReport("client-version-older-goes-on", 0, ["text": "Hello."], "a client that supports \(agreed) goes on in it")
            guard run.binding == .http, run.revision == .v2025_11_25 else { return }
            for message in run.messages where message.method != "initialize" {
                let named = message.header("mcp-protocol-version") ?? "none"
                run.check("client-version-older-header", named == agreed, "MCP-Protocol-Version must be \(agreed), found \(named)")
            }
        })

    /// The revision before another one.
    private static func older(_ revision: ProtocolRevision) -> ProtocolRevision { ProtocolRevision.allCases.filter { $0 < revision }.max() ?? revision }

    static let unknownRevision = Scenario<ClientSubject>.client(
        "client-version-unknown", "The server answers initialize with a version that no client knows; the client ends the connection.",
        revisions: .between(.v2025_03_26, .v2025_11_25), bindings: [.http, .stdio], toleratesClientError: true,
        checks: [
            Check("client-version-unknown-ends", "A client does not go on in a version that it does not know.")
        ],
        script: { run in
            StandardServer(run: run, first: { message, server in message.method == "initialize" ? server.opened(message, in: "1999-01-01") : nil })
        },
        conclude: { run in
            guard !run.messages(of: "initialize").isEmpty else { return }
            let further = run.messages.compactMap(\.method).filter { $0 != "initialize" }
            run.check(
                "client-version-unknown-ends", further.isEmpty, "no message may follow in a version that the client does not know; it sent \(further)")
        })

    /// A server of the handshake era, which a client of both eras has to find out.
    static let probe = Scenario<ClientSubject>.client(
        "client-era-fallback", "A client of both eras meets a server that knows only initialize, and falls back to it.",
        revisions: .since(.v2025_11_25), bindings: [.http, .stdio], inapplicable: { run in isOfOneEra(run) }, context: fallbackContext,
        checks: [
            Check("client-era-probes", "A client that prefers 2026-07-28 asks in it first."),
            Check("client-era-falls-back", "An error that is none of 2026-07-28 makes it fall back to initialize."),
            Check("client-era-goes-on", "The conversation goes on in the handshake era."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: fallback.tools,
                first: { message, server in try await handshakeServer(message, server) })
        },
        conclude: { run in
            let methods = run.messages.compactMap(\.method)
            guard let opening = methods.firstIndex(of: "initialize") else {
                guard !methods.isEmpty else { return }
                return run.check(
                    "client-era-falls-back", false,
                    "a client that is tested for \(run.revision.rawValue) must open with initialize where 2026-07-28 is not known")
            }
            run.check(
                "client-era-probes", opening > 0, "a client that prefers 2026-07-28 asks in it first, with server/discover or any other request")
            run.check(
                "client-era-falls-back", run.messages[opening...].dropFirst().first?.method == "notifications/initialized",
                "after initialize comes notifications/initialized")
            run.checkReport("client-era-goes-on", 0, ["text": "Old and well."], "the conversation goes on in the handshake era")
        })

    /// Why there is nothing to fall back from or to: a client need not speak both eras. Under the requirements of a handshake revision one that begins with 2026-07-28
    /// speaks both, and is not let off.
    private static func isOfOneEra(_ run: ClientRun) -> String? {
        switch run.revision.era {
        case .perRequest:
            run.messages(of: "initialize").isEmpty ? "The client does not speak the revisions that open with initialize" : nil
        case .handshake:
            run.messages.first?.method == "initialize" ? "The client does not ask in 2026-07-28 first" : nil
        }
    }

    private static let fallback = Walkthrough(calls: [.init(name: "hello")])
    private static let fallbackContext: JSONObject = {
        var context = fallback.context
        context["era"] = "auto"
        return context
    }()

    private static func handshakeServer(_ message: ClientMessage, _ server: StandardServer) async throws -> ScriptedAnswer? {
        guard let method = message.method, message.id != nil else { return nil }
        // What an old server says of a request before initialize: a code of its own choice.
        if message.meta?[MetaKey.protocolVersion] != nil {
            return server.error(-32000, "Bad Request: Server not initialized", to: message, status: 400)
        }
        switch method {
        case "initialize": return server.opened(message, in: "2025-11-25")
        case "tools/list": return .message(server.response(["tools": .array(server.tools)], to: message))
        case "tools/call": return .message(server.response(.object(StandardServer.content("Old and well.")), to: message))
        default: return nil
        }
    }

    /// A status that says nothing about the era of what stands behind.
    static let probeOfBusyServer = Scenario<ClientSubject>.client(
        "client-era-no-fallback", "The server is busy (503 without a JSON-RPC error); the client does not take that for an old server.",
        revisions: .perRequest, toleratesClientError: true, context: fallbackContext,
        checks: [
            Check("client-era-no-fallback", "A status of 5xx is no sign of a server that wants initialize.")
        ],
        script: { run in
            StandardServer(run: run, first: { _, _ in .http(status: 503, headers: [("content-type", "text/plain")], body: "Busy.") })
        },
        conclude: { run in
            guard !run.messages.isEmpty else { return }
            run.check(
                "client-era-no-fallback", run.messages(of: "initialize").isEmpty,
                "a status of 5xx is no sign of a server that wants initialize")
        })
}
