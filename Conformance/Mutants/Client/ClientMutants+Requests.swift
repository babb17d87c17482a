import MCPCore

extension ClientMutant {
    /// Faults of opening a conversation.
    static let openings = [
        ClientMutant("no-initialized", "Leaves notifications/initialized out.") {
            $0.outgoing = { if case .notification(let notice) = $0, notice.method == "notifications/initialized" { nil } else { $0 } }
        },
        ClientMutant("any-version", "Goes on in a version that it does not know.") {
            $0.response = { request, response in
                guard request.method == "initialize" else { return }
                response.changeResult { result in
                    if result["protocolVersion"]?.string.flatMap(ProtocolRevision.init) == nil { result["protocolVersion"] = "2025-11-25" }
                }
            }
        },
        ClientMutant("newest-version-only", "Takes no revision but the one that it asked for.") {
            $0.response = { request, response in
                guard request.method == "initialize" else { return }
                response.changeResult { result in
                    if result["protocolVersion"] != request.params["protocolVersion"] { result["protocolVersion"] = "none" }
                }
            }
        },
        ClientMutant("keeps-its-version", "Goes on in the revision that it asked for, though the server has answered with another.") {
            $0.response = { request, response in
                guard request.method == "initialize" else { return }
                response.changeResult { result in
                    if result["protocolVersion"]?.string.flatMap(ProtocolRevision.init) != nil { result["protocolVersion"] = request.params["protocolVersion"] }
                }
            }
        },
        ClientMutant("newest-era-only", "Speaks 2026-07-28 alone where it is to find out what the server speaks.") {
            $0.era = { $0 == .auto ? .pinned(.v2026_07_28) : $0 }
        },
        ClientMutant("no-probe", "Opens with initialize, whatever the server may speak.") { $0.era = { $0 == .auto ? .handshake : $0 } },
        ClientMutant("takes-busy-for-old", "Takes a status of 5xx for the sign of an old server.") {
            $0.failure = { _, error in
                if case .httpStatus(503, let body, _) = error { throw TransportError.httpStatus(404, body: body) }
                throw error
            }
        },
    ]

    /// Faults in requests and what travels beside them.
    static let requests = [
        ClientMutant("numbers-as-text", "Sends the arguments of add_numbers as text.") {
            $0.request = { request, _ in
                guard request.params["name"] == "add_numbers", let arguments = request.params["arguments"]?.object else { return }
                request.params["arguments"] = .object(JSONObject(arguments.map { ($0.key, .string($0.value.serializedString)) }))
            }
        },
        ClientMutant("no-client-info", "Does not say who it is.") {
            $0.request = { request, _ in
                guard var meta = request.params["_meta"]?.object else { return }
                meta[MetaKey.clientInfo] = nil
                request.params["_meta"] = .object(meta)
            }
        },
        ClientMutant("method-header-in-capitals", "Writes Mcp-Method in capitals.") {
            $0.request = { request, metadata in
                if metadata.revision.era == .perRequest { metadata.headers.append(("mcp-method", request.method.uppercased())) }
            }
        },
        ClientMutant("no-parameter-headers", "Sends no Mcp-Param-* headers.") { $0.request = { _, metadata in metadata.parameterHeaders = [] } },
        ClientMutant("wrong-version-header", "Names another revision in the header than was agreed on.") {
            $0.request = { request, metadata in
                if request.method != "initialize", metadata.revision.era == .handshake { metadata.headers.append(("mcp-protocol-version", "2025-03-26")) }
            }
        },
        ClientMutant("state-read-and-written", "Reads requestState as JSON and writes it anew.") {
            $0.request = { request, _ in
                guard let state = request.params["requestState"]?.string, let json = try? JSONValue(parsing: state) else { return }
                request.params["requestState"] = .string(json.serializedString)
            }
        },
        ClientMutant("one-answer-a-round", "Answers only the first question of a round.") {
            $0.request = { request, _ in
                guard let answers = request.params["inputResponses"]?.object, let first = answers.first else { return }
                request.params["inputResponses"] = .object([first.key: first.value])
            }
        },
        ClientMutant("keeps-cancelled-calls", "Does not close the stream of a call that was cancelled.") { $0.holdsOnToCancelledCalls = true },
        ClientMutant("cancels-in-silence", "Tells nobody that it has cancelled a call.") {
            $0.outgoing = { if case .notification(let notice) = $0, notice.method == "notifications/cancelled" { nil } else { $0 } }
        },
        ClientMutant("waits-forever", "Waits for an answer as long as it takes, whatever it was told.") { $0.ignoresTimeouts = true },
        ClientMutant("no-standalone-stream", "Opens no stream for what the server sends by itself.") { $0.opensStandaloneStream = false },
        ClientMutant("splits-lines", "Breaks messages over several lines.") {
            $0.serverCommand = { #"sed -u 's/,"method"/,\n"method"/' | "# + $0 }
        },
    ]

    /// Faults in answers to the server.
    static let answers = [
        ClientMutant("empty-forms", "Accepts forms and leaves them empty.") {
            $0.outgoing = { message in
                guard case .response(var response) = message else { return message }
                response.changeResult { if $0["action"] == "accept" { $0["content"] = [:] } }
                return .response(response)
            }
        },
        ClientMutant("no-ping", "Answers ping with an error.") {
            $0.outgoing = { message in
                guard case .response(var response) = message, case .success(let result) = response.result, result.isEmpty else { return message }
                response.result = .failure(JSONRPCError(.methodNotFound, "No."))
                return .response(response)
            }
        },
    ]
}
