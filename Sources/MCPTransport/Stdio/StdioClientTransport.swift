import MCPCore

/// Reaches a server by launching its process and talking over its standard input and output (2026-07-28, basic/transports/stdio).
///
/// The process gets a group of its own and a minimal environment. Its standard error is kept. It is ended by closing its input; one that
/// stays gets SIGTERM and then SIGKILL.
public struct StdioClientTransport: ClientTransport {
    private let connector: ProcessConnector
    private let stream: StreamClientTransport
    public let serverIdentity: String?

    /// - Parameters:
    ///   - command: A path, or a name that is looked for on this process's `PATH`.
    ///   - environment: Variables in addition to those of `inheriting`.
    ///   - workingDirectory: `nil` for this process's own.
    ///   - maximumMessageBytes: The longest message that is taken; a longer one is dropped and reported.
    ///   - gracePeriod: How long the process may take to end after its input was closed, and again after SIGTERM.
    ///   - maximumUnwrittenBytes: Whoever writes to the process waits while more bytes than this are unwritten.
    ///   - onStandardError: Takes each line that the process writes to its standard error.
    public init(
        command: String, arguments: [String] = [], environment: [String: String] = [:], inheriting: ChildEnvironment = .minimal,
        workingDirectory: String? = nil, maximumMessageBytes: Int = 16 << 20, gracePeriod: Duration = .seconds(2),
        maximumUnwrittenBytes: Int = 1 << 20, onStandardError: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.init(
            command: command, arguments: arguments, environment: environment, inheriting: inheriting, workingDirectory: workingDirectory,
            maximumMessageBytes: maximumMessageBytes, gracePeriod: gracePeriod, maximumUnwrittenBytes: maximumUnwrittenBytes,
            onStandardError: onStandardError, patience: ProcessConnector.Patience())
    }

    /// - Parameter patience: How long is waited around the end of the process.
    init(
        command: String, arguments: [String] = [], environment: [String: String] = [:], inheriting: ChildEnvironment = .minimal,
        workingDirectory: String? = nil, maximumMessageBytes: Int = 16 << 20, gracePeriod: Duration = .seconds(2),
        maximumUnwrittenBytes: Int = 1 << 20, onStandardError: @escaping @Sendable (String) -> Void = { _ in }, patience: ProcessConnector.Patience
    ) {
        let launch = ChildProcess.Launch(
            command: command, arguments: arguments, environment: inheriting.variables(adding: environment), workingDirectory: workingDirectory)
        connector = ProcessConnector(
            launch: launch, maximumMessageBytes: maximumMessageBytes, maximumUnwrittenBytes: maximumUnwrittenBytes, gracePeriod: gracePeriod,
            patience: patience, onStandardError: onStandardError)
        stream = StreamClientTransport(connector)
        serverIdentity = Self.identity(launch, environment, inheriting)
    }

    /// One program is as many servers as there are arguments, environments and directories to start it with: accounts, databases. Nothing of them shows.
    private static func identity(_ launch: ChildProcess.Launch, _ environment: [String: String], _ inheriting: ChildEnvironment) -> String {
        let variables = environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let parts = [launch.command, "\(launch.arguments.count)"] + launch.arguments + [launch.workingDirectory.map { "in \($0)" } ?? "here", "\(inheriting)"]
        return "stdio:" + ServerIdentity.digest(of: parts + variables)
    }

    /// The end of what the process wrote to its standard error, at most 64 KiB.
    public var standardError: String { connector.errorTail.text }

    /// The id of the process that was launched last; `nil` before.
    public var processID: Int32? { connector.currentProcessID }

    public var binding: TransportBinding { stream.binding }
    public var authorizationContext: String? { stream.authorizationContext }

    public func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws { try await stream.start(receive: receive, report: report) }

    public func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse { try await stream.exchange(request, metadata: metadata, receive: receive) }

    public func begin(_ request: JSONRPCRequest) throws -> StartedExchange? { try stream.begin(request) }
    public func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws { try await stream.send(message, metadata: metadata) }
    public var isConnected: Bool { stream.isConnected }
    public func waitUntilEnd() async -> TransportError? { await stream.waitUntilEnd() }
    public func abandon(_ error: TransportError) async { await stream.abandon(error) }
    public func close() async { await stream.close() }
}

extension ClientTransport where Self == StdioClientTransport {
    /// A server that is launched as a process.
    public static func stdio(
        _ command: String, _ arguments: [String] = [], environment: [String: String] = [:], workingDirectory: String? = nil
    ) -> StdioClientTransport {
        StdioClientTransport(command: command, arguments: arguments, environment: environment, workingDirectory: workingDirectory)
    }
}
