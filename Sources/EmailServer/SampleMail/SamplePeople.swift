extension SampleMail {
    /// Colleagues and visitors, over the year.
    static func people(_ calendar: SampleCalendar) -> [SampleLetter] {
        [
            SampleLetter(
                key: "lunch", daysAgo: 3, time: "11:20", from: .ingrid, to: [.team], subject: "Soup on Thursday?",
                text: "The place at the fish market has its winter menu again. Who comes along on Thursday at twelve?\n\nIngrid",
                isUnread: true),
            SampleLetter(
                key: "offsite", daysAgo: 131, time: "9:40", from: .maya, to: [.team], subject: "Summer offsite: please vote",
                text: """
                    Two choices for the offsite:

                    A  cabins at Hardanger, two nights, bring boots
                    B  the old lighthouse, one night, bring nothing

                    Vote by answering with a letter. Last year three of you voted twice.

                    Maya
                    """),
            SampleLetter(
                key: "offsite-vote", daysAgo: 130, time: "8:12", to: [.maya], subject: "Re: Summer offsite: please vote",
                text: "B, once.\n\nRobin",
                answers: "offsite"),
            SampleLetter(
                key: "application", daysAgo: 62, time: "20:14", from: .sam, subject: "Application: packing line technician",
                text: """
                    Dear Robin Keller,

                    I would like to apply for the position that you announced. For six years I have kept two packing lines running at a
                    bakery in Galway; I read wiring diagrams and speak English, Irish and enough Norwegian to buy bread. My résumé is
                    attached.

                    Sam O'Neill
                    """,
                attachments: [
                    .pdf(
                        "Sam O'Neill résumé.pdf", title: "Sam O'Neill",
                        lines: [
                            "Packing line technician", "", "2019 to today: Claddagh Bakery, Galway",
                            "2015 to 2019: Corrib Plastics, Galway",
                        ])
                ]),
            SampleLetter(
                key: "application-answer", daysAgo: 60, time: "9:30", to: [.sam], subject: "Re: Application: packing line technician",
                text: "Dear Sam,\n\nthank you, that reads well. Could we talk by video next Tuesday at ten, our time?\n\nRobin Keller",
                answers: "application"),
            SampleLetter(
                key: "lease", daysAgo: 160, time: "10:00", from: .landlord, subject: "Lease of the packing hall: new terms",
                text: """
                    Dear Mr Keller,

                    the lease of hall 3 ends in six months. We offer to extend it by three years at EUR 6,300 a month (so far 6,000). The
                    roof will be insulated at our cost. Please let us know by the end of the quarter.

                    Harbour 12 Facilities
                    """,
                attachments: [
                    .pdf(
                        "lease-hall-3.pdf", title: "Lease of hall 3 (draft)",
                        lines: [
                            "Landlord: Harbour 12 Facilities, Ltd.", "Tenant: Fjordlight AS", "Term: 36 months", "Rent: EUR 6,300 a month",
                        ])
                ]),
            SampleLetter(
                key: "train", daysAgo: 104, time: "18:31", from: .rail, subject: "Your ticket Bergen - Oslo, booking FR8K2Q",
                text:
                    "Booking FR8K2Q\nBergen dep. 07:57, coach 4, seat 31 (window)\nOslo arr. 14:35\nThe ticket is valid with an identity card."
            ),
            SampleLetter(
                key: "safety", daysAgo: 283, time: "8:00", from: .tomas, to: [.team], cc: [.robin], subject: "Fire drill went well, nearly",
                text: """
                    Everybody was out after 2 minutes 40. Two things: the door by the kiln was locked from outside, and Ingrid went back
                    for her coffee. The door is mended.

                    Tomás
                    """),
            SampleLetter(
                key: "anniversary", daysAgo: 340, time: "13:13", from: .ingrid, to: [.team], cc: [.robin],
                subject: "Ten years of Fjordlight 🎂",
                text:
                    "Ten years ago today the first lamp left the garage, and came back because the plug was wrong.\nCake at three!\n\nIngrid"
            ),
            SampleLetter(
                key: "backup", daysAgo: 233, time: "15:50", to: [.hosting], subject: "Backup of our database",
                text:
                    "Hello,\n\nhow long are the nightly backups of the managed database kept, and can we restore one ourselves?\n\nRobin Keller"
            ),
            SampleLetter(
                key: "backup-answer", daysAgo: 232, time: "9:21", from: .hosting, subject: "Re: Backup of our database",
                text: """
                    Hello Robin,

                    backups are kept for 14 days. You can restore one yourself: Databases, Backups, Restore. It makes a new database and
                    leaves the running one alone.

                    Cloudberry Support
                    """, answers: "backup"),
        ]
    }
}
