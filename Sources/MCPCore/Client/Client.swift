/// A connection to one server, in whichever era it speaks. It may be used from several tasks at once.
///
///     try await withClient(.stdio("weather-server")) { client in
///         let forecast: Forecast = try await client.call("forecast", ["city": "Lisbon"])
///     }
public final class Client: Sendable {
    /// What client and server have agreed on: in the session that there is now, where the client has opened one anew.
    public var agreement: ServerAgreement { connection.state.withLock { $0.agreement } ?? negotiated }
    private let negotiated: ServerAgreement
    let connection: ClientConnection
    var catalogue: ToolCatalogue { connection.catalogue }

    private init(_ connection: ClientConnection, _ agreement: ServerAgreement) {
        self.connection = connection
        negotiated = agreement
    }

    /// Connects to a server. Whoever connects closes; `withClient` does both.
    /// - Throws: `ClientError`, `TransportError`, or the server's `JSONRPCError`; the transport is then closed.
    public static func connect(
        _ transport: some ClientTransport, configuration: ClientConfiguration = ClientConfiguration()
    ) async throws -> Client {
        let connection = ClientConnection(transport: transport, configuration: configuration)
        do { return Client(connection, try await connection.negotiate()) } catch {
            await connection.close()
            throw error
        }
    }

    /// The same as long as the client lives.
    public var revision: ProtocolRevision { negotiated.revision }
    /// What the server says of itself: for display and logs, never for decisions.
    public var serverInfo: Implementation? { agreement.serverInfo }
    public var serverCapabilities: ServerCapabilities { agreement.capabilities }
    /// How to use the server, for the model.
    public var instructions: String? { agreement.instructions }

    /// Ends the connection and what is under way on it, and waits until the server's process, where there is one, has ended.
    public func close() async { await connection.close() }

    /// Waits until the server has gone by itself and is not started again, and says why; `nil` once the client is closed or the task cancelled, and at once on transports
    /// that hold no connection: all over HTTP, where a stream that has ended is opened again.
    public func waitUntilEnd() async -> TransportError? { await connection.waitUntilEnd() }

    /// Asks whether the server is there: `ping`, or in the per-request era, which has none, `server/discover`. No cache answers in its place.
    public func ping(timeout: Duration? = nil) async throws {
        _ = try await request(revision.era == .handshake ? "ping" : "server/discover", options: RequestOptions(timeout: timeout, isCacheBypassed: true))
    }

    /// Sends any request and gives its result. What the server asks meanwhile is answered.
    /// - Throws: `JSONRPCError` of the server; `ClientError`; `TransportError`; `CancellationError`, after which the server has been told.
    public func request(_ method: String, _ params: JSONObject = [:], options: RequestOptions = RequestOptions()) async throws -> JSONObject {
        do { return try await send(method, params, options: options) } catch TransportError.httpStatus(_, _, let error?) { throw error }
    }

    /// As `request`, but the error of a refused HTTP request comes with its status.
    nonisolated(nonsending) func send(
        _ method: String, _ params: JSONObject, options: RequestOptions, parameterHeaders: [(name: String, value: String)] = []
    ) async throws -> JSONObject {
        if connection.configuration.checksServerCapabilities { try check(method) }
        let outgoing = ClientConnection.Outgoing(
            method: method, params: params, revision: revision, options: options,
            timeout: options.timeout ?? connection.configuration.requestTimeout, parameterHeaders: parameterHeaders)
        return try await connection.complete(outgoing)
    }

    /// - Throws: `ClientError.undeclaredFeature`.
    private func check(_ method: String) throws {
        // What was declared first is looked at first: only where it lacks something has a new session perhaps declared more.
        guard negotiated.capabilities.missing(for: method, in: revision) != nil, let missing = agreement.capabilities.missing(for: method, in: revision) else {
            return
        }
        throw ClientError.undeclaredFeature(method: method, capability: missing)
    }
}

/// Connects to a server, and closes the connection when `body` ends, throws or is cancelled.
public func withClient<Value>(
    _ transport: some ClientTransport, configuration: ClientConfiguration = ClientConfiguration(),
    isolation: isolated (any Actor)? = #isolation, _ body: (Client) async throws -> Value
) async throws -> Value {
    let client = try await Client.connect(transport, configuration: configuration)
    do {
        let value = try await body(client)
        await client.close()
        return value
    } catch {
        await client.close()
        throw error
    }
}
