import Testing

@testable import Orchestrator

/// Which calls run at once, and which ask.
@Suite struct ApprovalPolicyTests {
    private func tool(_ readOnly: Bool, trusted: Bool, destructive: Bool = true, title: String? = nil) -> HostedTool {
        HostedTool(
            id: ToolNameTable.Tool(server: "shop", tool: "act"), title: title, description: "", inputSchema: ["type": "object"],
            hints: HostedTool.Hints(isReadOnly: readOnly, isDestructive: destructive, isIdempotent: true), isServerTrusted: trusted)
    }

    private func asks(_ tool: HostedTool, isAllowedInChat: Bool = false) -> ToolCall.Question? {
        if case .ask(let question) = ApprovalPolicy.verdict(on: tool, isAllowedInChat: isAllowedInChat) { question } else { nil }
    }

    @Test func whatATrustedServerOnlyReadsRuns() { #expect(asks(tool(true, trusted: true)) == nil) }

    @Test func whatATrustedServerChangesAsks() throws {
        let question = try #require(asks(tool(false, trusted: true)))
        #expect(
            question == ToolCall.Question(text: "Run shop.act?", why: "shop.act can change or delete something, or act outside this chat.", isDestructive: true)
        )
    }

    @Test func whatOnlyAddsIsNotCalledDestructive() throws {
        let question = try #require(asks(tool(false, trusted: true, destructive: false)))
        #expect(question.why == "shop.act can add something or act outside this chat.")
        #expect(!question.isDestructive)
    }

    /// Any server can claim to be harmless.
    @Test(arguments: [true, false], [true, false])
    func nothingOfAServerThatIsNotTrustedRunsAtOnce(readOnly: Bool, destructive: Bool) throws {
        let question = try #require(asks(tool(readOnly, trusted: false, destructive: destructive)))
        #expect(question.isDestructive)
        if readOnly { #expect(question.why == "shop.act says that it only reads, but the server “shop” is not marked as trusted.") }
    }

    @Test func whatTheUserAllowedInThisChatRuns() {
        #expect(asks(tool(false, trusted: true), isAllowedInChat: true) == nil)
        #expect(asks(tool(false, trusted: false), isAllowedInChat: true) == nil)
    }

    @Test func theTitleIsTheQuestion() { #expect(asks(tool(false, trusted: true, title: "Send this email"))?.text == "Send this email?") }
}
