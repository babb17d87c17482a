/// Where mail is kept and handed over for sending. The tools know nothing else: the embedded mailbox is one such place, an IMAP account
/// with an SMTP server can be another.
///
/// Calls may come from many tasks at once. Ids are opaque to the caller and stay valid as long as the message exists.
public protocol Mailbox: Sendable {
    /// The accounts that mail is read from and sent as.
    func accounts() async throws -> [MailAccount]

    /// Messages that fit a query, best first.
    /// - Throws: `MailInputError` for a query, account or cursor that cannot be understood.
    func search(_ request: MailSearchRequest) async throws -> MailSearchPage

    /// One message with its body.
    /// - Throws: `MailInputError.noSuchMessage`.
    func message(id: String) async throws -> MailMessage

    /// Keeps a message for later.
    func createDraft(_ message: OutgoingMessage, account: String?) async throws -> MailReceipt

    /// Hands a message over for sending, at most once for each `idempotencyKey`.
    /// - Returns: When the message cannot be lost any more, whatever happens to the process.
    /// - Throws: `MailInputError.keyUsedForOtherMessage`, and errors of the place that keeps the mail.
    func send(_ message: OutgoingMessage, account: String?, idempotencyKey: IdempotencyKey?) async throws -> MailReceipt
}

/// An account of a mailbox.
public struct MailAccount: Sendable, Hashable {
    public var id: String
    public var address: MailAddress
    /// What becomes of a message that is sent, in a sentence for the user.
    public var sending: String
    public var folders: [FolderCount]

    public struct FolderCount: Sendable, Hashable {
        public var folder: MailFolder
        public var messages: Int
        public var unread: Int
    }
}

/// A folder by its name, such as `inbox`. Names are in lower case; a mailbox may have others than the usual ones.
public struct MailFolder: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let inbox = MailFolder(rawValue: "inbox")
    public static let drafts = MailFolder(rawValue: "drafts")
    /// Messages that wait for an SMTP server to take them.
    public static let outbox = MailFolder(rawValue: "outbox")
    public static let sent = MailFolder(rawValue: "sent")
}

/// What a search asks.
public struct MailSearchRequest: Sendable, Hashable {
    public var query: String
    /// An account's id; `nil` for all.
    public var account: String?
    /// How many results at most, 1 to 100.
    public var limit: Int
    /// `nextCursor` of the page before.
    public var cursor: String?

    public init(query: String, account: String? = nil, limit: Int = 10, cursor: String? = nil) {
        self.query = query
        self.account = account
        self.limit = limit
        self.cursor = cursor
    }
}

/// A page of search results.
public struct MailSearchPage: Sendable, Hashable {
    public var messages: [MailSummary]
    /// How many messages fit in all.
    public var total: Int
    /// Asks for the next page; `nil` on the last one.
    public var nextCursor: String?
    /// False where no message has all the words and those with some are given.
    public var matchedAllWords: Bool
}

/// A message as a list shows it.
public struct MailSummary: Sendable, Hashable {
    public var id: String
    public var account: String
    public var folder: MailFolder
    public var from: MailAddress?
    public var to: [MailAddress]
    public var subject: String
    public var date: MailDate
    /// Some words of the body, around what was searched for.
    public var snippet: String
    public var hasAttachments: Bool
    public var isUnread: Bool
}

/// A message as a reader sees it.
public struct MailMessage: Sendable {
    public var summary: MailSummary
    public var cc: [MailAddress]
    public var bcc: [MailAddress]
    /// `Message-ID` without angle brackets.
    public var messageID: String?
    public var references: [String]
    public var text: String
    /// True where the message has no plain text and `text` was made from its HTML.
    public var isTextFromHTML: Bool
    public var attachments: [MailAttachment]
}

/// What became of a message that was handed over.
public struct MailReceipt: Sendable, Hashable {
    public var id: String
    public var account: String
    public var folder: MailFolder
    public var state: State
    /// True where the idempotency key was known: nothing was done this time, and this is the message of the first time.
    public var isRepeat: Bool
    /// What that means, in a sentence or two for the user.
    public var note: String

    public enum State: String, Sendable, Hashable {
        case draft
        /// In the outbox; no server has taken it.
        case queued
        /// Taken by a server.
        case sent
    }
}

/// A name that a caller gives to one sending, so that a repeated call does not send twice.
public struct IdempotencyKey: Sendable, Hashable {
    public let text: String

    /// - Throws: `MailInputError` where `text` is not 1 to 128 letters, digits and `-_.:`.
    public init(_ text: String) throws(MailInputError) {
        let isAllowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        guard isAllowed, (1...128).contains(text.utf8.count) else {
            throw .field("idempotencyKey", reason: "write 1 to 128 letters, digits or -_.: such as a UUID")
        }
        self.text = text
    }
}
