extension SampleMail {
    /// Orders, invoices and money.
    static func invoices(_ calendar: SampleCalendar) -> [SampleLetter] {
        [
            SampleLetter(
                key: "acme-order", daysAgo: 41, time: "10:12", from: .acmeSales, subject: "Order confirmation PO-7731",
                text: """
                    Hello Robin,

                    thank you for your order PO-7731: 1,200 LED drivers DR-24 and 300 dimmer boards DM-3. Both ship from our warehouse
                    in Toledo within ten working days. Our billing department will write to you when the goods have left.

                    Kind regards
                    Priya Nair, Acme Sales
                    """),
            SampleLetter(
                key: "acme-invoice", daysAgo: 19, time: "8:30", from: .acme, cc: [.maya],
                subject: "Invoice ACM-2041 from Acme, due \(calendar.day(-11))",
                text: """
                    Dear Robin Keller,

                    please find attached invoice ACM-2041 for your order PO-7731.

                      1,200  LED driver DR-24      USD 3,480.00
                        300  Dimmer board DM-3     USD 1,140.00
                             Freight to Bergen     USD   200.00
                             Total                 USD 4,820.00

                    Payment is due within 30 days, by \(calendar.day(-11)). Please quote ACM-2041 with your transfer.

                    Acme Supplies Inc., Accounts Receivable
                    """,
                attachments: [
                    .pdf(
                        "Invoice-ACM-2041.pdf", title: "Acme Supplies Inc. - Invoice ACM-2041",
                        lines: [
                            "Bill to: Fjordlight AS, Harbour 12, Bergen", "Order: PO-7731", "Date: \(calendar.day(19))", "",
                            "1,200 x LED driver DR-24 (USD 2.90)      3,480.00", "300 x Dimmer board DM-3 (USD 3.80)       1,140.00",
                            "Freight to Bergen                          200.00", "",
                            "Total USD 4,820.00, due \(calendar.day(-11))",
                        ])
                ], isUnread: true),
            SampleLetter(
                key: "acme-forward", daysAgo: 18, time: "9:05", to: [.maya], subject: "Paying Acme",
                text: """
                    Maya, the bill for the drivers came yesterday (ACM-2041, USD 4,820). The quantities are right, I counted the boxes
                    with Tomás. Can it go into the run at the end of the month?

                    Robin
                    """),
            SampleLetter(
                key: "acme-forward-answer", daysAgo: 18, time: "11:47", from: .maya, subject: "Re: Paying Acme",
                text: "It is in the run. I split the freight off to the logistics account, shout if you disagree.\n\nMaya",
                answers: "acme-forward"),
            SampleLetter(
                key: "hosting-invoice", daysAgo: 24, time: "3:02", from: .hosting,
                subject: "Your Cloudberry invoice for \(calendar.month(24))",
                text: """
                    Hi Robin Keller,

                    your monthly invoice CB-118205 over EUR 64.90 (2 virtual machines, 1 managed database) has been charged to the card
                    that ends in 4410. There is nothing you need to do.

                    Cloudberry Hosting
                    """),
            SampleLetter(
                key: "hosting-invoice-earlier", daysAgo: 54, time: "3:02", from: .hosting,
                subject: "Your Cloudberry invoice for \(calendar.month(54))",
                text: """
                    Hi Robin Keller,

                    your monthly invoice CB-117440 over EUR 64.90 (2 virtual machines, 1 managed database) has been charged to the card
                    that ends in 4410. There is nothing you need to do.

                    Cloudberry Hosting
                    """),
            SampleLetter(
                key: "budget", daysAgo: 33, time: "16:20", from: .maya, to: [.robin, .tomas, .ingrid],
                subject: "Budget for next year, first draft",
                text: """
                    Hi all,

                    attached is the first draft. The big changes: tooling goes down (the aluminium mould is paid), trade fairs go up
                    because of Milan, and I put 40,000 aside for a second packing line. Please send me your corrections by Friday.

                    Maya
                    """,
                attachments: [
                    .csv(
                        "budget-draft-1.csv",
                        [
                            "area,this year,next year", "Materials,412000,430000", "Tooling,95000,38000", "Trade fairs,21000,46000",
                            "Packing line,0,40000", "Salaries,640000,668000", "Rent,72000,75600",
                        ])
                ]),
            SampleLetter(
                key: "budget-answer", daysAgo: 32, time: "10:02", to: [.maya], cc: [.tomas, .ingrid],
                subject: "Re: Budget for next year, first draft",
                text: "Looks right to me. For Materials please plan 445,000: glass goes up by 4 % in spring (Jonas told me so).\n\nRobin",
                answers: "budget"),
            SampleLetter(
                key: "accountant", daysAgo: 12, time: "13:40", from: .alice, subject: "Documents for the annual accounts",
                text: """
                    Dear Robin,

                    to close the books I still need from you:

                    - the stock list as of the last day of the quarter
                    - a summary of open supplier bills
                    - the lease for the packing hall

                    A short summary by email is enough for now. I am in the office until the 20th.

                    Best wishes
                    Alice Martin
                    """, isUnread: true),
            SampleLetter(
                key: "expenses", daysAgo: 97, time: "9:15", from: .maya, subject: "Missing receipts for Milan",
                text: """
                    Robin, two receipts are missing from your Milan trip: the taxi on the second evening and the dinner with Giulia. A photo
                    is fine.

                    Maya
                    """),
            SampleLetter(
                key: "insurance", daysAgo: 201, time: "11:00", from: .insurance, subject: "Your policy LM-55-2087 has been renewed",
                text: """
                    Dear customer,

                    your business contents policy LM-55-2087 has been renewed for twelve months. The premium of EUR 1,318.00 will be
                    collected on the 1st of next month. The conditions have not changed.

                    Lantern Mutual
                    """),
        ]
    }
}
