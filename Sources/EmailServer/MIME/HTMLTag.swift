/// One tag of HTML as found in mail.
struct HTMLTag {
    var name = ""
    var isEnd = false
    var attributes: [String: String] = [:]

    /// Reads the tag at `index`, a `<`, and moves behind it. Declarations have an empty name.
    init(_ source: [Unicode.Scalar], at index: inout Int) {
        index += 1
        if index < source.count, source[index] == "/" {
            isEnd = true
            index += 1
        }
        while index < source.count, source[index].properties.isAlphabetic || ("0"..."9").contains(source[index]) {
            name += source[index].properties.lowercaseMapping
            index += 1
        }
        while index < source.count, source[index] != ">" {
            if source[index].properties.isWhitespace || source[index] == "/" {
                index += 1
                continue
            }
            let start = index
            let key = Self.token(source, &index) { $0 == "=" || $0 == ">" || $0 == "/" || $0.properties.isWhitespace }.lowercased()
            while index < source.count, source[index].properties.isWhitespace { index += 1 }
            if index < source.count, source[index] == "=" {
                index += 1
                while index < source.count, source[index].properties.isWhitespace { index += 1 }
                let value: String
                if index < source.count, source[index] == "\"" || source[index] == "'" {
                    let quote = source[index]
                    index += 1
                    value = Self.token(source, &index) { $0 == quote }
                    index = min(index + 1, source.count)
                } else {
                    value = Self.token(source, &index) { $0 == ">" || $0.properties.isWhitespace }
                }
                if attributes.count < 50 { attributes[key] = HTMLEntities.decode(value) }
            } else if attributes.count < 50 {
                attributes[key] = ""
            }
            if index == start { index += 1 }
        }
        index = min(index + 1, source.count)
    }

    private static func token(_ source: [Unicode.Scalar], _ index: inout Int, until end: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        while index < source.count, !end(source[index]) {
            text.append(source[index])
            index += 1
        }
        return String(text)
    }

    /// Elements whose content is not markup.
    static let rawText: Set<String> = ["script", "style", "title", "textarea", "noscript", "template"]

    var isVoid: Bool { ["br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source"].contains(name) }

    /// Whether a browser would not show the element.
    var isHidden: Bool {
        if Self.rawText.contains(name) || attributes["hidden"] != nil { return true }
        guard let style = attributes["style"]?.lowercased().filter({ !$0.isWhitespace }) else { return false }
        return ["display:none", "visibility:hidden", "font-size:0", "opacity:0"].contains { rule in
            guard let range = style.firstRange(of: rule) else { return false }
            // `font-size:0.9em` and `opacity:0.5` are shown.
            return !(rule.hasSuffix("0") && style[range.upperBound...].first == ".")
        }
    }

    /// How many line ends there are at least around an element.
    static func breaks(_ name: String) -> Int {
        switch name {
        case "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table": 2
        case "div", "tr", "section", "article", "header", "footer", "dl", "dt", "dd", "form", "body", "li", "address", "main": 1
        default: 0
        }
    }
}

/// Character references of HTML: the numeric ones and the names that mail really uses.
enum HTMLEntities {
    static func decode(_ text: String) -> String {
        guard text.contains("&") else { return text }
        let source = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < source.count {
            if source[index] == "&" {
                let (scalars, next) = decode(source, at: index)
                result.append(contentsOf: scalars)
                index = next
            } else {
                result.append(source[index])
                index += 1
            }
        }
        return String(result)
    }

    /// What the reference at `index` stands for, and where it ends; the ampersand itself where there is none.
    static func decode(_ source: [Unicode.Scalar], at index: Int) -> ([Unicode.Scalar], Int) {
        let body = source[(index + 1)...].prefix(32).prefix { $0 != ";" && $0 != "&" && $0 != "<" && !$0.properties.isWhitespace }
        guard body.endIndex < source.count, source[body.endIndex] == ";" else { return (["&"], index + 1) }
        let name = String(String.UnicodeScalarView(body))
        if name.hasPrefix("#") {
            let digits = name.dropFirst()
            let code = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            guard let code, let scalar = Unicode.Scalar(code), code != 0 else { return (["\u{FFFD}"], body.endIndex + 1) }
            return ([scalar], body.endIndex + 1)
        }
        guard let scalar = named[name] else { return (["&"], index + 1) }
        return ([scalar], body.endIndex + 1)
    }

    private static let named: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "iexcl": "¡", "cent": "¢", "pound": "£", "yen": "¥",
        "sect": "§", "copy": "©", "laquo": "«", "raquo": "»", "reg": "®", "deg": "°", "plusmn": "±", "para": "¶", "middot": "·",
        "iquest": "¿",
        "frac12": "½", "frac14": "¼", "frac34": "¾", "times": "×", "divide": "÷", "szlig": "ß", "euro": "€", "trade": "™", "hellip": "…",
        "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’", "sbquo": "‚", "ldquo": "“", "rdquo": "”", "bdquo": "„", "bull": "•",
        "larr": "←", "rarr": "→", "shy": "\u{AD}", "zwnj": "\u{200C}", "zwj": "\u{200D}", "ensp": " ", "emsp": " ", "thinsp": " ",
        "agrave": "à", "aacute": "á", "acirc": "â", "atilde": "ã", "auml": "ä", "aring": "å", "aelig": "æ", "ccedil": "ç", "egrave": "è",
        "eacute": "é", "ecirc": "ê", "euml": "ë", "igrave": "ì", "iacute": "í", "icirc": "î", "iuml": "ï", "ntilde": "ñ", "ograve": "ò",
        "oacute": "ó", "ocirc": "ô", "otilde": "õ", "ouml": "ö", "oslash": "ø", "ugrave": "ù", "uacute": "ú", "ucirc": "û", "uuml": "ü",
        "yacute": "ý", "yuml": "ÿ", "oelig": "œ", "scaron": "š", "Agrave": "À", "Aacute": "Á", "Acirc": "Â", "Atilde": "Ã", "Auml": "Ä",
        "Aring": "Å", "AElig": "Æ", "Ccedil": "Ç", "Egrave": "È", "Eacute": "É", "Ecirc": "Ê", "Euml": "Ë", "Igrave": "Ì", "Iacute": "Í",
        "Icirc": "Î", "Iuml": "Ï", "Ntilde": "Ñ", "Ograve": "Ò", "Oacute": "Ó", "Ocirc": "Ô", "Otilde": "Õ", "Ouml": "Ö", "Oslash": "Ø",
        "Ugrave": "Ù", "Uacute": "Ú", "Ucirc": "Û", "Uuml": "Ü", "Yacute": "Ý", "OElig": "Œ", "Scaron": "Š",
    ]
}
