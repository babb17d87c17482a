extension SampleMail {
    /// Mail that no person wrote: newsletters and notices.
    static func notices(_ calendar: SampleCalendar) -> [SampleLetter] {
        [
            SampleLetter(
                key: "weekly", daysAgo: 5, time: "6:00", from: .newsletter, subject: "The Lighting Weekly: warm light, cold numbers",
                text: "",
                html: """
                    <!DOCTYPE html><html><head><title>The Lighting Weekly</title><style>h1 { color: #b35a00 }</style></head><body>
                    <h1>Warm light, cold numbers</h1>
                    <p>Sales of table lamps rose by 6&nbsp;% this quarter, while ceiling lamps stood still. Small makers did better than
                    large ones.</p>
                    <ul><li>Why 2700&nbsp;K is still the favourite</li><li>Mending instead of replacing: new rules for drivers</li>
                    <li>Interview: &ldquo;A lamp is a piece of evening&rdquo;</li></ul>
                    <p><a href="https://lightingweekly.example/issues/412">Read it in the browser</a> or
                    <a href="https://lightingweekly.example/unsubscribe">unsubscribe</a>.</p></body></html>
                    """, isUnread: true),
            SampleLetter(
                key: "status", daysAgo: 88, time: "4:44", from: .hosting, subject: "Maintenance window on Sunday, 02:00 to 04:00 UTC",
                text:
                    "On Sunday we replace a network switch. Your virtual machines may be unreachable for up to five minutes.\n\nCloudberry Hosting"
            ),
            SampleLetter(
                key: "meter", daysAgo: 251, time: "10:30", from: .landlord, subject: "Reading of the electricity meters",
                text:
                    "The meters in hall 3 will be read on Wednesday between 9 and 11. Please leave the door to the switch room open.\n\nHarbour 12"
            ),
        ]
    }
}
