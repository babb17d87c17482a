/// Which scopes a principal needs for what (basic/authorization, "Scope Challenge Handling"). Only principals with scopes are limited: where a
/// transport knows no principal, whoever reaches the server may do everything.
public struct ScopeRules: Sendable, Hashable {
    /// What every request needs.
    public var everything: Set<String>
    /// What requests of a method need, for example `resources/read`. Completing the variables of a resource template needs what reading does, and
    /// completing the arguments of a prompt what getting it does.
    public var methods: [String: Set<String>]
    /// What calls of a tool need, by its name. Whoever has not got them does not see the tool in the list.
    public var tools: [String: Set<String>]
    /// What a prompt needs, by its name. Whoever has not got them does not see the prompt in the list.
    public var prompts: [String: Set<String>]
    /// What a broader scope includes, for example `["mail": ["mail:read", "mail:send"]]`.
    public var includes: [String: Set<String>]

    public init(
        everything: Set<String> = [], methods: [String: Set<String>] = [:], tools: [String: Set<String>] = [:], prompts: [String: Set<String>] = [:],
        includes: [String: Set<String>] = [:]
    ) {
        self.everything = everything
        self.methods = methods
        self.tools = tools
        self.prompts = prompts
        self.includes = includes
    }

    /// Whether lists depend on who asks.
    var filtersLists: Bool { !tools.isEmpty || !prompts.isEmpty }

    /// All scopes that a request needs: named together, so that one step-up is enough.
    public func needed(for request: JSONRPCRequest) -> Set<String> {
        var needed = everything.union(methods[request.method] ?? [])
        switch request.method {
        case "tools/call": if let name = request.params["name"]?.string { needed.formUnion(tools[name] ?? []) }
        case "prompts/get": if let name = request.params["name"]?.string { needed.formUnion(prompts[name] ?? []) }
        case "completion/complete": needed.formUnion(neededToComplete(request.params["ref"]?.object ?? [:]))
        default: break
        }
        return needed
    }

    /// Suggestions tell of what they complete: they need what that needs.
    private func neededToComplete(_ reference: JSONObject) -> Set<String> {
        switch reference["type"] {
        case "ref/prompt": (methods["prompts/get"] ?? []).union(reference["name"]?.string.flatMap { prompts[$0] } ?? [])
        case "ref/resource": methods["resources/read"] ?? []
        default: []
        }
    }

    /// Whether a principal has scopes, those included in broader ones too.
    public func allow(_ principal: Principal?, _ needed: Set<String>) -> Bool {
        guard let scopes = principal?.scopes, !needed.isSubset(of: scopes) else { return true }
        var reached = scopes
        var open = Array(scopes)
        while let scope = open.popLast() {
            for inner in includes[scope] ?? [] where reached.insert(inner).inserted { open.append(inner) }
        }
        return needed.isSubset(of: reached)
    }
}
