/// The names and methods that stand in most messages: their strings are made once, and not for each message.
struct JSONNames {
    struct Entry {
        var text: JSONText
        var string: String

        /// Where there is no name yet.
        static var none: Entry { Entry(text: JSONText(static: ""), string: "") }
    }

    /// By fingerprint; memory that is never freed, since it is one table for the process.
    private let entries: UnsafePointer<Entry>

    private static let size = 512
    /// Written once, before anybody can read it.
    private nonisolated(unsafe) static let table: UnsafePointer<Entry> = {
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: size)
        entries.initialize(repeating: .none, count: size)
        for name in all {
            let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: name.utf8.count)
            bytes.initialize(from: Array(name.utf8), count: name.utf8.count)
            let text = JSONText(start: bytes, count: name.utf8.count, isASCII: true, isInDocument: false)
            // The literal itself: what is in the program is not counted, and all threads have the same.
            entries[place(text.fingerprint)] = Entry(text: text, string: name)
        }
        return UnsafePointer(entries)
    }()

    init() { entries = Self.table }

    /// Names that meet another in their place have none; a test sees to it that these do not.
    static let all: [String] = [
        "jsonrpc", "id", "method", "params", "result", "error", "code", "message", "data", "name", "arguments", "_meta", "uri", "cursor", "nextCursor",
        "progressToken", "progress", "total", "requestId", "reason", "level", "protocolVersion", "capabilities", "clientInfo", "serverInfo", "version",
        "title", "description", "content", "type", "text", "structuredContent", "isError", "resultType", "requestState", "tools",
        "inputSchema", "outputSchema", "properties", "required", "annotations", "action",
        "2.0", "initialize", "ping", "server/discover", "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read",
        "prompts/get", "completion/complete", "notifications/initialized", "notifications/cancelled", "notifications/progress",
        "notifications/message", "elicitation/create", "sampling/createMessage",
        "io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientInfo", "io.modelcontextprotocol/clientCapabilities",
        "io.modelcontextprotocol/serverInfo", "io.modelcontextprotocol/logLevel", "io.modelcontextprotocol/subscriptionId",
    ]

    @inline(__always) static func place(_ fingerprint: UInt64) -> Int { Int(truncatingIfNeeded: (fingerprint >> 41) & UInt64(size - 1)) }

    /// The string of a text that is one of these names.
    @inline(__always) func string(_ text: JSONText, fingerprint: UInt64) -> String? {
        let entry = entries + Self.place(fingerprint)
        return entry.pointee.text.hasSameBytes(as: text) ? entry.pointee.string : nil
    }
}

extension JSONText {
    init(static name: StaticString) { self.init(start: name.utf8Start, count: name.utf8CodeUnitCount, isASCII: true, isInDocument: false) }
}
