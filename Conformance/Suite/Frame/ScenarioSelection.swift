import MCPCore

/// Which scenarios to run.
public struct ScenarioSelection: Sendable {
    /// A name that no scenario has.
    public struct UnknownScenario: Error, Sendable, CustomStringConvertible {
        public let name: String
        public let alike: [String]

        public var description: String {
            let advice = alike.isEmpty ? "`mcp-conformance list` names them all." : "Did you mean \(alike.joined(separator: " or "))?"
            return "There is no scenario '\(name)'. \(advice)"
        }
    }

    /// All where it is empty. A name that ends with `*` stands for all that begin so.
    public var names: [String]

    public init(names: [String] = []) { self.names = names }

    /// The scenarios that are selected, in the order of `scenarios`.
    /// - Throws: `UnknownScenario`.
    public func select<Target>(from scenarios: [Scenario<Target>]) throws(UnknownScenario) -> [Scenario<Target>] {
        guard !names.isEmpty else { return scenarios }
        for name in names where !scenarios.contains(where: { Self.matches(name, $0.name) }) {
            let stem = name.prefix(5)
            throw UnknownScenario(name: name, alike: scenarios.map(\.name).filter { $0.hasPrefix(stem) }.prefix(3).map { "'\($0)'" })
        }
        return scenarios.filter { scenario in names.contains { Self.matches($0, scenario.name) } }
    }

    private static func matches(_ pattern: String, _ name: String) -> Bool {
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
    }
}
