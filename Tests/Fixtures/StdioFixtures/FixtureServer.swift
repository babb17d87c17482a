import MCPCore
import Synchronization

/// A server for tests of transports: the same over stdio and in process.
public enum FixtureServer {
    /// - Parameters:
    ///   - revisions: Those that it serves.
    ///   - environment: Where it takes time from.
    public static func make(_ revisions: Set<ProtocolRevision> = Set(ProtocolRevision.allCases), environment: ServerEnvironment = .system) -> Server {
        let shared = Shared()
        let configuration = ServerConfiguration(revisions: revisions, environment: environment)
        let server = Server("fixture", version: "1.0.0", instructions: "For tests.", configuration: configuration) {
            ServerTool("echo", input: Text.self) { (input: Text, _) in input.text }
            ServerTool("measure", input: Text.self) { (input: Text, _) in Measure(length: input.text.utf8.count) }
            ServerTool("fail", input: Text.self, output: String.self) { input, _ in throw ToolError(input.text) }
            ServerTool("repeat", input: Repetition.self) { (input: Repetition, _) in String(repeating: input.character, count: input.count) }
            ServerTool("print", input: Text.self) { (input: Text, _) in
                print(input.text)
                return "printed"
            }
            ServerTool("count", input: Repetition.self) { (input: Repetition, context: RequestContext) in
                for step in 1...input.count { try await context.progress(Double(step), total: Double(input.count), message: input.character) }
                return "counted"
            }
            ServerTool("wait", input: Text.self) { (input: Text, context: RequestContext) in
                do {
                    try await context.progress(1)
                    try await Task.sleep(for: .seconds(600))
                } catch is CancellationError { shared.cancelled(input.text) }
                return "over"
            }
            ServerTool("cancelled", input: Empty.self) { (_: Empty, _) in shared.all.joined(separator: ",") }
            ServerTool("ask_twice", input: Text.self) { (input: Text, context: RequestContext) in
                guard case .accept(let first) = try await context.elicit("first", Text.self, "First of \(input.text)?") else { return "nobody" }
                let number = try await context.step("step") { shared.nextStep() }
                guard case .accept(let second) = try await context.elicit("second", Text.self, "Second after \(number)?") else { return "half" }
                return "\(first.text) \(number) \(second.text)"
            }
            ServerTool("ask_batch", input: Empty.self) { (_: Empty, context: RequestContext) in
                let (one, two) = try await context.ask(.elicit("one", Text.self, "One?"), .elicit("two", Text.self, "Two?"))
                return "\(one.accepted?.text ?? "-") \(two.accepted?.text ?? "-")"
            }
            TasksExtension(limits: .init(pollIntervalMilliseconds: 5))
            ServerTool("ask_later", input: Text.self) { (input: Text, context: RequestContext) in
                let answer = try await context.elicit("who", Text.self, "Who \(input.text)?")
                return "\(answer.accepted?.text ?? "nobody") \(input.text)"
            }.asTask(.required)
            ServerTool("add_tool", input: Text.self) { (input: Text, _) in
                try shared.registry?.add(ServerTool(Tool(name: input.text)) { _, _ in CallToolResult(text: "new") })
                return "added"
            }
        }
        shared.registry = server.tools
        return server
    }

    private final class Shared: Sendable {
        private let state = Mutex((names: [String](), steps: 0, registry: ToolRegistry?.none))
        func cancelled(_ name: String) { state.withLock { $0.names.append(name) } }
        var all: [String] { state.withLock { $0.names } }
        func nextStep() -> Int {
            state.withLock { state in
                state.steps += 1
                return state.steps
            }
        }
        var registry: ToolRegistry? {
            get { state.withLock { $0.registry } }
            set { state.withLock { $0.registry = newValue } }
        }
    }
}

public struct Empty: SchemaCodable {
    public init() {}
    public init(json: JSONValue) throws { _ = try JSONObject(json: json) }
    public var json: JSONValue { [:] }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "object"] }
}

public struct Text: SchemaCodable {
    public var text: String
    public init(json: JSONValue) throws { text = try JSONObject(json: json).decode("text") }
    public var json: JSONValue { ["text": .string(text)] }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]]
    }
}

public struct Repetition: SchemaCodable {
    public var character: String
    public var count: Int
    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        character = try object.decode("character")
        count = try object.decode("count")
    }
    public var json: JSONValue { ["character": .string(character), "count": .integer(Int64(count))] }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        [
            "type": "object", "properties": ["character": ["type": "string"], "count": ["type": "integer"]],
            "required": ["character", "count"],
        ]
    }
}

public struct Measure: SchemaCodable, ToolResultConvertible, Equatable {
    public var length: Int
    public init(length: Int) { self.length = length }
    public init(json: JSONValue) throws { length = try JSONObject(json: json).decode("length") }
    public var json: JSONValue { ["length": .integer(Int64(length))] }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "object", "properties": ["length": ["type": "integer"]], "required": ["length"]]
    }
}
