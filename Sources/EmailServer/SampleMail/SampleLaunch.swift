extension SampleMail {
    /// A product launch and what belongs to it: threads with several people.
    static func launch(_ calendar: SampleCalendar) -> [SampleLetter] {
        [
            SampleLetter(
                key: "launch-plan", daysAgo: 76, time: "9:00", from: .ingrid, to: [.robin, .tomas, .maya],
                subject: "Launch plan for the Nattlys lamp",
                text: """
                    Hi,

                    here is how I see the Nattlys launch:

                    1. Photos and texts ready four weeks before
                    2. Samples to Léa, Dana and the Mirador hotel three weeks before
                    3. Shop page live on the day, newsletter at ten

                    What worries me is the glass. Tomás, how many shades do we really have?

                    Ingrid
                    """),
            SampleLetter(
                key: "launch-glass", daysAgo: 76, time: "10:24", from: .tomas, to: [.ingrid], cc: [.robin, .maya],
                subject: "Re: Launch plan for the Nattlys lamp",
                text: "I counted 212 good ones and 31 with bubbles. For the launch we need 500. Everything depends on Jonas.\n\nTomás",
                answers: "launch-plan"),
            SampleLetter(
                key: "launch-decision", daysAgo: 75, time: "14:10", to: [.ingrid, .tomas], cc: [.maya],
                subject: "Re: Launch plan for the Nattlys lamp",
                text: """
                    I spoke with Jonas: 300 more shades by the end of the month, the rest two weeks later. So let us launch with pre-orders
                    and ship in two waves.

                    Robin
                    """, answers: "launch-glass"),
            SampleLetter(
                key: "launch-go", daysAgo: 75, time: "15:33", from: .ingrid, to: [.robin, .tomas], cc: [.maya],
                subject: "Re: Launch plan for the Nattlys lamp", text: "Pre-orders it is. I will change the page.\n\nIngrid",
                answers: "launch-decision"),
            SampleLetter(
                key: "launch-numbers", daysAgo: 27, time: "17:45", from: .ingrid, to: [.team], cc: [.robin],
                subject: "Nattlys: first week in numbers",
                text: "The first week: 186 pre-orders, 41 of them from Japan. The page is attached as it was sent.\n\nIngrid",
                html: """
                    <html><head><style>td { padding: 4px }</style></head><body>
                    <h2>Nattlys: first week in numbers</h2>
                    <p>The first week: <b>186</b> pre-orders, 41 of them from Japan.</p>
                    <table><tr><th>Country</th><th>Orders</th></tr><tr><td>Norway</td><td>77</td></tr><tr><td>Germany</td><td>52</td></tr>
                    <tr><td>Japan</td><td>41</td></tr><tr><td>Others</td><td>16</td></tr></table>
                    <p><a href="https://shop.fjordlight.example/nattlys">The shop page</a></p></body></html>
                    """),
            SampleLetter(
                key: "complaint", daysAgo: 9, time: "7:55", from: .dana, subject: "Two Nattlys lamps arrived broken",
                text: """
                    Hi Robin,

                    two of the six lamps for the Lakeside project came with cracked shades (order 10482). The boxes looked fine, I think
                    the foam is too thin at the top. Can you send replacements before the 28th? The opening is on the 30th.

                    Dana Whitlock
                    Whitlock Interiors, Portland
                    """, isUnread: true),
            SampleLetter(
                key: "complaint-internal", daysAgo: 9, time: "17:20", to: [.tomas], subject: "Cracked shades at Whitlock",
                text:
                    "Tomás, Dana got two cracked shades. Can we double the foam at the top from tomorrow on, and send her two by air?\n\nRobin"
            ),
            SampleLetter(
                key: "complaint-foam", daysAgo: 8, time: "8:31", from: .tomas, subject: "Re: Cracked shades at Whitlock",
                text: """
                    Done. 8 mm instead of 4, the drop test from one metre is fine now. The two replacements left with Northpost this morning,
                    number NP-40077-221.

                    Tomás
                    """, answers: "complaint-internal"),
            SampleLetter(
                key: "tracking", daysAgo: 8, time: "9:02", from: .northpost, subject: "Shipment NP-40077-221 is on its way",
                text:
                    "Your shipment NP-40077-221 to Portland, US has been picked up.\nExpected delivery: in 3 to 5 working days.\n\nNorthpost"
            ),
            SampleLetter(
                key: "warehouse", daysAgo: 48, time: "12:05", from: .tomas, subject: "Stock count on Saturday",
                text: """
                    We count the stock on Saturday at nine. I need four people and lots of coffee. The list from last time is attached, the
                    columns for this time are empty.

                    Tomás
                    """,
                attachments: [
                    .csv(
                        "stock-list.csv",
                        [
                            "part,last count,this count", "Shade N-20,243,", "Socket E27,1804,", "Driver DR-24,95,", "Cable 3 m,640,",
                            "Box large,310,",
                        ])
                ]),
            SampleLetter(
                key: "draft-dana", daysAgo: 7, time: "16:00", to: [.dana], subject: "Replacements for order 10482",
                text: "Hi Dana,\n\nI am sorry about the two shades. The replacements are on their way (NP-40077-221), and\n", isDraft: true),
        ]
    }
}
