import Foundation
import MCPCore

/// One published schema file, and which of its definitions belongs to what.
struct PublishedSchema: Sendable {
    private let uri: String
    private let keyword: String
    private let names: Set<String>
    private let dialect: SchemaDialect
    private var registry: SchemaRegistry
    private var methods: [String: String] = [:]
    private var codes: [Int64: String] = [:]

    /// - Parameter core: The schema of the revision that this one, of an extension, refers to besides its own.
    init(_ directory: URL, folder: String, beside core: PublishedSchema? = nil) throws {
        registry = core?.registry ?? SchemaRegistry()
        let file = directory.appending(path: "\(folder)/schema.json")
        let document: JSONValue
        let bytes: [UInt8]
        do { bytes = [UInt8](try Data(contentsOf: file)) } catch {
            throw ConformanceSchemaError(
                description: """
                    \(file.path) cannot be read: \(error.localizedDescription) The folder must have <revision>/schema.json for each revision, as schema/ of \
                    github.com/modelcontextprotocol/modelcontextprotocol has them.
                    """)
        }
        do { document = Self.corrected(try JSONValue(parsing: bytes)) } catch {
            throw ConformanceSchemaError(description: "\(file.path) is no JSON: \(error)")
        }
        keyword = document["$defs"] == nil ? "definitions" : "$defs"
        guard let definitions = document[keyword]?.object else {
            throw ConformanceSchemaError(description: "\(file.path) has no definitions.")
        }
        uri = "urn:published:\(folder)"
        dialect = document["$schema"]?.string?.contains("draft-07") == true ? .draft07 : .draft2020_12
        names = Set(definitions.keys)
        registry.register(document, uri: uri)
        // The unions (ClientRequest, …) name methods too where they have one member only.
        for (name, definition) in definitions where !name.hasPrefix("Client") && !name.hasPrefix("Server") {
            if let method = Self.constant(["method"], in: definition)?.string { methods[method] = name }
            if let code = Self.constant(["error", "code"], in: definition)?.integer { codes[code] = name }
        }
    }

    /// The files are generated from TypeScript, and where that says `string | number | boolean` the generator writes integer for number: a form could not be
    /// answered with 95.5. The official suite corrects what it meets of this too.
    private static func corrected(_ json: JSONValue) -> JSONValue {
        switch json {
        case .array(["string", "integer", "boolean"]): ["string", "number", "boolean"]
        case .array(let elements): .array(elements.map(corrected))
        case .object(let object): .object(JSONObject(object.map { ($0.key, corrected($0.value)) }))
        default: json
        }
    }

    /// The one value that a member can have, through `allOf`.
    private static func constant(_ path: [String], in schema: JSONValue) -> JSONValue? {
        guard let name = path.first else { return schema["const"] }
        let branches = [schema] + (schema["allOf"]?.array ?? [])
        return branches.lazy.compactMap { $0["properties"]?[name] }.compactMap { constant(Array(path.dropFirst()), in: $0) }.first
    }

    func document(of shape: MessageShape) -> SchemaDocument? {
        switch shape {
        case .request(nil, _): document(message: "JSONRPCRequest")
        case .notification(nil, _): document(message: "JSONRPCNotification")
        case .request(let method?, _): methods[method].flatMap { document(message: "JSONRPCRequest", $0) }
        case .notification(let method?, _): methods[method].flatMap { document(message: "JSONRPCNotification", $0) }
        case .result(let method, _): result(method)
        case .inputRequired(nil): names.contains("InputRequiredResult") ? document(result: "InputRequiredResult") : nil
        case .inputRequired: nil
        case .error(nil): document(message: names.contains("JSONRPCErrorResponse") ? "JSONRPCErrorResponse" : "JSONRPCError")
        case .error(let code?): codes[code].flatMap { document(message: $0) }
        }
    }

    private func result(_ method: String?) -> SchemaDocument? {
        guard let method else { return document(result: "Result") }
        guard let result = resultName(method) else { return nil }
        // 2025-11-25 has tasks in its core.
        guard Self.taskMethods.contains(method), names.contains(Self.createdTask) else { return document(result: result) }
        return document(resultSchema: ["anyOf": [reference(result), reference(Self.createdTask)]])
    }

    private static let createdTask = "CreateTaskResult"
    /// The requests that 2025-11-25 lets go on as tasks.
    private static let taskMethods: Set = ["tools/call", "sampling/createMessage", "elicitation/create"]

    /// The result of a method of the core; or, where `resultType` says so, the task of this extension that was made in its place.
    func documentOfTask(insteadOf shape: MessageShape, in core: PublishedSchema) -> SchemaDocument? {
        guard case .result(let method?, _) = shape, let result = core.resultName(method), names.contains(Self.createdTask) else { return nil }
        let isTask: JSONValue = ["properties": ["resultType": ["const": "task"]], "required": ["resultType"]]
        var document = core.document(
            resultSchema: ["if": isTask, "then": reference(Self.createdTask), "else": core.reference(result)])
        document.registry = registry
        return document
    }

    private func resultName(_ method: String) -> String? {
        guard let request = methods[method], request.hasSuffix("Request") else { return nil }
        let result = request.dropLast("Request".count) + "Result"
        return names.contains(String(result)) ? String(result) : "EmptyResult"
    }

    private func document(message definitions: String...) -> SchemaDocument? { document(["allOf": .array(definitions.map(reference))]) }

    private func document(result definition: String) -> SchemaDocument? { document(resultSchema: reference(definition)) }

    private func document(resultSchema: JSONValue) -> SchemaDocument {
        let envelope = names.contains("JSONRPCResultResponse") ? "JSONRPCResultResponse" : "JSONRPCResponse"
        guard names.contains(envelope) else {
            // An extension describes only what is its own.
            return document(
                [
                    "properties": ["jsonrpc": ["const": "2.0"], "id": ["type": ["string", "integer"]], "result": resultSchema],
                    "required": ["jsonrpc", "id", "result"],
                ])
        }
        return document(["allOf": [reference(envelope), ["properties": ["result": resultSchema]]]])
    }

    private func document(_ json: JSONValue) -> SchemaDocument { SchemaDocument(json: json, dialect: dialect, registry: registry) }

    private func reference(_ definition: String) -> JSONValue { ["$ref": .string("\(uri)#/\(keyword)/\(definition)")] }
}
