extension SampleMail {
    /// Customers and suppliers who write in other languages.
    static func languages(_ calendar: SampleCalendar) -> [SampleLetter] {
        [
            SampleLetter(
                key: "glass-price", daysAgo: 38, time: "9:10", from: .jonas, subject: "Preiserhöhung für Opalglas ab April",
                text: """
                    Guten Tag Robin,

                    leider müssen wir die Preise für Opalglas zum 1. April um 4 % erhöhen, die Energie ist wieder teurer geworden. Für
                    Bestellungen, die bis Ende Februar eingehen, gilt noch der alte Preis. Die neue Preisliste schicke ich nächste Woche.

                    Herzliche Grüße aus dem Harz
                    Jonas Weber
                    """),
            SampleLetter(
                key: "glass-delivery", daysAgo: 52, time: "7:48", from: .jonas, subject: "Lieferung der Schirme N-20: 300 Stück unterwegs",
                text: """
                    Hallo Robin,

                    300 Schirme N-20 sind heute früh verladen worden, die übrigen 200 folgen in zwei Wochen. Bitte prüft diesmal gleich beim
                    Abladen auf Blasen im Glas. Die Straße über den Pass ist frei.

                    Viele Grüße, Jonas
                    """),
            SampleLetter(
                key: "glass-thanks", daysAgo: 51, time: "9:33", to: [.jonas],
                subject: "Re: Lieferung der Schirme N-20: 300 Stück unterwegs",
                text: "Hallo Jonas,\n\ndanke, alle 300 sind heil angekommen, keine einzige Blase!\n\nRobin", answers: "glass-delivery"),
            SampleLetter(
                key: "atelier", daysAgo: 66, time: "16:05", from: .lea, subject: "Échantillons pour la vitrine de Noël",
                text: """
                    Bonjour Robin,

                    merci pour les échantillons : la lampe est encore plus belle « en vrai ». J'aimerais en mettre douze dans la vitrine de
                    Noël. Pourriez-vous me les livrer avant le 15 ? Et auriez-vous un câble textile rouge ?

                    À bientôt,
                    Léa Dubois
                    Atelier Lumière, Nantes
                    """),
            SampleLetter(
                key: "mirador", daysAgo: 15, time: "12:30", from: .lucia, subject: "Presupuesto para 80 lámparas de mesilla",
                text: """
                    Estimado Robin:

                    Estamos renovando las habitaciones del hotel y necesitamos 80 lámparas de mesilla, a ser posible antes del verano. ¿Nos
                    puede enviar un presupuesto con el plazo de entrega? ¿Hay descuento a partir de 50 unidades?

                    Un saludo cordial,
                    Lucía Fernández
                    Hotel Mirador, Málaga
                    """, isUnread: true),
            SampleLetter(
                key: "akari", daysAgo: 22, time: "10:15", from: .yuki, subject: "ランプの追加注文について",
                text: """
                    ロビン様

                    いつもお世話になっております。先日届いたランプは大変好評で、もう売り切れました。
                    追加で二十個を注文したいのですが、納期はいつ頃になりますでしょうか。

                    田中 由紀
                    あかりショップ
                    """, isUnread: true),
            SampleLetter(
                key: "fair", daysAgo: 118, time: "11:55", from: .giulia, subject: "Fiera della Luce: il vostro stand è confermato",
                text: """
                    Gentile Robin Keller,

                    siamo lieti di confermare lo stand B 214 (12 m²) alla Fiera della Luce di Milano. L'allestimento è possibile dal giorno
                    prima, dalle ore 8. La elettricità è compresa, perché senza luce non c'è fiera!

                    Cordiali saluti,
                    Giulia Conti
                    """),
        ]
    }
}
