import MCPMacros

/// The result of `list_accounts`.
@Schema struct AccountList {
    var accounts: [Account]

    var toolResult: CallToolResult {
        let text = accounts.map { account in
            let folders = account.folders.map { "\($0.name) \($0.messages)\($0.unread > 0 ? " (\($0.unread) unread)" : "")" }
            return
                "\(account.id): \(account.name.map { "\($0) <\(account.address)>" } ?? account.address)\n  \(folders.joined(separator: ", "))\n  \(account.sending)"
        }
        return CallToolResult(content: [.text(text.joined(separator: "\n"))], structuredContent: json)
    }
}

/// A mail account.
@Schema struct Account {
    /// Names the account in the other tools.
    var id: String
    /// The address that mail is sent from.
    var address: String
    /// The name that mail is sent from.
    var name: String?
    /// What happens to mail that is sent.
    var sending: String
    var folders: [Folder]

    init(_ account: MailAccount) {
        id = account.id
        address = account.address.address
        name = account.address.name
        sending = account.sending
        folders = account.folders.map { Folder(name: $0.folder.rawValue, messages: $0.messages, unread: $0.unread) }
    }
}

/// A folder and how much is in it.
@Schema struct Folder {
    /// The name, as in `in:inbox`.
    var name: String
    var messages: Int
    var unread: Int
}
