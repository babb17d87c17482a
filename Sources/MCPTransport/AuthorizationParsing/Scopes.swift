/// Sets of scopes, in the order in which they were first named (RFC 6749 section 3.3).
public enum Scopes {
    public static func parse(_ text: String) -> [String] { union(text.split(whereSeparator: { $0 == " " }).map(String.init), []) }

    public static func union(_ one: [String], _ other: [String]) -> [String] {
        var seen: Set<String> = []
        return (one + other).filter { seen.insert($0).inserted }
    }
}
