/// The names under which a model knows the tools, and the way back.
///
/// People see `server.tool`. Endpoints take only `[a-zA-Z0-9_-]`, at most 64 characters, so `server.tool` becomes
/// `server__tool` with every other character replaced by `_`; where that is too long, or two tools would get one name, the
/// name ends in a hash of the full one. The table does not depend on the order in which the tools are given.
struct ToolNameTable: Sendable {
    /// A tool's place: which server, and its name there.
    struct Tool: Sendable, Hashable {
        let server: String
        let tool: String

        init(server: String, tool: String) {
            self.server = server
            self.tool = tool
        }

        /// How people see it.
        var displayName: String { "\(server).\(tool)" }
    }

    /// The longest name that endpoints take.
    static let lengthLimit = 64

    private let names: [Tool: String]
    private let tools: [String: Tool]

    init(_ given: some Sequence<Tool>) {
        var names: [Tool: String] = [:]
        var tools: [String: Tool] = [:]
        let unique = Set(given)
        let byPlainName = Dictionary(grouping: unique, by: Self.plainName)
        for tool in unique.sorted(by: { ($0.server, $0.tool) < ($1.server, $1.tool) }) {
            let plain = Self.plainName(tool)
            var name = plain
            if plain.utf8.count > Self.lengthLimit || byPlainName[plain]?.count != 1 {
                name = Self.hashed(plain, of: tool, round: 0)
            }
            var round: UInt8 = 1
            // A hashed name can still meet another tool's plain one.
            while tools[name] != nil || (name != plain && byPlainName[name] != nil) {
                name = Self.hashed(plain, of: tool, round: round)
                round += 1
            }
            names[tool] = name
            tools[name] = tool
        }
        self.names = names
        self.tools = tools
    }

    /// The name that the model is given for that tool.
    func modelName(of tool: Tool) -> String? { names[tool] }

    /// The tool that the model means.
    func tool(named modelName: String) -> Tool? { tools[modelName] }

    private static func plainName(_ tool: Tool) -> String { clean(tool.server) + "__" + clean(tool.tool) }

    private static func clean(_ name: String) -> String {
        String(
            name.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
                default: "_"
                }
            })
    }

    private static func hashed(_ plain: String, of tool: Tool, round: UInt8) -> String {
        // FNV-1a, 64 bits: the parts are kept apart by a byte that UTF-8 never holds.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array(tool.server.utf8) + [0xff] + Array(tool.tool.utf8) + [0xff, round] {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 36)
        let suffix = "_" + String(repeating: "0", count: max(0, 13 - digits.count)) + digits
        return String(plain.prefix(lengthLimit - suffix.count)) + suffix
    }
}
