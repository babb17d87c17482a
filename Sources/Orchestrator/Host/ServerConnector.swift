import Logging
import MCPAuthorization
import MCPTransport

/// Keeps one server connected: launches or reaches it, lists its tools, notices when it is gone, and tries again.
struct ServerConnector: Sendable {
    let entry: ServerEntry
    /// Signs in to a server over HTTP; `nil` for programs, and where the operator has given an `Authorization` header.
    let authorizer: ServerAuthorizer?
    private let info: Implementation
    private let eras: EraCache
    private let logger: Logger

    private static let shortestPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(60)
    /// A server that was up for this long starts again with the shortest pause.
    private static let steadyAfter = Duration.seconds(60)
    private static let pingInterval = Duration.seconds(30)

    init(_ entry: ServerEntry, info: Implementation, eras: EraCache, credentials: any CredentialStore, logger: Logger) {
        self.entry = entry
        authorizer =
            if case .http(let url, let headers) = entry.place, !headers.keys.contains(where: { $0.lowercased() == "authorization" }) {
                // An address that it cannot use is not one that can be connected either, which says why.
                try? ServerAuthorizer(server: entry.name, url: url, client: entry.oauth, store: credentials, redact: entry.redacted)
            } else {
                nil
            }
        self.info = info
        self.eras = eras
        var logger = logger
        logger[metadataKey: "server"] = .string(entry.name)
        self.logger = logger
    }

    /// Runs until the task is cancelled.
    func run(reporting host: MCPHost) async {
        guard let signIn = authorizer?.signIn else { return await keepConnected(host) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await view in signIn.views { await host.signInChanged(entry.name, view) } }
            await keepConnected(host)
            group.cancelAll()
        }
    }

    private func keepConnected(_ host: MCPHost) async {
        var pause = Self.shortestPause
        while !Task.isCancelled {
            let started = ContinuousClock.now
            let failure = await connectOnce(host)
            if Task.isCancelled { break }
            if await isAboutSignIn() {
                // Somebody has asked for it, so that it does not happen again and again by itself.
                await host.disconnected(entry.name, failure: nil)
                continue
            }
            if ContinuousClock.now - started > Self.steadyAfter { pause = Self.shortestPause }
            logger.warning("\(failure.what) \(failure.why) Trying again in \(pause)")
            await host.disconnected(entry.name, failure: failure)
            do { try await Task.sleep(for: pause) } catch { break }
            pause = min(pause * 2, Self.longestPause)
        }
        await host.disconnected(entry.name, failure: nil)
    }

    /// Whether a connection ended because a person signs out, or has begun a sign-in that did not succeed.
    private func isAboutSignIn() async -> Bool {
        guard let authorizer else { return false }
        if await authorizer.signIn.takeSignOutWish() {
            do { try await authorizer.signOut() } catch { logger.warning("The tokens are not forgotten: \(error)") }
            return true
        }
        guard let failure = await authorizer.signIn.takeFailure() else { return false }
        logger.notice("\(failure.what) \(failure.why)")
        return true
    }

    /// Connects, and stays until the server is gone. Says why it ended.
    private func connectOnce(_ host: MCPHost) async -> ChatFailure {
        let configuration = ClientConfiguration(
            info: info,
            // Every question belongs to a call, which has a handler of its own; this one declares that the host can ask.
            input: ClientInputHandlers(
                elicit: { [logger] _ in
                    logger.warning("The server asked something outside of a call: nobody is there to answer, it was cancelled")
                    return .cancel
                }, elicitsURLs: true), eraCache: eras,
            diagnostics: { [logger, entry] in logger.debug("\(entry.redacted("\($0)"))") })
        do {
            switch entry.place {
            case .process(let command, let arguments, let environment, let directory):
                let transport = StdioClientTransport(
                    command: command, arguments: arguments, environment: environment, workingDirectory: directory,
                    onStandardError: { [logger, entry] line in logger.debug("stderr: \(entry.redacted(line))") })
                return try await withClient(transport, configuration: configuration) { try await stay($0, host) }
            case .http(let url, let headers):
                let transport = HTTPClientTransport(
                    url: url, headers: headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, authorizer: authorizer)
                return try await withClient(transport, configuration: configuration) { try await stay($0, host) }
            }
        } catch {
            return failure("\(error)")
        }
    }

    /// Reports the tools, and again at each change, until the server is gone.
    private func stay(_ client: Client, _ host: MCPHost) async throws -> ChatFailure {
        let tools = try await list(client)
        await authorizer?.signIn.succeeded()
        await report(tools, of: client, to: host)
        logger.info("Connected, revision \(client.revision.rawValue)")
        return try await withThrowingTaskGroup(of: ChatFailure?.self) { group in
            group.addTask { try await watchTools(client, host) }
            group.addTask { try await watchLife(client) }
            if let signIn = authorizer?.signIn {
                group.addTask {
                    for await _ in await signIn.signOutWishes() { return failure("You have signed out.") }
                    return nil
                }
            }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                if let end { return end }
            }
            return failure("It has ended.")
        }
    }

    /// With the sign-in that they were listed after: its views come by themselves, and later.
    private func report(_ tools: [HostedTool], of client: Client, to host: MCPHost) async {
        await host.connected(entry.name, client: client, tools: tools, signIn: await authorizer?.signIn.view)
    }

    /// Lists the tools again when the server says that they have changed. Ends where the server says nothing of changes.
    private func watchTools(_ client: Client, _ host: MCPHost) async throws -> ChatFailure? {
        guard client.serverCapabilities.tools?.listChanged == true else { return nil }
        do {
            let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true))
            // What has changed since they were listed was told to nobody.
            await report(try await list(client), of: client, to: host)
            for try await _ in changes {
                await report(try await list(client), of: client, to: host)
            }
        } catch is CancellationError {
            return nil
        } catch {
            // Without notifications the tools are as old as the connection; the other watcher sees whether the server lives.
            logger.debug("No notifications of changes: \(entry.redacted("\(error)"))")
        }
        return nil
    }

    private func watchLife(_ client: Client) async throws -> ChatFailure? {
        switch entry.place {
        case .process:
            guard let end = await client.waitUntilEnd() else { return nil }
            return failure("\(end)")
        case .http:
            while true {
                try await Task.sleep(for: Self.pingInterval)
                do { try await client.ping(timeout: .seconds(10)) } catch let error as CancellationError {
                    throw error
                } catch {
                    return failure("\(error)")
                }
            }
        }
    }

    private func list(_ client: Client) async throws -> [HostedTool] {
        try await client.listTools().map { tool in
            let annotations = tool.annotations
            return HostedTool(
                id: .init(server: entry.name, tool: tool.name), title: tool.title ?? annotations?.title, description: tool.description ?? "",
                inputSchema: tool.inputSchema,
                hints: .init(
                    isReadOnly: annotations?.readOnlyHint ?? false, isDestructive: annotations?.destructiveHint ?? true,
                    isIdempotent: annotations?.idempotentHint ?? false),
                isServerTrusted: entry.isTrusted)
        }
    }

    private func failure(_ reason: String) -> ChatFailure {
        let next =
            switch entry.place {
            case .process(let command, _, _, _): "Check that \(command) can be started; it is tried again by itself."
            case .http(let url, _): "Check that \(url) can be reached; it is tried again by itself."
            }
        // Programs and endpoints that fail like to quote what they were given.
        return ChatFailure(
            what: "The server “\(entry.name)” is not connected.", why: entry.redacted(reason), whatNow: entry.redacted(next), isRetryable: true)
    }
}
