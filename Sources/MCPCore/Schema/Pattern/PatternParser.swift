/// The syntax tree of a pattern. Greedy and lazy quantifiers are the same here: whether there is a match does not depend on it.
indirect enum PatternExpression: Sendable {
    case empty
    case scalar(Unicode.Scalar)
    /// An index into the parser's `classes`.
    case characters(Int)
    case start, end, wordBoundary, noWordBoundary
    case sequence([PatternExpression])
    case alternatives([PatternExpression])
    case repeated(PatternExpression, minimum: Int, maximum: Int?)
}

/// Reads the pattern syntax of ECMA-262 section 22.2.1 with the `u` flag, and forgives what its Annex B forgives in practice:
/// escaped punctuation and a literal `{`, `}` or `]`.
struct PatternParser {
    private let source: String
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private(set) var classes: [PatternCharacterSet] = []

    /// Groups may nest this deep; the tree is walked recursively.
    private static let maximumDepth = 100

    init(_ source: String) {
        self.source = source
        scalars = Array(source.unicodeScalars)
    }

    mutating func parse() throws(SchemaPatternError) -> PatternExpression {
        let expression = try disjunction()
        if position < scalars.count { throw error("unmatched \")\"; escape it as \"\\)\" to match a parenthesis") }
        return expression
    }

