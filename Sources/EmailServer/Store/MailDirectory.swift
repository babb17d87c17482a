/// The files of an embedded mailbox below its data directory:
///
///     lock                 held by the one process that uses the mailbox
///     index.journal        the index; made again when it is missing
///     new/                 files that are being written
///     messages/inbox/      one .eml file for each message; also drafts/, outbox/, sent/
struct MailDirectory: Sendable {
    let root: String
    var storage: MailStorage

    static let folders: [MailFolder] = [.inbox, .drafts, .outbox, .sent]

    /// A file larger than that is not read.
    static let maximumMessageSize = 64 << 20

    var journalPath: String { "\(root)/index.journal" }
    private var newPath: String { "\(root)/new" }
    private var messagesPath: String { "\(root)/messages" }
    private func folderPath(_ folder: MailFolder) -> String { "\(messagesPath)/\(folder.rawValue)" }
    private func path(_ id: String, in folder: MailFolder) -> String { "\(folderPath(folder))/\(id).eml" }
    var temporaryJournal: String { "\(newPath)/index.journal" }

    /// Makes what is missing, and drops what a crash left half-written.
    /// - Parameter first: The messages of a new mailbox. They appear all or not at all.
    /// - Returns: True where the mailbox is new.
    func prepare(first: () -> [FirstMessage]) throws -> Bool {
        try storage.createDirectory(newPath)
        let staging = "\(newPath)/messages"
        for name in try storage.names(in: newPath) where name != "messages" { try storage.remove("\(newPath)/\(name)") }
        if storage.isDirectory(messagesPath) {
            for folder in Self.folders { try storage.createDirectory(folderPath(folder)) }
            return false
        }
        for folder in Self.folders {
            let directory = "\(staging)/\(folder.rawValue)"
            try storage.createDirectory(directory)
            for file in try storage.files(in: directory) { try storage.remove("\(directory)/\(file.name)") }
        }
        for message in first() {
            let directory = "\(staging)/\(message.folder.rawValue)"
            try storage.place(
                message.file, at: "\(directory)/\(message.id).eml", through: "\(newPath)/\(message.id).eml", in: directory)
        }
        try storage.sync(directory: staging)
        try storage.move(staging, to: messagesPath)
        try storage.sync(directory: root)
        return true
    }

    /// A message that a new mailbox begins with.
    struct FirstMessage: Sendable {
        var id: String
        var folder: MailFolder
        var file: [UInt8]
    }

    /// The messages that are there, by id; `skipped` are files whose names are no ids.
    func list() throws -> (files: [String: (folder: MailFolder, stamp: MailStorage.FileStamp)], skipped: [String]) {
        var files: [String: (folder: MailFolder, stamp: MailStorage.FileStamp)] = [:]
        var skipped: [String] = []
        for folder in Self.folders {
            for file in try storage.files(in: folderPath(folder)) where file.name.hasSuffix(".eml") {
                let id = String(file.name.dropLast(4))
                if Self.isID(id), files[id] == nil {
                    files[id] = (folder, file.stamp)
                } else {
                    skipped.append("\(folderPath(folder))/\(file.name)")
                }
            }
        }
        return (files, skipped)
    }

    private static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// `nil` where there is no such file.
    func stamp(_ id: String, in folder: MailFolder) -> MailStorage.FileStamp? { storage.stamp(of: path(id, in: folder)) }

    func read(_ id: String, in folder: MailFolder) throws -> [UInt8]? {
        try storage.read(path(id, in: folder), limit: Self.maximumMessageSize)
    }

    /// Adds a message; when this returns it is on the disk.
    func add(_ id: String, to folder: MailFolder, file: [UInt8]) throws {
        try storage.place(file, at: path(id, in: folder), through: "\(newPath)/\(id).eml", in: folderPath(folder))
    }
}
