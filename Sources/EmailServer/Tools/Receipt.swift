import MCPMacros

/// The result of `create_draft` and `send_email`.
@Schema struct Receipt {
    /// Names the stored message in the other tools.
    var id: String
    var account: String
    var folder: String
    var state: ReceiptState
    /// True where the idempotency key was known and nothing was done this time.
    var isRepeat: Bool
    /// What became of the message, for the user.
    var note: String

    init(_ receipt: MailReceipt) {
        id = receipt.id
        account = receipt.account
        folder = receipt.folder.rawValue
        state =
            switch receipt.state {
            case .draft: .draft
            case .queued: .queued
            case .sent: .sent
            }
        isRepeat = receipt.isRepeat
        note = receipt.note
    }

    var toolResult: CallToolResult {
        CallToolResult(content: [.text("[\(id)] \(note)")], structuredContent: json)
    }
}

/// What became of a message.
@Schema enum ReceiptState: String {
    /// Kept, not sent.
    case draft
    /// In the outbox; no server has taken it.
    case queued
    /// A mail server has taken it.
    case sent
}
