/// Something that a server is built from: a tool, a resource, a prompt, or a group of features such as a `Toolbox`.
public protocol ServerFeature: Sendable {
    /// Adds what the feature offers.
    func register(in registry: inout ServerRegistration)
}

/// A type whose functions are tools; `@Toolbox` (in MCPMacros) makes one.
public protocol Toolbox: ServerFeature {
    var tools: [ServerTool] { get }
}

extension Toolbox {
    public func register(in registry: inout ServerRegistration) {
        for tool in tools { registry.add(tool) }
    }
}

extension ServerTool: ServerFeature {
    public func register(in registry: inout ServerRegistration) { registry.add(self) }
}

/// What the features of a server have added up to.
public struct ServerRegistration: Sendable {
    public private(set) var tools: [ServerTool] = []
    public private(set) var resources: [ServerResource] = []
    public private(set) var resourceTemplates: [ServerResourceTemplate] = []
    public private(set) var prompts: [ServerPrompt] = []
    public private(set) var extensions: [any ServerExtension] = []

    public mutating func add(_ tool: ServerTool) { tools.append(tool) }
    public mutating func add(_ resource: ServerResource) { resources.append(resource) }
    public mutating func add(_ template: ServerResourceTemplate) { resourceTemplates.append(template) }
    public mutating func add(_ prompt: ServerPrompt) { prompts.append(prompt) }
    public mutating func add(_ item: any ServerExtension) { extensions.append(item) }
}
