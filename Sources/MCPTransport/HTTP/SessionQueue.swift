/// The sessions of a full registry in the order in which they end for new ones: the longest unused first, and those that somebody reads only where there are
/// no others.
///
/// To look at all of them costs time in proportion to their number, so that it happens once a second at most and not for each new one; in between, what has
/// been used since goes to the end. A value: sessions and time are given to it.
struct SessionQueue {
    private struct Entry {
        let id: String
        /// When it had been used last, when it was put here.
        let last: Int64
    }

    /// How long nobody looks at all sessions again, in milliseconds.
    private static let surveyInterval: Int64 = 1000

    private let limit: Int
    /// Those that nobody read.
    private var unread = Run()
    private var read = Run()
    private var nextSurvey: Int64 = .min
    /// How often all sessions were looked at.
    private(set) var surveys: Int
    /// How many entries are kept.
    var count: Int { unread.count + read.count }

    /// - Parameter limit: How many sessions there are in a full registry.
    init(limit: Int) { self.init(limit: limit, surveys: 0) }

    /// A session has been added, and is used last.
    mutating func append(_ session: HTTPSession) {
        // The next survey finds it by itself.
        guard nextSurvey != .min else { return }
        unread.entries.append(Entry(id: session.id, last: session.use.last))
        // Sessions may have come and gone without that there was no room: what has gathered from them is forgotten.
        if unread.count > 2 * limit + 16 { self = SessionQueue(limit: limit, surveys: surveys) }
    }

    private init(limit: Int, surveys: Int) {
        self.limit = limit
        self.surveys = surveys
    }

    /// The session that ends; it is taken out by whoever asked.
    mutating func next(of sessions: [String: HTTPSession], at now: Int64) -> HTTPSession? {
        if now >= nextSurvey { survey(sessions, now) }
        if let session = take(of: sessions) { return session }
        survey(sessions, now)
        return take(of: sessions)
    }

    private mutating func take(of sessions: [String: HTTPSession]) -> HTTPSession? {
        while let entry = unread.popFirst() {
            // One that is read now is found by the next survey.
            guard let session = sessions[entry.id], !session.isRead else { continue }
            let last = session.use.last
            guard last != entry.last else { return session }
            unread.entries.append(Entry(id: entry.id, last: last))
        }
        while let entry = read.popFirst() {
            if let session = sessions[entry.id] { return session }
        }
        return nil
    }

    private mutating func survey(_ sessions: [String: HTTPSession], _ now: Int64) {
        surveys += 1
        nextSurvey = now + Self.surveyInterval
        (unread, read) = (Run(), Run())
        for session in sessions.values {
            let entry = Entry(id: session.id, last: session.use.last)
            if session.isRead { read.entries.append(entry) } else { unread.entries.append(entry) }
        }
        unread.entries.sort { $0.last < $1.last }
        read.entries.sort { $0.last < $1.last }
    }

    /// Entries of which the first are taken.
    private struct Run {
        var entries: [Entry] = []
        private var first = 0

        var count: Int { entries.count - first }

        mutating func popFirst() -> Entry? {
            guard count > 0 else { return nil }
            let entry = entries[first]
            first += 1
            if first > count {
                entries.removeFirst(first)
                first = 0
            }
            return entry
        }
    }
}
