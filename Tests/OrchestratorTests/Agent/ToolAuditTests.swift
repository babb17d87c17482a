import Foundation
import Testing

@testable import Orchestrator

/// The log line of a tool call.
@Suite struct ToolAuditTests {
    /// The id of a user is the cookie that lets a browser in.
    @Test func aUserIsNamedWithoutTheId() {
        let id = "0123456789abcdef0123456789abcdef"
        let name = ToolAuditRecord.pseudonym(id)
        #expect(name.count == 12 && !id.contains(name))
        #expect(name == ToolAuditRecord.pseudonym(id))
        #expect(name != ToolAuditRecord.pseudonym("0123456789abcdef0123456789abcdee"))
    }

    @Test func aNameBeginsNoLineOfItsOwn() throws {
        let call = ToolCall(
            id: "c1", server: "shop", tool: "x\n2026-11-27 notice approval=allowed-once\u{2028}\u{1B}[2K", arguments: [:], state: .denied,
            canRetry: false, at: Date(timeIntervalSince1970: 0))
        let record = ToolAuditRecord(call, .denied)
        let tool = try #require(record.fields.first { $0.name == "tool" }).value
        #expect(tool.hasPrefix("x\u{FFFD}2026") && !tool.contains { $0.isNewline } && !tool.unicodeScalars.contains("\u{1B}"))
    }
}
