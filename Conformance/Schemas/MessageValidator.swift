import MCPCore
import Synchronization

/// Says whether a message is one that its revision of MCP defines, and what is wrong with it where it is not.
///
/// A validator may be used from any number of tasks. Schemas are compiled at first use and kept, one for each message that MCP defines.
public final class MessageValidator: Sendable {
    private struct Key: Hashable {
        var shape: MessageShape
        var revision: ProtocolRevision
    }

    private let schemas: any MessageSchemas
    private let compiled = Mutex<[Key: SchemaValidator]>([:])

    /// A validator with the project's own schemas, or with those that are given.
    public init(_ schemas: any MessageSchemas = ProtocolSchemas()) { self.schemas = schemas }

    /// What is wrong with a message, with paths from the root of the message; empty where nothing is.
    ///
    /// - Parameters:
    ///   - message: One message; or several in an array, where the revision has batches (2025-03-26).
    ///   - sender: Who sent it.
    ///   - revision: What the two speak. For `initialize` the one that it asks for, for its result the one that it answers with.
    ///   - method: For a response the method of the request that it answers; `nil` where that is not known.
    ///   - allowsNullID: Whether an error response may have `"id": null`, which JSON-RPC 2.0 asks for where the request could not be read, and which the
    ///     schemas of MCP do not know.
    ///   - allowsNoID: Whether an error response may leave its id out, which the schemas know only since 2025-11-25; the body of a refusal may since
    ///     2025-03-26 ("Streamable HTTP").
    public func violations(
        of message: JSONValue, from sender: Party, revision: ProtocolRevision, answering method: String? = nil, allowsNullID: Bool = false,
        allowsNoID: Bool = false
    ) -> [SchemaViolation] {
        if let batch = message.array {
            return violations(ofBatch: batch, revision: revision) { one in
                violations(of: one, from: sender, revision: revision, answering: method, allowsNullID: allowsNullID, allowsNoID: allowsNoID)
            }
        }
        guard var object = message.object else { return [.message("expected an object, found \(message.typeName)")] }
        if object["error"] != nil, object["id"].map({ allowsNullID && $0.isNull }) ?? allowsNoID { object["id"] = 0 }
        do {
            let shape = try shape(of: object, from: sender, answering: method)
            if let objection = schemas.objection(to: shape, revision: revision) { return [.message(objection)] }
            return try validator(shape, revision).validate(.object(object))
        } catch let misshapen as Misshapen {
            return [misshapen.violation]
        } catch {
            return [.message("the schema cannot be used: \(error)")]
        }
    }

    /// What is wrong with a batch, and with the messages in it.
    private func violations(ofBatch batch: [JSONValue], revision: ProtocolRevision, _ check: (JSONValue) -> [SchemaViolation]) -> [SchemaViolation] {
        guard revision.isIn(since: .v2025_03_26, before: .v2025_06_18) else {
            return [.message("expected one message, found an array: \(revision.rawValue) has no batches")]
        }
        if batch.isEmpty { return [.message("a batch holds at least one message")] }
        return batch.enumerated().flatMap { index, one in
            one.array == nil
                ? check(one).map { $0.inside(index) } : [.message("a batch holds messages, not batches").inside(index)]
        }
    }

    private struct Misshapen: Error { var violation: SchemaViolation }

    private func shape(of message: JSONObject, from sender: Party, answering method: String?) throws -> MessageShape {
        if let method = message["method"] {
            guard let method = method.string else {
                throw Misshapen(violation: .message("expected string, found \(method.typeName)", at: JSONPath(["method"])))
            }
            return message["id"] == nil ? .notification(method: method, from: sender) : .request(method: method, from: sender)
        }
        switch (message["result"], message["error"]) {
        case (nil, nil): throw Misshapen(violation: .message("expected one of the members method, result and error"))
        case (_?, _?): throw Misshapen(violation: .message("expected a result or an error, found both"))
        case (nil, let error?): return .error(code: error["code"]?.integer)
        case (let result?, nil):
            return result["resultType"] == "input_required" ? .inputRequired(of: method) : .result(of: method, from: sender)
        }
    }

    private func validator(_ shape: MessageShape, _ revision: ProtocolRevision) throws -> SchemaValidator {
        let key = Key(shape: shape, revision: revision)
        if let known = compiled.withLock({ $0[key] }) { return known }
        guard let document = schemas.document(of: shape, revision: revision) else {
            // The other side chooses methods and codes: what is not defined is not kept one by one.
            guard shape != shape.general else { return try SchemaValidator(compiling: true) }
            return try validator(shape.general, revision)
        }
        // The official suite asserts formats too.
        let validator = try SchemaValidator(
            compiling: document.json, dialect: document.dialect, registry: document.registry, assertFormat: true)
        compiled.withLock { $0[key] = validator }
        return validator
    }
}

extension SchemaViolation {
    static func message(_ text: String, at path: JSONPath = JSONPath()) -> SchemaViolation {
        SchemaViolation(instancePath: path, schemaPath: JSONPath(), keyword: "message", expected: text)
    }

    func inside(_ index: Int) -> SchemaViolation {
        SchemaViolation(
            instancePath: JSONPath([.index(index)]).appending(contentsOf: instancePath), schemaPath: schemaPath, keyword: keyword, expected: expected)
    }
}
