import MCPCore

/// How a client finds out who issues tokens for a server (basic/authorization, "Authorization Server Discovery").
enum DiscoveryScenarios {
    static let all: [Scenario<ClientSubject>] = [
        metadata(
            "metadata-default", "The challenge says where the metadata stand; the issuer has no path.", path: ProtectedResource.pathMetadata, isAnnounced: true,
            place: .oauth),
        metadata(
            "metadata-var1", "The challenge says nothing of metadata, which stand at the path of the server; the issuer has OpenID metadata.",
            path: ProtectedResource.pathMetadata, isAnnounced: false, place: .openID),
        metadata(
            "metadata-var2", "The metadata stand at the root; the issuer has a path.", path: ProtectedResource.rootMetadata, isAnnounced: false,
            place: .oauth, issuerPath: "/tenant1"),
        metadata(
            "metadata-var3", "The metadata stand where only the challenge says; the issuer has a path, and OpenID metadata behind it.",
            path: "/custom/metadata/location.json", isAnnounced: true, place: .openID, issuerPath: "/tenant1"),
        issuerMismatch, resourceMismatch,
    ]

    private static func metadata(
        _ name: String, _ summary: String, path: String, isAnnounced: Bool, place: AuthorizationServerFeatures.MetadataPlace, issuerPath: String = ""
    ) -> Scenario<ClientSubject> {
        .authorization(
            name, summary,
            checks: [
                Check("prm-priority-order", "The metadata of the server are looked for where the challenge says, else at its path, and then at the root."),
                Check("authorization-server-metadata-order", "The metadata of the issuer are looked for at the places of the specification, in its order."),
            ],
            servers: { places in
                try places.one { features in
                    features.issuerPath = issuerPath
                    features.metadataPlaces = [place]
                }
            },
            resource: { server in
                server.metadataPath = path
                server.announcesMetadata = isAnnounced
                // A resource whose metadata stand at the root is the whole server.
                if path == ProtectedResource.rootMetadata { server.resource = server.run.client.origin }
            },
            conclude: { run in
                let documents = run.documents
                guard !documents.isEmpty else { return }
                let candidates = isAnnounced ? [path] : [ProtectedResource.pathMetadata, ProtectedResource.rootMetadata]
                let expected = Array(candidates[...(candidates.firstIndex(of: path) ?? 0)])
                run.check("prm-priority-order", documents == expected, "asked for must be \(expected), in this order; it was \(documents)")
                var asked: [String] = []
                for path in run.issuer.record.metadataPaths where !asked.contains(path) { asked.append(path) }
                guard !asked.isEmpty else { return }
                let places = AuthorizationServer.metadataPaths(issuerPath: issuerPath)
                let wanted = places[...(places.firstIndex { $0.place == place } ?? 0)].map(\.path)
                run.check("authorization-server-metadata-order", asked == wanted, "asked for must be \(wanted), in this order; it was \(asked)")
            })
    }

    private static let issuerMismatch = Scenario<ClientSubject>.authorization(
        "metadata-issuer-mismatch",
        "The metadata of the authorization server name another issuer than the one that they were asked from; nothing is done with them.",
        revisions: .perRequest, flow: .discovery, toleratesClientError: true,
        checks: [Check("sep-2468-client-validate-metadata-issuer", "Metadata of another issuer are not used (RFC 8414 section 3.3).")],
        servers: { places in try places.one { $0.statedIssuer = "https://evil.example.com" } },
        conclude: { run in
            guard !run.issuer.record.metadataPaths.isEmpty else { return }
            run.check(
                "sep-2468-client-validate-metadata-issuer", run.registrations.isEmpty && run.visits.isEmpty && run.tokenRequests.isEmpty,
                "the metadata name https://evil.example.com as the issuer, and the client went on with them")
        })

    private static let resourceMismatch = Scenario<ClientSubject>.authorization(
        "resource-mismatch", "The protected resource metadata are those of another server; the client asks for no authorization.",
        revisions: .perRequest, flow: [], toleratesClientError: true,
        checks: [
            Check("prm-pathbased-requested", "The client asks for the protected resource metadata, at a place where they may stand."),
            Check("resource-mismatch-rejected", "Metadata of another resource are not used (RFC 9728 section 3.3)."),
        ],
        resource: { $0.resource = "https://evil.example.com/mcp" },
        conclude: { run in
            guard !run.client.messages.isEmpty else { return }
            run.check("prm-pathbased-requested", !run.documents.isEmpty, "401 must make the client ask for the protected resource metadata")
            guard !run.documents.isEmpty else { return }
            run.check(
                "resource-mismatch-rejected", run.visits.isEmpty && run.tokenRequests.isEmpty,
                "the metadata are of https://evil.example.com/mcp, and the client asked for authorization all the same")
        })
}
