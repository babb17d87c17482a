/// Why a value fits none of several forms, told in one sentence.
struct BranchFailures {
    private var branches: [(index: Int, violations: [SchemaViolation])] = []

    mutating func add(_ index: Int, _ violations: [SchemaViolation]) { branches.append((index, violations)) }

    /// The types or values that were expected when that is all that was wrong; else how the nearest form does not fit.
    func expected(of value: JSONValue, path: [JSONPath.Component]) -> String {
        let here = JSONPath(path)
        let shallow = branches.allSatisfy { branch in
            branch.violations.count == 1 && branch.violations[0].instancePath == here
                && ["type", "enum", "const"].contains(branch.violations[0].keyword)
        }
        if shallow, !branches.isEmpty {
            let wanted = branches.map { Self.wanted($0.violations[0].expected) }
            return "expected \(wanted.joined(separator: " or ")), found \(value.briefly)"
        }
        if let tag = unknownTag(at: path) { return tag }
        let nearest = branches.max { Self.likelihood($0.violations) < Self.likelihood($1.violations) }
        guard let nearest, let violation = nearest.violations.first else { return "expected one of several forms, found \(value.briefly)" }
        let forms = "expected one of \(counted(branches.count, "form")), found \(value.briefly)"
        return "\(forms); nearest is form \(nearest.index + 1): \(violation)"
    }

    /// Where every form has another constant for the same member, the member's value is what is wrong.
    private func unknownTag(at here: [JSONPath.Component]) -> String? {
        let constants = branches.compactMap { branch in branch.violations.first { $0.keyword == "const" } }
        guard constants.count > 1, constants.count == branches.count, let first = constants.first,
            constants.allSatisfy({ $0.instancePath == first.instancePath }), first.instancePath.components.dropLast() == here[...],
            case .key(let tag)? = first.instancePath.components.last
        else { return nil }
        let found = first.expected.dropFirst("expected ".count + Self.wanted(first.expected).count)
        return "expected \(constants.map { Self.wanted($0.expected) }.joined(separator: " or ")) as \(quoted(tag))\(found)"
    }

    /// How likely it is that this form was meant: one whose tag is another was not, and of the rest it is the one that was
    /// followed furthest into the value, with the least that is wrong.
    private static func likelihood(_ violations: [SchemaViolation]) -> (Int, Int, Int) {
        let isOther = violations.contains { ["enum", "const", "false"].contains($0.keyword) }
        let depth = violations.map { $0.instancePath.components.count * 2 + ($0.keyword == "type" ? 0 : 1) }.max() ?? 0
        return (isOther ? 0 : 1, depth, -violations.count)
    }

    /// Of "expected X, found Y" the X.
    private static func wanted(_ expected: String) -> Substring {
        let text = expected.hasPrefix("expected ") ? expected.dropFirst("expected ".count) : Substring(expected)
        var end = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(", found ") { end = index }
            index = text.index(after: index)
        }
        return end == text.startIndex ? text : text[..<end]
    }
}
