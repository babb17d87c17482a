import MCPCore

extension Scenario<ClientSubject> {
    static let ends = Check("client-ends", "The client ends by itself, with exit code 0 unless what it meets is an error by right")

    /// A scenario for a client, which is launched and finds a scripted server.
    /// - Parameters:
    ///   - toleratesClientError: Whether the client may end with another exit code than 0.
    ///   - inapplicable: Looks at the run after the client has ended, and says what optional thing it does without; `nil` where nothing is missing.
    ///   - context: What the client is given in `MCP_CONFORMANCE_CONTEXT`; `nil` for nothing.
    ///   - script: Makes the server of a run.
    ///   - conclude: Looks at the run after the client has ended.
    static func client(
        _ name: String, _ summary: String, revisions: Set<ProtocolRevision> = .since(.v2025_03_26), bindings: Set<Binding> = [.http],
        scoring: Scoring = .additional, toleratesClientError: Bool = false, inapplicable: @escaping @Sendable (ClientRun) -> String? = { _ in nil },
        context: JSONObject? = nil, checks: [Check],
        script: @escaping @Sendable (ClientRun) -> any ServerScript, conclude: @escaping @Sendable (ClientRun) -> Void
    ) -> Scenario {
        Scenario(name, summary, revisions: revisions, bindings: bindings, scoring: scoring, checks: checks + [ends]) { subject, scenarioRun in
            let run = try await conduct(
                name, subject, scenarioRun, toleratesClientError: toleratesClientError, inapplicable: inapplicable, context: { _ in context },
                script: script)
            conclude(run)
        }
    }

    /// Launches the client against a scripted server, and waits for its end.
    /// - Parameter context: What the client is given, once it is known where the server is.
    /// - Returns: What was seen.
    static func conduct(
        _ name: String, _ subject: ClientSubject, _ scenarioRun: ScenarioRun, toleratesClientError: Bool,
        inapplicable: @Sendable (ClientRun) -> String? = { _ in nil }, context: @escaping @Sendable (ClientRun) throws -> JSONObject?,
        script: @escaping @Sendable (ClientRun) -> any ServerScript
    ) async throws -> ClientRun {
        let (run, outcome) = try await ScriptedListener.with(subject.binding) { listener in
            let run = ClientRun(scenarioRun, origin: listener.origin)
            listener.serve(script(run), run)
            let outcome = try await launch(subject, name, try context(run), run, listener).run()
            run.mark("client ended")
            // What the client sent last may still be on its way.
            try await Task.sleep(for: .milliseconds(50))
            return (run, outcome)
        }
        // A client that does without something optional may end with an error where it meets it, but it ends.
        if outcome.hasExited, run.broken == nil, let reason = inapplicable(run) { throw scenarioRun.notApplicable(reason) }
        scenarioRun.check(
            ends.id, outcome.end == .exited(0) || (toleratesClientError && outcome.hasExited),
            "the client ended with \(outcome.end); its last words: \(outcome.tail)")
        if let broken = run.broken { throw BrokenScenario(description: broken) }
        return run
    }

    private static func launch(
        _ subject: ClientSubject, _ name: String, _ context: JSONObject?, _ run: ClientRun, _ listener: ScriptedListener
    ) -> LaunchedClient {
        var environment = ["MCP_CONFORMANCE_SCENARIO": name, "MCP_CONFORMANCE_PROTOCOL_VERSION": run.revision.rawValue]
        if var context {
            context["name"] = .string(name)
            environment["MCP_CONFORMANCE_CONTEXT"] = JSONValue.object(context).serializedString
        }
        let argument = subject.binding == .http ? "\(listener.origin)/mcp" : "\(subject.relay) \(listener.port)"
        return LaunchedClient(command: subject.command, argument: argument, environment: environment)
    }
}

/// A scenario has a fault of its own.
struct BrokenScenario: Error, CustomStringConvertible {
    var description: String
}
