/// A resource of a server: its definition and what reads it (2026-07-28, server/resources).
///
///     ServerResource("config://app", name: "config", mimeType: "application/json") { _ in try await app.configuration() }
public struct ServerResource: Sendable {
    public typealias Handler = @Sendable (_ context: RequestContext) async throws -> HandlerOutcome<ReadResourceResult>

    public var definition: Resource
    /// Reads the resource. It may ask the client.
    public var handler: Handler

    /// - Parameter handler: Runs concurrently with other reads. A thrown `ResourceNotFoundError` or `JSONRPCError` is told to the client, any other
    ///   error only to the operator.
    public init(_ definition: Resource, handler: @escaping @Sendable (RequestContext) async throws -> ReadResourceResult) {
        self.init(definition, outcome: { .complete(try await handler($0)) })
    }

    /// A resource that asks the client with questions and a state of its own making, instead of through `RequestContext.elicit`.
    @_disfavoredOverload  // A closure that only throws is meant for the other one.
    public init(_ definition: Resource, outcome handler: @escaping Handler) {
        self.definition = definition
        self.handler = handler
    }

    /// A resource whose content is a text.
    public init(
        _ uri: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = "text/plain", size: Int? = nil,
        annotations: Annotations? = nil, icons: [Icon] = [], text: @escaping @Sendable (RequestContext) async throws -> String
    ) {
        let definition = Resource(
            uri: uri, name: name, title: title, description: description, mimeType: mimeType, size: size, annotations: annotations, icons: icons)
        self.init(definition) { context in
            ReadResourceResult([ResourceContents(uri: uri, text: try await text(context), mimeType: mimeType)])
        }
    }

    /// A resource whose content is bytes.
    public init(
        _ uri: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = "application/octet-stream",
        size: Int? = nil, annotations: Annotations? = nil, icons: [Icon] = [],
        bytes: @escaping @Sendable (RequestContext) async throws -> [UInt8]
    ) {
        let definition = Resource(
            uri: uri, name: name, title: title, description: description, mimeType: mimeType, size: size, annotations: annotations, icons: icons)
        self.init(definition) { context in
            ReadResourceResult([ResourceContents(uri: uri, bytes: try await bytes(context), mimeType: mimeType)])
        }
    }
}

/// Resources that share a form of URI: a definition with a URI template, and what reads one of them.
public struct ServerResourceTemplate: Sendable {
    /// - Parameters:
    ///   - uri: The URI as the client gave it.
    ///   - values: The values of the template's variables, percent-decoded. A value may hold anything, `/` and `..` too: whoever makes a path or a
    ///     query of it checks it first.
    public typealias Handler =
        @Sendable (_ uri: String, _ values: [String: String], _ context: RequestContext) async throws -> HandlerOutcome<ReadResourceResult>

    public var definition: ResourceTemplate
    public var handler: Handler
    /// Completes the values of variables.
    public var completions: [String: Completer]

    /// - Parameters:
    ///   - completions: By the name of a variable.
    ///   - handler: Runs concurrently with other reads. A thrown `ResourceNotFoundError` or `JSONRPCError` is told to the client, any other
    ///     error only to the operator.
    public init(
        _ definition: ResourceTemplate, completions: [String: Completer] = [:],
        handler: @escaping @Sendable (_ uri: String, _ values: [String: String], _ context: RequestContext) async throws -> ReadResourceResult
    ) {
        self.init(definition, completions: completions, outcome: { .complete(try await handler($0, $1, $2)) })
    }

    /// A template that asks the client with questions and a state of its own making.
    @_disfavoredOverload  // A closure that only throws is meant for the other one.
    public init(_ definition: ResourceTemplate, completions: [String: Completer] = [:], outcome handler: @escaping Handler) {
        self.definition = definition
        self.completions = completions
        self.handler = handler
    }

    /// A template whose resources are texts.
    public init(
        _ uriTemplate: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = "text/plain",
        annotations: Annotations? = nil, icons: [Icon] = [], completions: [String: Completer] = [:],
        text: @escaping @Sendable (_ values: [String: String], _ context: RequestContext) async throws -> String
    ) {
        let definition = ResourceTemplate(
            uriTemplate: uriTemplate, name: name, title: title, description: description, mimeType: mimeType, annotations: annotations, icons: icons)
        self.init(definition, completions: completions) { uri, values, context in
            ReadResourceResult([ResourceContents(uri: uri, text: try await text(values, context), mimeType: mimeType)])
        }
    }
}

/// Thrown by what reads a resource where there is none: the client is told so, in the way of its revision.
public struct ResourceNotFoundError: Error, Sendable, Hashable, CustomStringConvertible {
    public init() {}
    public var description: String { "Resource not found" }
}

extension ServerResource: ServerFeature {
    public func register(in registry: inout ServerRegistration) { registry.add(self) }
}

extension ServerResourceTemplate: ServerFeature {
    public func register(in registry: inout ServerRegistration) { registry.add(self) }
}
