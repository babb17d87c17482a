/// Something of a server has changed: what list-changed and updated notifications tell (2026-07-28, basic/patterns/subscriptions).
public enum ServerChange: Sendable, Hashable {
    case toolsListChanged
    case promptsListChanged
    case resourcesListChanged
    case resourceUpdated(uri: String)
    /// What the user was asked to do on a page is done (2025-11-25, client/elicitation).
    case elicitationCompleted(id: String)

    /// The changes of lists.
    static let lists: [ServerChange] = [.toolsListChanged, .promptsListChanged, .resourcesListChanged]

    /// The notification that tells of it.
    var notification: JSONRPCNotification {
        switch self {
        case .toolsListChanged: JSONRPCNotification(method: "notifications/tools/list_changed")
        case .promptsListChanged: JSONRPCNotification(method: "notifications/prompts/list_changed")
        case .resourcesListChanged: JSONRPCNotification(method: "notifications/resources/list_changed")
        case .resourceUpdated(let uri): JSONRPCNotification(method: "notifications/resources/updated", params: ["uri": .string(uri)])
        case .elicitationCompleted(let id):
            JSONRPCNotification(method: "notifications/elicitation/complete", params: ["elicitationId": .string(id)])
        }
    }

    /// What a notification tells; `nil` where it tells of no change.
    init?(_ notification: JSONRPCNotification) {
        switch notification.method {
        case "notifications/tools/list_changed": self = .toolsListChanged
        case "notifications/prompts/list_changed": self = .promptsListChanged
        case "notifications/resources/list_changed": self = .resourcesListChanged
        case "notifications/resources/updated":
            guard let uri = notification.params["uri"]?.string else { return nil }
            self = .resourceUpdated(uri: uri)
        default: return nil
        }
    }
}
