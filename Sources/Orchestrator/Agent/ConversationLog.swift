import Foundation

/// A conversation in memory: its entries, and the latest events for pages that come back.
///
/// Every change makes one event with the next sequence, and says what the store must be told.
struct ConversationLog {
    private(set) var header: ConversationHeader
    private(set) var entries: [ChatEntry]
    private(set) var allowedTools: Set<ToolNameTable.Tool>
    /// The latest events, gapless, the last one of sequence `header.sequence`.
    private var recent: [ChatEvent] = []
    private var places: [String: Int]
    /// Pieces of text since the message was last stored.
    private var unstored = 0

    /// How many events a page may have missed and still get only these.
    static let eventLimit = 2000
    /// A message that is being written is stored after so many pieces.
    private static let storeInterval = 32

    init(_ stored: StoredConversation) {
        header = stored.header
        entries = stored.entries
        allowedTools = stored.allowedTools
        // Pieces of text are not stored one by one: after a restart no sequence may be given twice.
        if header.sequence > 0 { header.sequence += Self.eventLimit }
        places = Dictionary(stored.entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The conversation as an event; it has the sequence of the last event that it contains.
    ///
    /// - Parameter receipt: The page's message that it answers.
    func snapshotEvent(_ receipt: MessageReceipt? = nil) -> ChatEvent {
        let snapshot = ConversationSnapshot(
            summary: header.summary, entries: entries, isRunning: header.isRunning, usage: header.usage, receipt: receipt)
        return ChatEvent(conversation: header.id, sequence: header.sequence, content: .snapshot(snapshot))
    }

    /// The events after that sequence; nil where not all of them are still here.
    func events(after sequence: Int) -> [ChatEvent]? {
        if sequence == header.sequence { return [] }
        guard sequence < header.sequence, let first = recent.first, first.sequence <= sequence + 1 else { return nil }
        return recent.filter { $0.sequence > sequence }
    }

    func place(of id: String) -> Int? { places[id] }

    // MARK: Changes

    typealias Change = (event: ChatEvent, store: [StoreChange])

    mutating func add(_ entry: ChatEntry, at now: Date = Date()) -> Change {
        let place: Int
        if let known = places[entry.id] {
            place = known
            entries[known] = entry
        } else {
            place = entries.count
            entries.append(entry)
            places[entry.id] = place
        }
        header.updatedAt = now
        unstored = 0
        let event = next(.entry(entry))
        return (event, [.header(header), .entry(conversation: header.id, position: place, entry)])
    }

    /// Nil where no assistant message has that id.
    mutating func append(_ delta: String, to messageID: String) -> Change? {
        guard let place = places[messageID], case .assistant(var message) = entries[place] else { return nil }
        message.text += delta
        entries[place] = .assistant(message)
        let event = next(.text(messageID: messageID, delta: delta))
        unstored += 1
        guard unstored >= Self.storeInterval else { return (event, []) }
        unstored = 0
        return (event, [.header(header), .entry(conversation: header.id, position: place, .assistant(message))])
    }

    /// What the store has to be told of a message that is being written.
    mutating func unstoredText() -> [StoreChange] {
        guard unstored > 0, let place = entries.lastIndex(where: { if case .assistant = $0 { true } else { false } }) else { return [] }
        unstored = 0
        return [.header(header), .entry(conversation: header.id, position: place, entries[place])]
    }

    /// Questions of servers that nobody has answered.
    var openQuestions: [Elicitation] {
        entries.compactMap { if case .elicitation(let question) = $0, question.state == .waiting { question } else { nil } }
    }

    /// Nil where no tool call has that id.
    mutating func report(_ progress: ToolProgress, of callID: String) -> Change? {
        guard let place = places[callID], case .tool(var call) = entries[place], call.state == .running else { return nil }
        call.progress = progress
        entries[place] = .tool(call)
        return (next(.progress(callID: callID, progress)), [])
    }

    /// Nil where there is no such entry.
    mutating func truncate(from id: String) -> Change? {
        guard let place = places[id] else { return nil }
        for entry in entries[place...] { places[entry.id] = nil }
        entries.removeSubrange(place...)
        let event = next(.truncate(from: id))
        return (event, [.header(header), .truncate(conversation: header.id, from: place)])
    }

    mutating func startTurn() -> Change {
        header.isRunning = true
        let event = next(.turnStarted)
        return (event, [.header(header)])
    }

    mutating func finishTurn(_ reason: StopReason, usage: TokenUsage?) -> Change {
        header.isRunning = false
        if let usage {
            let before = header.usage ?? TokenUsage(inputTokens: 0, outputTokens: 0)
            header.usage = before + usage
        }
        let event = next(.turnFinished(reason, header.usage))
        return (event, [.header(header)])
    }

    mutating func allow(_ tool: ToolNameTable.Tool) -> [StoreChange] {
        allowedTools.insert(tool)
        return [.allow(conversation: header.id, tool)]
    }

    mutating func rename(_ title: String) -> [StoreChange] {
        header.title = title
        return [.header(header)]
    }

    private mutating func next(_ content: ChatEvent.Content) -> ChatEvent {
        header.sequence += 1
        let event = ChatEvent(conversation: header.id, sequence: header.sequence, content: content)
        recent.append(event)
        // Dropped in blocks, so that not every event moves all others.
        if recent.count > Self.eventLimit + 256 { recent.removeFirst(recent.count - Self.eventLimit) }
        return event
    }
}
