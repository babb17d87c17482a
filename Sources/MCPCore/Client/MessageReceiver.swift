/// Takes what comes for a request before its response.
struct MessageReceiver: Sendable {
    private let connection: ClientConnection
    private let method: String
    private let token: JSONValue?
    private let receive: (@Sendable (JSONRPCNotification) async -> Void)?
    private let progress: (@Sendable (ProgressUpdate) async -> Void)?
    private let headers: [(name: String, value: String)]
    private let deadline: RequestDeadline?
    private let call: CallUnderWay?

    /// - Parameter request: As it was sent.
    init(
        connection: ClientConnection, _ request: JSONRPCRequest, _ outgoing: ClientConnection.Outgoing, _ metadata: ExchangeMetadata,
        _ deadline: RequestDeadline?, _ call: CallUnderWay?
    ) {
        self.connection = connection
        method = request.method
        token = request.params["_meta"]?[MetaKey.progressToken]
        receive = outgoing.receive
        progress = outgoing.options.progress
        headers = metadata.headers
        self.deadline = deadline
        self.call = call
    }

    func take(_ message: JSONRPCMessage) async {
        switch message {
        case .notification(let notification) where notification.method == "notifications/progress":
            guard let token, notification.params["progressToken"] == token else {
                return connection.configuration.diagnostics(.ignored("progress with a token that \(method) does not have"))
            }
            deadline?.renew()
            await report(notification)
        case .notification(let notification):
            if let receive { await receive(notification) } else { await connection.receive(message, of: call) }
        default: await connection.receive(message, of: call, headers: headers)
        }
    }

    private func report(_ notification: JSONRPCNotification) async {
        guard let progress else { return }
        do { await progress(try ProgressUpdate(json: .object(notification.params))) } catch {
            connection.configuration.diagnostics(.ignored("progress that cannot be read: \(error)"))
        }
    }
}
