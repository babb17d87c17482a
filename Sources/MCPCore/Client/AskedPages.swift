/// The pages that a server has asked the user to open, by their ids, until they are complete (2025-11-25, client/elicitation, "Completion
/// Notifications").
///
/// A notification may overtake the question that it belongs to, because the two come through different tasks: what completes an unknown id waits
/// a while for it. Both lists are bounded; the oldest go first.
struct AskedPages: Sendable {
    static let maximum = 1024
    /// Of notifications that came before their question.
    static let maximumEarly = 64

    private var open: [String] = []
    private var early: [JSONRPCNotification] = []

    /// A page was asked for.
    /// - Returns: The notification that it is complete, where that has come already: it is to be handed on now.
    mutating func asked(_ id: String) -> JSONRPCNotification? {
        if let index = early.firstIndex(where: { $0.elicitationID == id }) { return early.remove(at: index) }
        guard !open.contains(id) else { return nil }
        open.append(id)
        if open.count > Self.maximum { open.removeFirst() }
        return nil
    }

    /// A page is complete.
    /// - Returns: Whether it was asked for and was not complete: then the notification is to be handed on.
    mutating func completed(_ notification: JSONRPCNotification) -> Bool {
        guard let id = notification.elicitationID else { return false }
        guard let index = open.firstIndex(of: id) else {
            early.append(notification)
            if early.count > Self.maximumEarly { early.removeFirst() }
            return false
        }
        open.remove(at: index)
        return true
    }
}

extension JSONRPCNotification {
    fileprivate var elicitationID: String? { params["elicitationId"]?.string }
}

extension ClientConnection {
    /// Remembers the page that a question of the server names.
    func note(_ method: String, _ params: JSONObject) async {
        guard method == "elicitation/create", params["mode"] == "url", let id = params["elicitationId"]?.string else { return }
        await noteAsked([id])
    }

    /// Remembers the pages of an error that asks for them (`URLElicitationRequired`).
    func note(_ response: JSONRPCResponse) async {
        guard case .failure(let error) = response.result, error.code == .urlElicitationRequired else { return }
        await noteAsked(error.data?["elicitations"]?.array?.compactMap { $0["elicitationId"]?.string } ?? [])
    }

    private func noteAsked(_ ids: [String]) async {
        for id in ids {
            if let notification = state.withLock({ $0.pages.asked(id) }) { await handOn(notification) }
        }
    }
}
