/// A message for the client's log (`notifications/message`; 2025-11-25, server/utilities/logging). Deprecated since 2026-07-28, and served.
public struct LogMessage: Sendable, Hashable {
    public var level: LoggingLevel
    /// The part of the server that speaks.
    public var logger: String?
    /// Any value. It must hold no secrets: it leaves the process.
    public var data: JSONValue

    public init(_ level: LoggingLevel, logger: String? = nil, data: JSONValue) {
        self.level = level
        self.logger = logger
        self.data = data
    }

    static let method = "notifications/message"
}

extension LogMessage: JSONEncodable, JSONDecodable {
    var members: JSONObject {
        var object: JSONObject = ["level": level.json]
        object.set("logger", logger)
        object["data"] = data
        return object
    }

    public var json: JSONValue { .object(members) }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(try object.decode("level"), logger: try object.decodeIfPresent("logger"), data: object["data"] ?? .null)
    }
}
