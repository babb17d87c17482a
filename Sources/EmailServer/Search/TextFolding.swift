import Foundation

/// Words as search compares them: without case and accents, so that "resume" finds "Résumé" and "strasse" finds "Straße".
enum TextFolding {
    /// The words of a text in order. A Chinese, Japanese or Korean character is a word of its own, because these scripts have no spaces.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        func finish() {
            if !word.isEmpty { words.append(String(word)) }
            word = String.UnicodeScalarView()
        }
        let scalars = Array(fold(text).unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if isIdeograph(scalar) {
                finish()
                words.append(String(scalar))
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                // The genitive of "Acme's" is no word.
                if scalar == "s", index > 0, scalars[index - 1] == "'" || scalars[index - 1] == "\u{2019}", word.isEmpty,
                    index + 1 == scalars.count || !scalars[index + 1].properties.isAlphabetic
                {
                    continue
                }
                word.append(scalar)
            } else {
                finish()
            }
        }
        finish()
        return words
    }

    static func fold(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        let folded = text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        var result = String.UnicodeScalarView()
        for scalar in folded.unicodeScalars {
            // Letters that Unicode does not decompose, and marks that were left.
            switch scalar {
            case "ß": result.append(contentsOf: "ss".unicodeScalars)
            case "ø", "Ø": result.append("o")
            case "æ", "Æ": result.append(contentsOf: "ae".unicodeScalars)
            case "œ", "Œ": result.append(contentsOf: "oe".unicodeScalars)
            case "ł", "Ł": result.append("l")
            case "đ", "Đ", "ð", "Ð": result.append("d")
            case "þ", "Þ": result.append(contentsOf: "th".unicodeScalars)
            case "ı": result.append("i")
            default: if scalar.properties.generalCategory != .nonspacingMark { result.append(scalar) }
            }
        }
        return String(result)
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
        default: false
        }
    }

    /// Words that say how one asks and not what for; they count only where a query has nothing else.
    static let stopWords: Set<String> = Set(
        """
        a about all am an and any are as at be been but by can could did do does email emails e for find from get give had has have he her \
        his how i if in into is it its last latest let list look mail mails mailbox me message messages my not of on or our out please \
        search see send sent she show some tell than that the their them there these they this to up us was we were what when where \
        which who will with would you your \
        der die das den dem des ein eine einen einer und oder von vom zu zum zur mit fur im in ist sind war ich mir mein meine meinen nach suche zeig \
        le la les un une des du de et ou pour dans sur est sont mon ma mes moi avec cherche trouve montre \
        el los las unos y o por para con en es son mi mis que busca buscar muestra
        """.split(separator: " ").map(String.init))
}
