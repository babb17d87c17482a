/// The notifications that a client opts in to (`SubscriptionFilter`, 2026-07-28).
public struct SubscriptionFilter: Sendable, Hashable {
    public var toolsListChanged: Bool
    public var promptsListChanged: Bool
    public var resourcesListChanged: Bool
    /// The URIs of resources whose updates are wanted.
    public var resourceSubscriptions: [String]

    public init(
        toolsListChanged: Bool = false, promptsListChanged: Bool = false, resourcesListChanged: Bool = false,
        resourceSubscriptions: [String] = []
    ) {
        self.toolsListChanged = toolsListChanged
        self.promptsListChanged = promptsListChanged
        self.resourcesListChanged = resourcesListChanged
        self.resourceSubscriptions = resourceSubscriptions
    }

    func wants(_ change: ServerChange) -> Bool {
        switch change {
        case .toolsListChanged: toolsListChanged
        case .promptsListChanged: promptsListChanged
        case .resourcesListChanged: resourcesListChanged
        case .resourceUpdated(let uri): resourceSubscriptions.contains(uri)
        // Told to the session that asked, without a subscription.
        case .elicitationCompleted: false
        }
    }
}

extension SubscriptionFilter: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object = JSONObject()
        if toolsListChanged { object["toolsListChanged"] = true }
        if promptsListChanged { object["promptsListChanged"] = true }
        if resourcesListChanged { object["resourcesListChanged"] = true }
        object.set("resourceSubscriptions", resourceSubscriptions.nonEmpty)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            toolsListChanged: try object.decodeIfPresent("toolsListChanged") ?? false,
            promptsListChanged: try object.decodeIfPresent("promptsListChanged") ?? false,
            resourcesListChanged: try object.decodeIfPresent("resourcesListChanged") ?? false,
            resourceSubscriptions: try object.decodeIfPresent("resourceSubscriptions") ?? [])
    }
}
