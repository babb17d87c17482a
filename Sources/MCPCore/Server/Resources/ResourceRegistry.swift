import Synchronization

/// The resources of a server, in the order in which they were added. They may be added and removed while the server runs.
public final class ResourceRegistry: Sendable {
    struct Template: Sendable {
        let resource: ServerResourceTemplate
        let template: URITemplate
    }

    private struct State {
        var resources = OrderedEntries<ServerResource>()
        var templates = OrderedEntries<Template>()
        var faults: [String] = []
    }

    private let state: Mutex<State>
    private let subscriptions: SubscriptionHub

    init(_ resources: [ServerResource], _ templates: [ServerResourceTemplate], subscriptions: SubscriptionHub) {
        self.subscriptions = subscriptions
        var state = State()
        for resource in resources {
            do { try Self.add(resource, to: &state) } catch { state.faults.append("\(error)") }
        }
        for template in templates {
            do { try Self.add(template, to: &state) } catch { state.faults.append("\(error)") }
        }
        self.state = Mutex(state)
    }

    /// Adds a resource and tells subscribed clients.
    /// - Throws: `ResourceDefinitionError` where the URI is taken or is none (RFC 3986), or a key of its `_meta` is none.
    public func add(_ resource: ServerResource) throws {
        try state.withLock { try Self.add(resource, to: &$0) }
        subscriptions.publish(.resourcesListChanged)
    }

    /// Adds a template and tells subscribed clients.
    /// - Throws: `ResourceDefinitionError` where the template is taken or is none, or a key of its `_meta` is none.
    public func add(_ template: ServerResourceTemplate) throws {
        try state.withLock { try Self.add(template, to: &$0) }
        subscriptions.publish(.resourcesListChanged)
    }

    /// Removes a resource and tells subscribed clients.
    /// - Returns: Whether there was such a resource.
    @discardableResult public func remove(uri: String) -> Bool {
        let removed = state.withLock { $0.resources.remove(uri) }
        if removed { subscriptions.publish(.resourcesListChanged) }
        return removed
    }

    /// Removes a template and tells subscribed clients.
    @discardableResult public func remove(uriTemplate: String) -> Bool {
        let removed = state.withLock { $0.templates.remove(uriTemplate) }
        if removed { subscriptions.publish(.resourcesListChanged) }
        return removed
    }

    /// Tells the clients that have subscribed to the resource that it has changed (`notifications/resources/updated`).
    public func updated(_ uri: String) { subscriptions.publish(.resourceUpdated(uri: uri)) }

    /// The definitions, in order.
    public var definitions: [Resource] { state.withLock { $0.resources.all.map(\.definition) } }
    public var templates: [ResourceTemplate] { state.withLock { $0.templates.all.map(\.resource.definition) } }

    /// Faults in what the server was built from.
    var faults: [String] { state.withLock { $0.faults } }

    /// Whether the server has, or has had, resources.
    var isOffered: Bool { state.withLock { $0.resources.isOffered || $0.templates.isOffered } }

    var hasCompletions: Bool { state.withLock { $0.templates.all.contains { !$0.resource.completions.isEmpty } } }

    func page(after: Int?, count: Int) -> (entries: [ServerResource], next: Int?) {
        state.withLock { $0.resources.page(after: after, count: count) }
    }

    func templatePage(after: Int?, count: Int) -> (entries: [Template], next: Int?) {
        state.withLock { $0.templates.page(after: after, count: count) }
    }

    subscript(uriTemplate text: String) -> Template? { state.withLock { $0.templates[text] } }

    /// What reads the URI: its own resource, or the first template that it is of.
    func reader(of uri: String) -> ServerResource.Handler? {
        let (resource, templates) = state.withLock { state in
            let resource = state.resources[uri]
            return (resource, resource == nil ? state.templates.all : [])
        }
        if let resource { return resource.handler }
        for template in templates {
            if let values = template.template.match(uri) {
                return { context in try await template.resource.handler(uri, values, context) }
            }
        }
        return nil
    }

    private static func add(_ resource: ServerResource, to state: inout State) throws {
        let uri = resource.definition.uri
        guard URIFormat.isReference(uri, absolute: true, international: false) else {
            let reason = "it is no URI (RFC 3986): a resource's URI begins with its scheme, as in config://app, and other characters are percent-encoded"
            throw ResourceDefinitionError(uri: uri, reason: reason)
        }
        if let fault = MetaKey.fault(in: resource.definition.meta) { throw ResourceDefinitionError(uri: uri, reason: fault) }
        guard state.resources.add(resource, for: uri) else {
            throw ResourceDefinitionError(uri: uri, reason: "there is another resource of that URI; remove one")
        }
    }

    private static func add(_ resource: ServerResourceTemplate, to state: inout State) throws {
        let text = resource.definition.uriTemplate
        let template: URITemplate
        do { template = try URITemplate(text) } catch { throw ResourceDefinitionError(uri: text, reason: "\(error)") }
        if let fault = MetaKey.fault(in: resource.definition.meta) { throw ResourceDefinitionError(uri: text, reason: fault) }
        for name in resource.completions.keys where !template.variableNames.contains(name) {
            throw ResourceDefinitionError(uri: text, reason: "it has no variable `\(name)` to complete")
        }
        guard state.templates.add(Template(resource: resource, template: template), for: text) else {
            throw ResourceDefinitionError(uri: text, reason: "there is another resource template like it; remove one")
        }
    }
}

/// A resource or a template cannot be added to a server.
public struct ResourceDefinitionError: Error, Sendable, Hashable, CustomStringConvertible {
    public var uri: String
    public var reason: String
    public var description: String { "Resource `\(uri)`: \(reason)" }
}
