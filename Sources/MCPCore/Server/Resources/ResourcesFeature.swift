/// `resources/list`, `resources/templates/list`, `resources/read`, and in the handshake era `resources/subscribe` and `resources/unsubscribe`.
struct ResourcesFeature: MethodHandler {
    let resources: ResourceRegistry
    let configuration: ServerConfiguration

    let methods = ["resources/list", "resources/templates/list", "resources/read", "resources/subscribe", "resources/unsubscribe"]

    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult {
        guard resources.isOffered else { throw RequestFailure.unknownMethod(request.method) }
        return switch request.method {
        case "resources/list": try list(request, exchange)
        case "resources/templates/list": try listTemplates(request, exchange)
        case "resources/read": try await read(request, exchange)
        case "resources/subscribe": try subscribe(request, exchange)
        default: try unsubscribe(request, exchange)
        }
    }

    private func list(_ request: JSONRPCRequest, _ exchange: ServerExchange) throws -> MethodResult {
        let page = resources.page(after: try PageCursor(in: request.params)?.position, count: configuration.pageSize)
        let entries = page.entries.map { $0.definition.downgraded(to: exchange.peer.revision).json }
        return listed("resources", entries, page.next)
    }

    private func listTemplates(_ request: JSONRPCRequest, _ exchange: ServerExchange) throws -> MethodResult {
        let page = resources.templatePage(after: try PageCursor(in: request.params)?.position, count: configuration.pageSize)
        let entries = page.entries.map { $0.resource.definition.downgraded(to: exchange.peer.revision).json }
        return listed("resourceTemplates", entries, page.next)
    }

    private func listed(_ name: String, _ entries: [JSONValue], _ next: Int?) -> MethodResult {
        var result: JSONObject = [name: .array(entries)]
        result.set("nextCursor", next.map { PageCursor(position: $0).text })
        return .complete(result, cache: configuration.listCache)
    }

    nonisolated(nonsending) private func read(_ request: JSONRPCRequest, _ exchange: ServerExchange) async throws -> MethodResult {
        let uri: String = try request.params.decode("uri")
        guard let reader = resources.reader(of: uri) else { throw RequestFailure.unknownResource(uri) }
        let outcome = try await AskingCall(exchange: exchange).run { context in
            do { return try await reader(context) } catch is ResourceNotFoundError {
                throw RequestFailure.unknownResource(uri)
            } catch let error as JSONDecodingError {
                throw HandlerFailure(cause: error)
            }
        }
        switch outcome {
        case .inputRequired(let required): return .inputRequired(required)
        case .complete(let result): return .complete(exchange.withMetaKeysChecked(result).members, cache: result.cache ?? configuration.readCache)
        }
    }

    private func subscribe(_ request: JSONRPCRequest, _ exchange: ServerExchange) throws -> MethodResult {
        let uri: String = try request.params.decode("uri")
        guard resources.reader(of: uri) != nil else { throw RequestFailure.unknownResource(uri) }
        guard let connection = exchange.peer.connection else { throw RequestFailure.cannotAsk }
        guard connection.watch(uri, limit: configuration.maximumResourceSubscriptions) else {
            throw RequestFailure.invalidParams(
                "This session has subscribed to \(configuration.maximumResourceSubscriptions) resources, which is the most; unsubscribe from some", data: nil)
        }
        return .complete([:])
    }

    private func unsubscribe(_ request: JSONRPCRequest, _ exchange: ServerExchange) throws -> MethodResult {
        exchange.peer.connection?.unwatch(try request.params.decode("uri"))
        return .complete([:])
    }
}

extension Resource {
    /// The members that a revision knows.
    func downgraded(to revision: ProtocolRevision) -> Resource {
        var resource = self
        if revision < .v2025_06_18 { resource.title = nil }
        if revision < .v2025_11_25 { resource.icons = [] }
        return resource
    }
}

extension ResourceTemplate {
    /// The members that a revision knows.
    func downgraded(to revision: ProtocolRevision) -> ResourceTemplate {
        var template = self
        if revision < .v2025_06_18 { template.title = nil }
        if revision < .v2025_11_25 { template.icons = [] }
        return template
    }
}
