import MCPCore

/// Resources: lists, reading, subscriptions of a session.
enum ResourceScenarios {
    static let all = [list, templates, readText, readBinary, readTemplate, notFound, notFoundInSession, subscribe, unsubscribe]

    private static let list = Scenario<ServerSubject>(
        "resources-list", "The list of resources", revisions: .all,
        checks: [Check("resources-list", "Every resource has a URI and a name, and no URI occurs twice")]
    ) { target, run in
        try await target.converse(run) { server in
            let resources = try await server.list("resources/list", "resources")
            run.check("resources-list", !resources.isEmpty, "the list is empty")
            for resource in resources {
                let isComplete = resource["uri"]?.string?.contains(":") == true && resource["name"]?.string?.isEmpty == false
                run.check("resources-list", isComplete, "\(JSONValue.object(resource).excerpt) lacks one")
            }
            let uris = resources.compactMap { $0["uri"]?.string }
            run.check("resources-list", Set(uris).count == uris.count, "a URI occurs twice in \(uris)")
        }
    }

    private static let templates = Scenario<ServerSubject>(
        "resources-templates-list", "The list of resource templates", revisions: .all, scoring: .additional,
        checks: [Check("resources-templates-list", "test://template/{id}/data is listed, with a name")]
    ) { target, run in
        try await target.converse(run) { server in
            let templates = try await server.list("resources/templates/list", "resourceTemplates")
            let template = templates.first { $0["uriTemplate"] == "test://template/{id}/data" }
            run.check("resources-templates-list", template?["name"]?.string?.isEmpty == false, "the list is \(templates.json.excerpt)")
        }
    }

    private static let readText = Scenario<ServerSubject>(
        "resources-read-text", "A resource that is a text", revisions: .all,
        checks: [Check("resources-read-text", "test://static-text has contents with its URI, a type and a text")]
    ) { target, run in
        try await target.converse(run) { server in
            let result = try await server.call("resources/read", ["uri": "test://static-text"]).result()
            let contents = result.objects("contents").first ?? [:]
            let holds =
                contents["uri"] == "test://static-text" && contents["mimeType"]?.string?.isEmpty == false
                && contents["text"]?.string?.isEmpty == false
            run.check("resources-read-text", holds, "the result is \(JSONValue.object(result).excerpt)")
        }
    }

    private static let readBinary = Scenario<ServerSubject>(
        "resources-read-binary", "A resource that is binary", revisions: .all,
        checks: [Check("resources-read-binary", "test://static-binary has contents with its URI, a type and a blob in Base64")]
    ) { target, run in
        try await target.converse(run) { server in
            let result = try await server.call("resources/read", ["uri": "test://static-binary"]).result()
            let contents = result.objects("contents").first ?? [:]
            let holds =
                contents["uri"] == "test://static-binary" && contents["mimeType"]?.string?.isEmpty == false
                && contents["blob"]?.isBase64 == true
            run.check("resources-read-binary", holds, "the result is \(JSONValue.object(result).excerpt)")
        }
    }

    private static let readTemplate = Scenario<ServerSubject>(
        "resources-templates-read", "A resource of a template", revisions: .all,
        checks: [Check("resources-templates-read", "test://template/123/data has a text with the value of the variable")]
    ) { target, run in
        try await target.converse(run) { server in
            for id in ["123", "conformance"] {
                let uri = "test://template/\(id)/data"
                let result = try await server.call("resources/read", ["uri": .string(uri)]).result()
                let contents = result.objects("contents").first ?? [:]
                let holds = contents["uri"]?.string == uri && contents["text"]?.string?.contains(id) == true
                run.check("resources-templates-read", holds, "\(uri) is \(JSONValue.object(result).excerpt)")
            }
        }
    }

    /// Where nothing can be read, a resource that is missing shows nothing.
    private static func requireResources(_ server: Conversation) async throws {
        _ = try await server.call("resources/read", ["uri": "test://static-text"]).result()
    }

    private static let missing: JSONObject = ["uri": "test://nonexistent-resource-for-conformance-testing"]

    private static let notFound = Scenario<ServerSubject>(
        "sep-2164-resource-not-found", "A resource that does not exist", revisions: .perRequest,
        checks: [
            Check("sep-2164-no-empty-contents", "It is not answered with contents"),
            Check("sep-2164-error-code", "It is answered with the error -32602"),
            Check("sep-2164-data-uri", "The data of the error names the URI"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            try await requireResources(server)
            let reply = try await server.call("resources/read", missing)
            run.check("sep-2164-no-empty-contents", reply.error != nil, "it is answered with \(reply.seen)")
            run.recommend("sep-2164-error-code", reply.errorCode == -32602, "it is answered with \(reply.seen)")
            run.recommend("sep-2164-data-uri", reply.error?["data"]?["uri"] == missing["uri"], "it is answered with \(reply.seen)")
        }
    }

    private static let notFoundInSession = Scenario<ServerSubject>(
        "resources-not-found", "A resource that does not exist", revisions: .handshake, scoring: .additional,
        checks: [Check("resources-not-found", "It is answered with the error -32002")]
    ) { target, run in
        try await target.converse(run) { server in
            try await requireResources(server)
            let reply = try await server.call("resources/read", missing)
            run.check("resources-not-found", reply.error != nil, "it is answered with \(reply.seen)")
            run.recommend("resources-not-found", reply.errorCode == -32002, "it is answered with \(reply.seen)")
        }
    }

    private static let watched: JSONObject = ["uri": "test://watched-resource"]

    private static let subscribe = Scenario<ServerSubject>(
        "resources-subscribe", "Subscribing to a resource", revisions: .handshake,
        checks: [
            Check("resources-subscribe", "`resources/subscribe` is answered with an empty result"),
            Check("resources-subscribe-declared", "A server that serves subscriptions declares them"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            run.check(
                "resources-subscribe-declared", server.initializeResult["capabilities"]?["resources"]?["subscribe"] == true,
                "capabilities.resources.subscribe is not true")
            var result = try await server.call("resources/subscribe", watched).result()
            result["_meta"] = nil
            run.check("resources-subscribe", result.isEmpty, "the result is \(result.serializedString)")
        }
    }

    private static let unsubscribe = Scenario<ServerSubject>(
        "resources-unsubscribe", "Ending a subscription to a resource", revisions: .handshake,
        checks: [Check("resources-unsubscribe", "`resources/unsubscribe` is answered with an empty result")]
    ) { target, run in
        try await target.converse(run) { server in
            _ = try await server.call("resources/subscribe", watched).result()
            var result = try await server.call("resources/unsubscribe", watched).result()
            result["_meta"] = nil
            run.check("resources-unsubscribe", result.isEmpty, "the result is \(result.serializedString)")
        }
    }
}