    func error(_ reason: String) -> SchemaPatternError {
        SchemaPatternError(pattern: source, offset: position, reason: reason)
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private func follows(_ text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    private mutating func disjunction() throws(SchemaPatternError) -> PatternExpression {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth { throw error("groups are nested more than \(Self.maximumDepth) deep") }
        var branches = [try alternative()]
        while take("|") { branches.append(try alternative()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func alternative() throws(SchemaPatternError) -> PatternExpression {
        var terms: [PatternExpression] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let (atom, canRepeat) = try term()
            terms.append(canRepeat ? try quantified(atom) : atom)
        }
        return terms.count == 1 ? terms[0] : terms.isEmpty ? .empty : .sequence(terms)
    }

    private mutating func term() throws(SchemaPatternError) -> (PatternExpression, canRepeat: Bool) {
        let scalar = scalars[position]
        switch scalar {
        case "^":
            position += 1
            return (.start, false)
        case "$":
            position += 1
            return (.end, false)
        case "(": return (try group(), true)
        case "[": return (try characterClass(), true)
        case ".":
            position += 1
            return (add(PatternCharacterSet(PatternCharacterSet.lineTerminators, inverted: true)), true)
        case "*", "+", "?": throw error("nothing to repeat before \"\(scalar)\"; escape it as \"\\\(scalar)\" to match it")
        case "{" where bounds() != nil: throw error("nothing to repeat before \"{\"")
        case "\\":
            position += 1
            if take("b") { return (.wordBoundary, false) }
            if take("B") { return (.noWordBoundary, false) }
            switch try escape(inClass: false) {
            case .scalar(let scalar): return (.scalar(scalar), true)
            case .ranges(let ranges): return (add(PatternCharacterSet(ranges)), true)
            case .property(let test, let inverted):
                return (add(PatternCharacterSet(properties: [(test, inverted)])), true)
            }
        default:
            position += 1
            return (.scalar(scalar), true)
        }
    }

    private mutating func add(_ set: PatternCharacterSet) -> PatternExpression {
        classes.append(set)
        return .characters(classes.count - 1)
    }

    private mutating func group() throws(SchemaPatternError) -> PatternExpression {
        for (opening, name) in [("(?=", "lookahead"), ("(?!", "lookahead"), ("(?<=", "lookbehind"), ("(?<!", "lookbehind")]
        where follows(opening) {
            throw error(
                "\(name) (\"\(opening)\") is not supported, since it cannot be matched in linear time; "
                    + "use anchors, or several patterns in allOf and not")
        }
        position += 1
        if take("?") {
            if take("<") {
                let start = position
                while let scalar = next, scalar != ">" {
                    guard scalar == "$" || scalar == "_" || scalar.properties.isIDContinue else { break }
                    position += 1
                }
                guard position > start, take(">") else { throw error("a group name must be letters, digits and _ between < and >") }
            } else if !take(":") {
                throw error("\"(?\" must be followed by \":\" or \"<name>\"; inline flags are not supported")
            }
        }
        let inner = try disjunction()
        guard take(")") else { throw error("a group is not closed; add \")\", or escape \"(\" as \"\\(\"") }
        // A group of its own so that a quantifier applies to all of it.
        return .sequence([inner])
    }

    private mutating func quantified(_ atom: PatternExpression) throws(SchemaPatternError) -> PatternExpression {
        let range: (Int, Int?)
        if take("*") {
            range = (0, nil)
        } else if take("+") {
            range = (1, nil)
        } else if take("?") {
            range = (0, 1)
        } else if let found = bounds() {
            position = found.end
            range = (found.minimum, found.maximum)
            if let maximum = found.maximum, maximum < found.minimum { throw error("the bounds of {n,m} are out of order") }
        } else {
            return atom
        }
        _ = take("?")
        if let scalar = next, scalar == "*" || scalar == "+" || scalar == "?" || bounds() != nil {
            throw error("a quantifier cannot follow a quantifier; put the first in a group (?:…)")
        }
        return .repeated(atom, minimum: range.0, maximum: range.1)
    }

    /// The bounds at the current position when they read `{n}`, `{n,}` or `{n,m}`.
    private func bounds() -> (minimum: Int, maximum: Int?, end: Int)? {
        guard next == "{" else { return nil }
        var index = position + 1
        func number() -> Int? {
            let start = index
            var value = 0
            while index < scalars.count, let digit = scalars[index].decimalDigit {
                value = min(value * 10 + digit, 1_000_000_000)
                index += 1
            }
            return index > start ? value : nil
        }
        guard let minimum = number(), index < scalars.count else { return nil }
        var maximum: Int? = minimum
        if scalars[index] == "," {
            index += 1
            maximum = number()
        }
        guard index < scalars.count, scalars[index] == "}" else { return nil }
        return (minimum, maximum, index + 1)
    }

    // MARK: Escapes

    private enum Escape {
        case scalar(Unicode.Scalar)
        case ranges([ClosedRange<UInt32>])
        case property(UnicodePropertyTest, inverted: Bool)
    }

    /// Reads what follows a backslash.
    private mutating func escape(inClass: Bool) throws(SchemaPatternError) -> Escape {
        guard let scalar = next else { throw error("the pattern ends in a backslash; write \"\\\\\" to match one") }
        position += 1
        switch scalar {
        case "d": return .ranges(PatternCharacterSet.digits)
        case "D": return .ranges(PatternCharacterSet.complement(of: PatternCharacterSet.digits))
        case "w": return .ranges(PatternCharacterSet.word)
        case "W": return .ranges(PatternCharacterSet.complement(of: PatternCharacterSet.word))
        case "s": return .ranges(PatternCharacterSet.space)
        case "S": return .ranges(PatternCharacterSet.complement(of: PatternCharacterSet.space))
        case "p", "P": return try property(inverted: scalar == "P")
        case "t": return .scalar("\t")
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "v": return .scalar("\u{0B}")
        case "f": return .scalar("\u{0C}")
        case "b" where inClass: return .scalar("\u{08}")
        case "0":
            if next?.decimalDigit != nil { throw error("octal escapes are not supported; write \\xHH") }
            return .scalar("\0")
        case "1"..."9", "k":
            throw error("back references are not supported, since they cannot be matched in linear time")
        case "c":
            guard let letter = next, letter.isASCII, letter.properties.isAlphabetic else { throw error("\\c needs a letter, as in \\cJ") }
            position += 1
            return .scalar(Unicode.Scalar(UInt8(letter.value % 32)))
        case "x": return .scalar(try self.scalar(of: hexadecimal(exactly: 2)))
        case "u": return .scalar(try unicodeEscape())
        default:
            if scalar.isASCII, scalar.properties.isAlphabetic {
                throw error("\"\\\(scalar)\" is no escape of ECMA-262; remove the backslash to match the letter")
            }
            return .scalar(scalar)
        }
    }

    private mutating func hexadecimal(exactly count: Int) throws(SchemaPatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = next?.hexadecimalDigit else { throw error("expected \(count) hexadecimal digits") }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private func scalar(of code: UInt32) throws(SchemaPatternError) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(code) else {
            throw error("no Unicode character has this number; a surrogate stands only in a pair")
        }
        return scalar
    }

    private mutating func unicodeEscape() throws(SchemaPatternError) -> Unicode.Scalar {
        if take("{") {
            var value: UInt32 = 0
            let start = position
            while let digit = next?.hexadecimalDigit, value <= 0x10FFFF {
                value = value << 4 | digit
                position += 1
            }
            guard position > start, take("}") else { throw error("expected hexadecimal digits up to 10FFFF and \"}\"") }
            return try scalar(of: value)
        }
        let first = try hexadecimal(exactly: 4)
        guard (0xD800...0xDBFF).contains(first), follows("\\u") else { return try scalar(of: first) }
        position += 2
        let second = try hexadecimal(exactly: 4)
        guard (0xDC00...0xDFFF).contains(second) else { throw error("a high surrogate must be followed by a low one") }
        return try scalar(of: 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func property(inverted: Bool) throws(SchemaPatternError) -> Escape {
        guard take("{") else { throw error("\\p needs a property in braces, as in \\p{L}") }
        var name = ""
        while let scalar = next, scalar != "}" {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take("}") else { throw error("\\p{ is not closed") }
        guard let test = UnicodePropertyTest.named(name) else {
            throw error(
                "the Unicode property \(quoted(name)) is not supported; general categories such as L, Lu, Nd "
                    + "and binary properties such as Alphabetic are")
        }
        return .property(test, inverted: inverted)
    }

    // MARK: Classes

    private mutating func characterClass() throws(SchemaPatternError) -> PatternExpression {
        position += 1
        let inverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var properties: [(test: UnicodePropertyTest, inverted: Bool)] = []
        while true {
            guard next != nil else { throw error("a character class is not closed; add \"]\", or escape \"[\" as \"\\[\"") }
            if take("]") { break }
            let first = try classAtom()
            // A "-" makes a range unless it stands first or last.
            guard case .scalar(let lower) = first, next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                append(first, &ranges, &properties)
                continue
            }
            position += 1
            let second = try classAtom()
            if case .scalar(let upper) = second {
                guard lower.value <= upper.value else {
                    throw error("a range in a character class is out of order; put the lower end first")
                }
                ranges.append(lower.value...upper.value)
            } else {
                for part in [first, .scalar("-"), second] { append(part, &ranges, &properties) }
            }
        }
        return add(PatternCharacterSet(ranges, properties: properties, inverted: inverted))
    }

    private mutating func classAtom() throws(SchemaPatternError) -> Escape {
        let scalar = scalars[position]
        position += 1
        return scalar == "\\" ? try escape(inClass: true) : .scalar(scalar)
    }

    private func append(
        _ atom: Escape, _ ranges: inout [ClosedRange<UInt32>], _ properties: inout [(test: UnicodePropertyTest, inverted: Bool)]
    ) {
        switch atom {
        case .scalar(let scalar): ranges.append(scalar.value...scalar.value)
        case .ranges(let more): ranges += more
        case .property(let test, let inverted): properties.append((test, inverted))
        }
    }
}

extension Unicode.Scalar {
    /// The value of an ASCII digit.
    var decimalDigit: Int? { ("0"..."9").contains(self) ? Int(value) - 0x30 : nil }

    /// The value of an ASCII hexadecimal digit.
    var hexadecimalDigit: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "a"..."f": value - 0x61 + 10
        case "A"..."F": value - 0x41 + 10
        default: nil
        }
    }
}
