extension URITemplate {
    /// The values of the variables where the URI is of this template's form; `nil` where it is not.
    ///
    /// The reverse of `expand` for texts: values are percent-decoded. A value runs as far as what follows in the template allows, and not over
    /// `/`, `?` and `#` unless its operator is `+` or `#`. Names of a query may come in any order, and may be missing. Takes time in proportion to the
    /// square of the URI's length at most.
    public func match(_ uri: String) -> [String: String]? {
        let bytes = Array(uri.utf8)
        guard bytes.count <= Self.longestURI else { return nil }
        var matcher = URITemplateMatcher(bytes: bytes, steps: URITemplateMatcher.steps(parts))
        return matcher.match()
    }

    /// In bytes; a longer one matches nothing.
    static let longestURI = 8192
}

/// Finds the values by trying, with what has failed remembered.
private struct URITemplateMatcher {
    enum Step {
        /// These bytes, as they are or percent-encoded alike.
        case literal([UInt8])
        /// The value of a variable.
        case value(String, keepsReserved: Bool, isOptional: Bool)
        /// `first` and names with values in any order.
        case pairs(first: UInt8, separator: UInt8, names: [String])
    }

    let bytes: [UInt8]
    let steps: [Step]
    private var values: [String: String] = [:]
    private var failed: Set<Int> = []

    init(bytes: [UInt8], steps: [Step]) {
        self.bytes = bytes
        self.steps = steps
    }

    /// A query and its continuation are one set of names.
    static func steps(_ parts: [URITemplate.Part]) -> [Step] {
        parts.flatMap(steps).reduce(into: []) { steps, step in
            if case .pairs(let first, let separator, let names)? = steps.last, case .pairs(UInt8(ascii: "&"), _, let more) = step,
                separator == UInt8(ascii: "&")
            {
                steps[steps.count - 1] = .pairs(first: first, separator: separator, names: names + more)
            } else {
                steps.append(step)
            }
        }
    }

    private static func steps(_ part: URITemplate.Part) -> [Step] {
        switch part {
        case .literal(let text): return [.literal(Array(URICharacters.encode(text, keepsReserved: true).utf8))]
        case .expression(let symbol, let variables):
            let form = ExpressionForm(symbol)
            if form.isNamed, let first = form.first.utf8.first, let separator = form.separator.utf8.first {
                return [.pairs(first: first, separator: separator, names: variables.map(\.name))]
            }
            var steps: [Step] = []
            for (index, variable) in variables.enumerated() {
                let mark = index == 0 ? form.first : form.separator
                if !mark.isEmpty { steps.append(.literal(Array(mark.utf8))) }
                steps.append(.value(variable.name, keepsReserved: form.keepsReserved, isOptional: form.keepsReserved))
            }
            return steps
        }
    }

    mutating func match() -> [String: String]? { match(step: 0, at: 0) ? values : nil }

    private mutating func match(step: Int, at position: Int) -> Bool {
        guard step < steps.count else { return position == bytes.count }
        let key = step * (bytes.count + 1) + position
        guard !failed.contains(key) else { return false }
        let matches =
            switch steps[step] {
            case .literal(let literal):
                bytes[position...].starts(with: literal) && match(step: step + 1, at: position + literal.count)
            case .value(let name, let keepsReserved, let isOptional):
                matchValue(name, step, position, keepsReserved: keepsReserved, isOptional: isOptional)
            case .pairs(let first, let separator, let names): matchPairs(step, position, first, separator, names)
            }
        if !matches { failed.insert(key) }
        return matches
    }

    /// The shortest value first, so that what follows in the template keeps what belongs to it; the last one takes the rest.
    private mutating func matchValue(_ name: String, _ step: Int, _ position: Int, keepsReserved: Bool, isOptional: Bool) -> Bool {
        var end = position
        while end < bytes.count, keepsReserved || !"/?#".utf8.contains(bytes[end]) { end += 1 }
        let shortest = position + (isOptional ? 0 : 1)
        guard shortest <= end else { return false }
        for candidate in shortest...end where match(step: step + 1, at: candidate) {
            guard let value = URICharacters.decode(bytes[position..<candidate]) else { return false }
            if let known = values[name], known != value { return false }
            values[name] = value
            return true
        }
        return false
    }

    private mutating func matchPairs(_ step: Int, _ position: Int, _ first: UInt8, _ separator: UInt8, _ names: [String]) -> Bool {
        guard position < bytes.count, bytes[position] == first else { return match(step: step + 1, at: position) }
        var end = position + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "#"), first != UInt8(ascii: ";") || !"/?".utf8.contains(bytes[end]) { end += 1 }
        var found: [String: String] = [:]
        for pair in bytes[(position + 1)..<end].split(separator: separator) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = URICharacters.decode(halves[0]), names.contains(name), found[name] == nil,
                let value = URICharacters.decode(halves.count > 1 ? halves[1] : [])
            else { return false }
            found[name] = value
        }
        guard match(step: step + 1, at: end) else { return false }
        for (name, value) in found {
            if let known = values[name], known != value { return false }
            values[name] = value
        }
        return true
    }
}
