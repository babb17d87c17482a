/// A property of `\p{…}` (ECMA-262 section 22.2.2.9, tables of non-binary and binary properties), as far as the standard
/// library knows it: general categories and the common binary properties, no scripts.
enum UnicodePropertyTest: Sendable {
    case any
    case categories(Set<Unicode.GeneralCategory>)
    case binary(@Sendable (Unicode.Scalar.Properties) -> Bool)
    case ascii

    func holds(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .any: true
        case .ascii: scalar.isASCII
        case .categories(let set): set.contains(scalar.properties.generalCategory)
        case .binary(let test): test(scalar.properties)
        }
    }

    /// The property of that name, with or without `General_Category=`; `nil` where it is not known.
    static func named(_ expression: String) -> UnicodePropertyTest? {
        var name = Substring(expression)
        for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
        if let categories = generalCategories[String(name)] { return .categories(Set(categories)) }
        return name.count == expression.count ? binaryProperties[expression] : nil
    }

    private static let binaryProperties: [String: UnicodePropertyTest] = [
        "Any": .any,
        "ASCII": .ascii,
        "Assigned": .binary { $0.generalCategory != .unassigned },
        "Alphabetic": .binary { $0.isAlphabetic }, "Alpha": .binary { $0.isAlphabetic },
        "Lowercase": .binary { $0.isLowercase }, "Lower": .binary { $0.isLowercase },
        "Uppercase": .binary { $0.isUppercase }, "Upper": .binary { $0.isUppercase },
        "White_Space": .binary { $0.isWhitespace }, "space": .binary { $0.isWhitespace },
        "ID_Start": .binary { $0.isIDStart }, "IDS": .binary { $0.isIDStart },
        "ID_Continue": .binary { $0.isIDContinue }, "IDC": .binary { $0.isIDContinue },
        "XID_Start": .binary { $0.isXIDStart }, "XIDS": .binary { $0.isXIDStart },
        "XID_Continue": .binary { $0.isXIDContinue }, "XIDC": .binary { $0.isXIDContinue },
        "Emoji": .binary { $0.isEmoji },
        "Emoji_Presentation": .binary { $0.isEmojiPresentation }, "EPres": .binary { $0.isEmojiPresentation },
        "Emoji_Modifier": .binary { $0.isEmojiModifier }, "EMod": .binary { $0.isEmojiModifier },
        "Math": .binary { $0.isMath },
        "Dash": .binary { $0.isDash },
        "Hex_Digit": .binary { $0.isHexDigit }, "Hex": .binary { $0.isHexDigit },
        "ASCII_Hex_Digit": .binary { $0.isASCIIHexDigit }, "AHex": .binary { $0.isASCIIHexDigit },
        "Ideographic": .binary { $0.isIdeographic }, "Ideo": .binary { $0.isIdeographic },
        "Diacritic": .binary { $0.isDiacritic }, "Dia": .binary { $0.isDiacritic },
        "Cased": .binary { $0.isCased },
        "Quotation_Mark": .binary { $0.isQuotationMark }, "QMark": .binary { $0.isQuotationMark },
    ]

    private static let generalCategories: [String: [Unicode.GeneralCategory]] = {
        let single: [(String, String, Unicode.GeneralCategory)] = [
            ("Lu", "Uppercase_Letter", .uppercaseLetter), ("Ll", "Lowercase_Letter", .lowercaseLetter),
            ("Lt", "Titlecase_Letter", .titlecaseLetter), ("Lm", "Modifier_Letter", .modifierLetter),
            ("Lo", "Other_Letter", .otherLetter), ("Mn", "Nonspacing_Mark", .nonspacingMark),
            ("Mc", "Spacing_Mark", .spacingMark), ("Me", "Enclosing_Mark", .enclosingMark),
            ("Nd", "Decimal_Number", .decimalNumber), ("Nl", "Letter_Number", .letterNumber),
            ("No", "Other_Number", .otherNumber), ("Pc", "Connector_Punctuation", .connectorPunctuation),
            ("Pd", "Dash_Punctuation", .dashPunctuation), ("Ps", "Open_Punctuation", .openPunctuation),
            ("Pe", "Close_Punctuation", .closePunctuation), ("Pi", "Initial_Punctuation", .initialPunctuation),
            ("Pf", "Final_Punctuation", .finalPunctuation), ("Po", "Other_Punctuation", .otherPunctuation),
            ("Sm", "Math_Symbol", .mathSymbol), ("Sc", "Currency_Symbol", .currencySymbol),
            ("Sk", "Modifier_Symbol", .modifierSymbol), ("So", "Other_Symbol", .otherSymbol),
            ("Zs", "Space_Separator", .spaceSeparator), ("Zl", "Line_Separator", .lineSeparator),
            ("Zp", "Paragraph_Separator", .paragraphSeparator), ("Cc", "Control", .control), ("Cf", "Format", .format),
            ("Cs", "Surrogate", .surrogate), ("Co", "Private_Use", .privateUse), ("Cn", "Unassigned", .unassigned),
        ]
        let groups: [(String, [String])] = [
            ("L", ["Letter"]), ("M", ["Mark", "Combining_Mark"]), ("N", ["Number"]), ("P", ["Punctuation", "punct"]),
            ("S", ["Symbol"]), ("Z", ["Separator"]), ("C", ["Other"]),
        ]
        var table: [String: [Unicode.GeneralCategory]] = [:]
        for (short, long, category) in single {
            table[short] = [category]
            table[long] = [category]
        }
        for (letter, names) in groups {
            let members = single.filter { $0.0.hasPrefix(letter) }.map(\.2)
            for name in [letter] + names { table[name] = members }
        }
        table["digit"] = table["Nd"]
        table["cntrl"] = table["Cc"]
        table["LC"] = [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]
        table["Cased_Letter"] = table["LC"]
        return table
    }()
}
