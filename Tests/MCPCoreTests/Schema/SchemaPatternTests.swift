import Testing

@testable import MCPCore

@Suite struct SchemaPatternTests {
    private static let matchingCases: [(pattern: String, text: String, expected: Bool)] = [
        ("abc", "xxabcxx", true), ("abc", "ab", false), ("", "anything", true), ("^$", "", true), ("^$", "a", false),
        ("^a|b$", "ax", true), ("^a|b$", "xb", true), ("^a|b$", "xbx", false), ("^(a|b)$", "b", true), ("^(?:ab)+$", "ababab", true),
        ("^(?:ab)+$", "aba", false), ("^a{2,3}$", "a", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false),
        ("^a{2}$", "aa", true), ("^a{2,}$", "aaaaa", true), ("^a{0}b$", "b", true), ("^a{0}b$", "ab", false),
        ("^x*?y+?z??$", "xyy", true), ("^(?<year>\\d{4})-(?<month>\\d\\d)$", "2025-01", true), ("^[^abc]$", "d", true),
        ("^[^abc]$", "a", false), ("^[]$", "a", false), ("^[^]$", "\n", true), ("^.$", "\n", false), ("^.$", "🐲", true),
        ("^🐲{2}$", "🐲🐲", true), ("^[a-c-]+$", "a-c", true), ("^[\\w.-]+@[\\w-]+\\.\\w+$", "a.b-c@example.org", true),
        ("^[\\d-x]+$", "1-x", true), ("^[^\\W_]+$", "a_b", false), ("^[^\\W_]+$", "ab", true), ("\\bcat\\b", "a cat sat", true),
        ("\\bcat\\b", "concatenate", false), ("a\\Bb", "ab", true), ("^\\u0061\\x62\\u{63}$", "abc", true),
        ("^\\ud83d\\udc32$", "🐲", true), ("^\\/\\-\\.\\$\\{\\}$", "/-.${}", true), ("^{a}$", "{a}", true), ("^a{,5}$", "a{,5}", true),
        ("^\\p{Lu}\\p{Ll}+$", "Émile", true), ("^\\P{L}$", "é", false), ("^\\p{gc=Nd}$", "٣", true), ("^\\d$", "٣", false),
        ("^[\\p{L}\\p{N}_]+$", "né_1", true), ("^[^\\p{L}]$", "é", false), ("^\\p{Alphabetic}$", "é", true), ("^\\s$", "\u{FEFF}", true),
        ("^[\\b]$", "\u{08}", true), ("^\\cJ$", "\n", true), ("^\\0$", "\0", true), ("(a*)*", "b", true), ("^(a*)+$", "aaab", false),
        ("^(|a)+$", "aa", true), ("^((a?)|b){3}$", "ab", true), ("^e\u{301}$", "\u{e9}", false), ("^\r\n$", "\r\n", true),
        ("\n", "\r\n", true),
    ]

    private static let refusedCases: [(pattern: String, offset: Int, reason: String)] = [
        ("(?=a)", 0, "lookahead"), ("a(?!b)", 1, "lookahead"), ("(?<=a)b", 0, "lookbehind"), ("(?<!a)b", 0, "lookbehind"),
        ("(a)\\1", 5, "back references"), ("(?<n>a)\\k<n>", 9, "back references"), ("(?i:a)", 2, "inline flags"), ("(a", 2, "not closed"),
        ("a)", 1, "unmatched"), ("[a", 2, "not closed"), ("*a", 0, "nothing to repeat"), ("a**", 2, "quantifier"),
        ("a{2}{3}", 4, "quantifier"), ("a{3,2}", 6, "out of order"), ("[z-a]", 4, "out of order"),
    ]

    @Test(arguments: matchingCases)
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try SchemaPattern(pattern).matches(text) == expected)
    }

    @Test(arguments: refusedCases)
    func refuses(pattern: String, offset: Int, reason: String) throws {
        let error = #expect(throws: SchemaPatternError.self) { try SchemaPattern(pattern) }
        #expect(error?.offset == offset)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    /// Each makes a backtracking matcher take time exponential in the text.
    @Test(arguments: ["^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "^(a?){50}a{50}$"])
    func hostilePatternsTakeLinearTime(source: String) throws {
        let pattern = try SchemaPattern(source)
        func steps(_ count: Int) -> Int {
            var steps = Int.max
            _ = pattern.matches(String(repeating: source.contains("x") ? "x" : "a", count: count) + "!", steps: &steps)
            return Int.max - steps
        }
        let instructions = pattern.program.instructions.count
        for count in [100, 1_000, 5_000] { #expect(steps(count) <= (count + 2) * (instructions + 1) + instructions) }
        #expect(steps(2_000) <= 3 * steps(1_000))
    }

    @Test func boundsTheSizeOfAProgram() throws {
        for source in ["a{100000}", "(a{100}){100}", "((((a{20}){20}){20}){20}){20}", "(a?){0,1000000000}", "a{1000000000000000000000}"] {
            let error = #expect(throws: SchemaPatternError.self) { try SchemaPattern(source) }
            #expect(error?.reason.contains("5000 instructions") == true)
        }
        // What repeats nothing costs nothing.
        #expect(try SchemaPattern("((){1000000000}){1000000000}(a{0}){0,1000000000}").program.instructions.count < 20)
        #expect(throws: SchemaPatternError.self) { try SchemaPattern(String(repeating: "(", count: 100_000)) }
        #expect(throws: SchemaPatternError.self) {
            try SchemaPattern(String(repeating: "(", count: 500) + String(repeating: ")", count: 500))
        }
    }

    @Test func aPatternThatRunsOutOfStepsEndsTheValidation() throws {
        var limits = SchemaLimits()
        limits.maximumSteps = 1_000
        let validator = try SchemaValidator(compiling: ["pattern": "^(a|b|c|d)*$"], limits: limits)
        #expect(validator.isValid("abcd"))
        #expect(validator.validate(.string(String(repeating: "a", count: 1_000))).map(\.keyword) == ["maximumSteps"])
    }

    @Test func anAnchoredPatternStopsWhereItFails() throws {
        var steps = Int.max
        #expect(try !SchemaPattern("^ab").matches(String(repeating: "x", count: 100_000), steps: &steps))
        #expect(Int.max - steps < 10)
    }
}
