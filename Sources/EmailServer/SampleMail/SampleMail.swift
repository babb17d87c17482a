/// The mail that a new embedded mailbox begins with: a year in the life of Robin Keller, who runs operations at Fjordlight, a small maker
/// of lamps. All of it is invented; every domain ends in .example or is example.com (RFC 2606).
///
/// The same day gives the same mail, octet for octet.
enum SampleMail {
    static let owner = MailAddress(name: "Robin Keller", local: "robin", domain: "fjordlight.example")

    /// The messages in the order of their dates, with ids from `m000001`.
    /// - Parameter now: Seconds since 1970; only the day matters.
    static func messages(now: Int64) -> [MailDirectory.FirstMessage] {
        let calendar = SampleCalendar(now: now)
        let letters = (invoices(calendar) + launch(calendar) + people(calendar) + languages(calendar) + notices(calendar))
            .sorted { ($0.seconds(calendar), $0.key) < ($1.seconds(calendar), $1.key) }
        var known: [String: SampleLetter] = [:]
        for letter in letters { known[letter.key] = letter }
        return letters.enumerated().map { position, letter in
            let number = String(position + 1)
            let id = "m\(String(repeating: "0", count: 6 - number.count))\(number)"
            return .init(id: id, folder: letter.folder, file: letter.file(calendar, known))
        }
    }
}

/// One sample message.
struct SampleLetter: Sendable {
    /// Names the message for those that answer it.
    var key: String
    var daysAgo: Int
    /// Local time of the sender, for example `9:45`.
    var time: String
    var from: SamplePerson = .robin
    var to: [SamplePerson] = [.robin]
    var cc: [SamplePerson] = []
    var subject: String
    var text: String
    var html: String?
    var attachments: [SampleFile] = []
    /// The key of the message that this one answers.
    var answers: String?
    var isUnread = false
    var isDraft = false

    var folder: MailFolder { isDraft ? .drafts : from == .robin ? .sent : .inbox }

    func seconds(_ calendar: SampleCalendar) -> Int64 {
        let clock = time.split(separator: ":").compactMap { Int64($0) }
        return calendar.today - Int64(daysAgo) * 86400 + (clock.first ?? 0) * 3600 + (clock.last ?? 0) * 60 - Int64(from.offsetMinutes) * 60
    }

    func messageID(_ calendar: SampleCalendar) -> String { "\(key).\(seconds(calendar))@\(from.address.domain)" }

    func file(_ calendar: SampleCalendar, _ known: [String: SampleLetter]) -> [UInt8] {
        var references: [String] = []
        var earlier = answers.flatMap { known[$0] }
        while let letter = earlier {
            references.insert(letter.messageID(calendar), at: 0)
            earlier = letter.answers.flatMap { known[$0] }
        }
        let composer = MessageComposer(
            from: from.address, date: MailDate(seconds: seconds(calendar), offsetMinutes: from.offsetMinutes),
            messageID: messageID(calendar),
            to: to.map(\.address), cc: cc.map(\.address), subject: subject, text: text, html: html,
            attachments: attachments.compactMap {
                try? OutgoingAttachment(fileName: $0.name, mediaType: $0.mediaType, content: $0.content)
            },
            references: references, extraFields: folder == .inbox && !isUnread ? [("Status", "RO")] : [])
        return composer.message()
    }
}

/// A file that is attached to a sample message.
struct SampleFile: Sendable {
    var name: String
    var mediaType: String
    var content: [UInt8]
}

/// Days counted back from the one on which the mailbox was made.
struct SampleCalendar: Sendable {
    /// Midnight, UTC.
    let today: Int64

    init(now: Int64) { today = now - ((now % 86400) + 86400) % 86400 }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    /// For example `October 2026`.
    func month(_ daysAgo: Int) -> String {
        let day = CivilTime(seconds: today - Int64(daysAgo) * 86400)
        return "\(Self.months[day.month - 1]) \(day.year)"
    }

    /// For example `14 October 2026`.
    func day(_ daysAgo: Int) -> String { "\(CivilTime(seconds: today - Int64(daysAgo) * 86400).day) \(month(daysAgo))" }
}

/// Somebody who writes or gets sample mail.
struct SamplePerson: Sendable, Hashable {
    var address: MailAddress
    /// Minutes east of UTC where they live.
    var offsetMinutes: Int

    private init(_ name: String, _ local: String, _ domain: String, hours: Int = 1) {
        address = MailAddress(name: name, local: local, domain: domain)
        offsetMinutes = hours * 60
    }

    static let robin = SamplePerson("Robin Keller", "robin", "fjordlight.example")
    static let maya = SamplePerson("Maya Okafor", "maya", "fjordlight.example")
    static let tomas = SamplePerson("Tomás Rivera", "tomas", "fjordlight.example")
    static let ingrid = SamplePerson("Ingrid Sæther", "ingrid", "fjordlight.example")
    static let team = SamplePerson("Fjordlight Team", "team", "fjordlight.example")
    static let alice = SamplePerson("Alice Martin", "alice", "example.com", hours: 0)
    static let acme = SamplePerson("Acme Billing", "billing", "acme.example", hours: -5)
    static let acmeSales = SamplePerson("Acme Sales", "sales", "acme.example", hours: -5)
    static let jonas = SamplePerson("Jonas Weber", "weber", "glaswerk-harz.example")
    static let lea = SamplePerson("Léa Dubois", "lea.dubois", "atelier-lumiere.example")
    static let lucia = SamplePerson("Lucía Fernández", "lucia", "hotelmirador.example")
    static let yuki = SamplePerson("田中 由紀", "tanaka", "akari-shop.example", hours: 9)
    static let giulia = SamplePerson("Giulia Conti", "giulia.conti", "fieradellaluce.example")
    static let northpost = SamplePerson("Northpost Tracking", "no-reply", "northpost.example")
    static let hosting = SamplePerson("Cloudberry Hosting", "accounts", "cloudberry.example", hours: 0)
    static let landlord = SamplePerson("\"Harbour 12\" Facilities, Ltd.", "facilities", "harbour12.example")
    static let rail = SamplePerson("Fjord Rail", "tickets", "fjordrail.example")
    static let insurance = SamplePerson("Lantern Mutual", "service", "lanternmutual.example")
    static let newsletter = SamplePerson("The Lighting Weekly", "news", "lightingweekly.example", hours: 0)
    static let dana = SamplePerson("Dana Whitlock", "dana", "whitlock-interiors.example", hours: -8)
    static let sam = SamplePerson("Sam O'Neill", "sam.oneill", "example.com", hours: 0)
}
