/// Turns the HTML of a message into text that can be read, searched and shown without a browser.
///
/// Nothing is fetched or run. What a browser would not show (styles, scripts, comments, hidden elements) is left out: text that people
/// cannot see has no business in front of a model either.
enum HTMLText {
    /// More HTML than that is cut off.
    static let maximumLength = 2_000_000

    static func text(of html: String) -> String {
        var reader = Reader(Array(html.unicodeScalars.prefix(maximumLength)))
        return reader.read()
    }

    private struct Reader {
        let source: [Unicode.Scalar]
        var index = 0
        var output: [Unicode.Scalar] = []
        var pendingSpace = false
        var lineBreaks = 2
        /// The elements whose content is not shown, innermost last.
        var hidden: [String] = []
        var preformatted = 0
        var links: [(target: String, start: Int)] = []

        init(_ source: [Unicode.Scalar]) { self.source = source }

        mutating func read() -> String {
            while index < source.count {
                switch source[index] {
                case "<" where startsTag: tag()
                case "&":
                    let (scalars, next) = HTMLEntities.decode(source, at: index)
                    index = next
                    scalars.forEach { emit($0) }
                default:
                    emit(source[index])
                    index += 1
                }
            }
            return String(String.UnicodeScalarView(output)).trimmed
        }

        var startsTag: Bool {
            guard index + 1 < source.count else { return false }
            let next = source[index + 1]
            return next == "/" || next == "!" || next == "?" || next.properties.isAlphabetic
        }

        mutating func emit(_ scalar: Unicode.Scalar) {
            guard hidden.isEmpty else { return }
            if preformatted > 0, scalar == "\n" {
                output.append("\n")
                return
            }
            // U+00A0 counts as a space here; zero-width characters are used to hide text from filters.
            if scalar.properties.isWhitespace || scalar == "\u{A0}" {
                if preformatted > 0 { put(" ") } else { pendingSpace = true }
            } else if !scalar.isControl, !(0x200B...0x200D).contains(scalar.value), scalar.value != 0xFEFF, scalar.value != 0xAD {
                if pendingSpace, lineBreaks == 0 { put(" ") }
                pendingSpace = false
                put(scalar)
            }
        }

        private mutating func put(_ scalar: Unicode.Scalar) {
            output.append(scalar)
            lineBreaks = 0
        }

        mutating func breakLines(_ count: Int) {
            guard hidden.isEmpty else { return }
            pendingSpace = false
            while lineBreaks < count {
                output.append("\n")
                lineBreaks += 1
            }
        }

        mutating func tag() {
            if source[index...].starts(with: "<!--".unicodeScalars) {
                index += 4
                while index < source.count, !source[index...].starts(with: "-->".unicodeScalars) { index += 1 }
                index = min(index + 3, source.count)
                return
            }
            let tag = HTMLTag(source, at: &index)
            guard !tag.name.isEmpty else { return }
            if tag.isEnd { close(tag.name) } else { open(tag) }
        }

        mutating func open(_ tag: HTMLTag) {
            // A paragraph ends where the next block begins, with or without an end tag.
            if hidden == ["p"], HTMLTag.breaks(tag.name) > 0 { hidden = [] }
            if !hidden.isEmpty || tag.isHidden {
                // Only an element that has an end can hide what follows; nesting of the same name is counted.
                if !tag.isVoid, hidden.isEmpty || hidden.last == tag.name { hidden.append(tag.name) }
                if HTMLTag.rawText.contains(tag.name) { skipRawText(tag.name) }
                return
            }
            switch tag.name {
            case "br":
                lineBreaks = min(lineBreaks, 1)
                breakLines(lineBreaks + 1)
            case "li":
                breakLines(1)
                put("-")
                put(" ")
            case "td", "th": if lineBreaks == 0 { put("\t") }
            case "img": tag.attributes["alt"].map { $0.unicodeScalars.forEach { emit($0) } }
            case "pre":
                breakLines(1)
                preformatted += 1
            case "a": links.append((tag.attributes["href"] ?? "", output.count))
            case "hr":
                breakLines(1)
                "---".unicodeScalars.forEach { put($0) }
                breakLines(1)
            default: breakLines(HTMLTag.breaks(tag.name))
            }
        }

        mutating func close(_ name: String) {
            if let last = hidden.last {
                if last == name { hidden.removeLast() }
                return
            }
            switch name {
            case "a": if let link = links.popLast() { show(link) }
            case "pre":
                preformatted = max(0, preformatted - 1)
                breakLines(1)
            default: breakLines(HTMLTag.breaks(name))
            }
        }

        /// The target after the words of a link, so that a reader sees where it really leads.
        private mutating func show(_ link: (target: String, start: Int)) {
            let target = link.target.asReadableLine
            guard target.hasPrefix("http://") || target.hasPrefix("https://") || target.hasPrefix("mailto:") else { return }
            let label = String(String.UnicodeScalarView(output.dropFirst(link.start))).trimmed
            guard !label.isEmpty, label != target, "mailto:" + label != target else { return }
            " (\(target.prefix(500)))".unicodeScalars.forEach { put($0) }
        }

        mutating func skipRawText(_ name: String) {
            let end = Array("</\(name)".unicodeScalars)
            while index < source.count {
                if source[index] == "<", index + end.count <= source.count,
                    zip(source[index...], end).allSatisfy({ $0.properties.lowercaseMapping == String($1) })
                {
                    return
                }
                index += 1
            }
        }
    }
}
