import MCPCore

/// Opening a session, and what belongs to a session.
enum LifecycleScenarios {
    static let all = [initialize, versionNegotiation, ping, setLevel]

    private static let initialize = Scenario<ServerSubject>(
        "server-initialize", "The handshake opens a session", revisions: .handshake,
        checks: [
            Check("server-initialize", "`initialize` and `notifications/initialized` open a session that answers requests"),
            Check("server-session-id-visible-ascii", "A session id consists of visible ASCII characters", on: [.http]),
        ]
    ) { target, run in
        try await target.converse(run, isOpened: false) { server in
            let result = try await server.initialize().result()
            let version = result["protocolVersion"]?.string
            run.check("server-initialize", version == run.revision.rawValue, "the server speaks \(version ?? "nothing") instead")
            run.check("server-initialize", result["serverInfo"]?["name"]?.string?.isEmpty == false, "serverInfo has no name")
            run.check("server-initialize", result["capabilities"]?.object != nil, "capabilities are missing")
            if run.binding == .http {
                let id = server.sessionID
                run.check(
                    "server-session-id-visible-ascii", id.map { !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7e).contains($0) } } ?? true,
                    "the session id is \(id ?? "")")
            }
            try await server.initialized()
            let ping = try await server.call("ping")
            run.check("server-initialize", ping.response?["result"] != nil, "after the handshake ping is answered with \(ping.seen)")
        }
    }

    private static let versionNegotiation = Scenario<ServerSubject>(
        "lifecycle-unknown-version", "A version that does not exist is answered with one that does", revisions: .handshake, scoring: .additional,
        checks: [Check("lifecycle-version-negotiated", "To a version that it does not know a server answers with one that it supports")]
    ) { target, run in
        try await target.converse(run, isOpened: false) { server in
            let result = try await server.initialize(version: "1999-01-01").result()
            let version = result["protocolVersion"]?.string ?? ""
            run.check(
                "lifecycle-version-negotiated", ProtocolRevision(rawValue: version) != nil,
                "the server answers with '\(version)', which is no revision")
        }
    }

    private static let ping = Scenario<ServerSubject>(
        "ping", "A ping is answered", revisions: .handshake, checks: [Check("ping", "`ping` is answered with an empty result")]
    ) { target, run in
        try await target.converse(run) { server in
            var result = try await server.call("ping").result()
            result["_meta"] = nil
            run.check("ping", result.isEmpty, "the result is \(result.serializedString)")
        }
    }

    private static let setLevel = Scenario<ServerSubject>(
        "logging-set-level", "The log level can be set", revisions: .handshake,
        checks: [
            Check("logging-set-level", "`logging/setLevel` is answered with an empty result"),
            Check("logging-set-level-declared", "A server that serves `logging/setLevel` declares the capability"),
            Check("logging-set-level-unknown", "A level that does not exist is refused with -32602"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            let declared = server.initializeResult["capabilities"]?["logging"] != nil
            run.check("logging-set-level-declared", declared, "capabilities.logging is missing")
            for level in ["debug", "emergency", "info"] {
                var result = try await server.call("logging/setLevel", ["level": .string(level)]).result()
                result["_meta"] = nil
                run.check("logging-set-level", result.isEmpty, "the result is \(result.serializedString)")
            }
            let unknown = try await server.call("logging/setLevel", ["level": "loud"])
            run.recommend("logging-set-level-unknown", unknown.errorCode == -32602, "it is answered with \(unknown.seen)")
        }
    }
}
