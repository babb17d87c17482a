extension Client {
    /// Tells the server that the roots have changed (`notifications/roots/list_changed`, handshake era); it asks for them when it needs them. It does nothing
    /// in the per-request era, where a server asks each time. Deprecated by the specification since 2026-07-28.
    /// - Throws: `TransportError`; `ClientError.sessionLost` where the server has ended the session and opens no other.
    public func rootsListChanged() async throws {
        guard revision.era == .handshake, connection.configuration.input.roots != nil else { return }
        try await connection.tell(JSONRPCNotification(method: "notifications/roots/list_changed"), revision)
    }
}
