import MCPCore

/// The schemas that this project writes itself, of every message from 2024-11-05 to 2026-07-28 and of the tasks extension.
///
/// They say what the published schemas say, and three things that those cannot: who may send a message, that a method went with an earlier revision or comes
/// with a later one, and which requests may be answered with a request for input.
public struct ProtocolSchemas: MessageSchemas {
    private struct Table: Sendable {
        var schemas: RevisionSchemas
        var definitions: [String: MessageDefinition]
    }

    private let tables: [ProtocolRevision: Table]
    /// The methods of every revision.
    private let methods: Set<String>

    public init() {
        var tables: [ProtocolRevision: Table] = [:]
        for revision in ProtocolRevision.allCases {
            let schemas = RevisionSchemas(revision: revision)
            tables[revision] = Table(
                schemas: schemas, definitions: Dictionary(schemas.definitions.map { ($0.method, $0) }, uniquingKeysWith: { first, _ in first }))
        }
        self.tables = tables
        methods = Set(tables.values.flatMap(\.definitions.keys))
    }

    public func objection(to shape: MessageShape, revision: ProtocolRevision) -> String? {
        guard let table = tables[revision] else { return nil }
        switch shape {
        case .request(let method?, let sender): return objection(to: method, sender, isNotification: false, table)
        case .notification(let method?, let sender): return objection(to: method, sender, isNotification: true, table)
        case .inputRequired(let method?):
            guard case .request(_, asks: false) = table.definitions[method]?.kind else { return nil }
            return "\(method) cannot be answered with a request for input in \(revision.rawValue)"
        default: return nil
        }
    }

    private func objection(to method: String, _ sender: Party, isNotification: Bool, _ table: Table) -> String? {
        let kind = isNotification ? "notification" : "request"
        guard methods.contains(method) else { return nil }
        guard let definition = table.definitions[method], definition.isNotification == isNotification else {
            return "\(table.schemas.revision.rawValue) has no \(kind) \(method)"
        }
        return definition.senders.contains(sender) ? nil : "\(method) is no \(kind) that a \(sender.rawValue) sends in \(table.schemas.revision.rawValue)"
    }

    public func document(of shape: MessageShape, revision: ProtocolRevision) -> SchemaDocument? {
        guard let table = tables[revision] else { return nil }
        return schema(of: shape, table).map { SchemaDocument(json: $0.json) }
    }

    private func schema(of shape: MessageShape, _ table: Table) -> Schema? {
        let schemas = table.schemas
        switch shape {
        case .request(nil, _): return schemas.request(params: .optional("params", schemas.undefinedRequestParams))
        case .notification(nil, _): return schemas.notification(params: .optional("params", schemas.undefinedNotificationParams))
        case .request(let method?, _):
            guard let definition = table.definitions[method], !definition.isNotification else { return nil }
            return schemas.request(params: definition.paramsMember)
        case .notification(let method?, _):
            guard let definition = table.definitions[method], definition.isNotification else { return nil }
            return schemas.notification(params: definition.paramsMember)
        case .result(nil, _): return schemas.response(result: schemas.emptyResult)
        case .result(let method?, _):
            guard case .request(let result, _) = table.definitions[method]?.kind else { return nil }
            return schemas.response(result: result)
        case .inputRequired: return shape == shape.general ? schemas.response(result: schemas.inputRequiredResult) : nil
        case .error(let code): return schemas.error(code: code)
        }
    }
}
