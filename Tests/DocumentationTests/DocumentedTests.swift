import Testing

/// What the specification wants to be documented, in the articles. The words are what can be checked.
@Suite struct DocumentedTests {
    private func says(_ words: [String], _ article: String) throws {
        // Lines are broken where they are full.
        let text = try Articles.text(article).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for word in words { #expect(text.contains(word), "\(article).md does not say: \(word)") }
    }

    /// 2025-11-25 and 2026-07-28, basic, "Schema Dialect".
    @Test func theDialectsAreNamed() throws { try says(["2020-12", "draft-07"], "Schemas") }

    /// 2025-11-25 and 2026-07-28, basic, transports, "Custom Transports": how a connection is made, and how messages go over it.
    @Test func theSocketInTheFileSystemIsDescribed() throws {
        try says(["a line each, over a socket in the file system", "Each connection is a client of its own", "the mode 0600"], "UnixSocket")
    }

    /// 2025-11-25, basic/utilities/tasks, "Task Isolation and Access Control".
    @Test func whoeverKnowsTheIdOfATaskHasIt() throws { try says(["Without authorization, whoever knows the id of a task has it"], "Tasks") }
}
