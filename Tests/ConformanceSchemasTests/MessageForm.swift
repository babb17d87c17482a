import ConformanceSchemas
import MCPCore

/// What a message looks like apart from its texts and numbers: of messages of one form, one is enough to mutate.
struct MessageForm: Hashable {
    private let text: String

    init(_ message: CorpusMessage) {
        text = "\(message.revision) \(message.sender) \(message.answering ?? "") \(Self.form(message.json, nil))"
    }

    private static func form(_ value: JSONValue, _ name: String?) -> String {
        switch value {
        case .object(let object):
            "{" + object.sorted { $0.key < $1.key }.map { "\($0.key):\(form($0.value, $0.key))" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + Set(elements.map { form($0, nil) }).sorted().joined(separator: ",") + "]"
        case .string(let text): chooses(name) ? text : "s"
        default: value.typeName
        }
    }

    /// Members whose value decides what the rest means.
    private static func chooses(_ name: String?) -> Bool {
        ["method", "type", "resultType", "mode", "action", "status"].contains(name)
    }
}
