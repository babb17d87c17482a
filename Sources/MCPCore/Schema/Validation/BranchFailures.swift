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
        // The form that was followed furthest into the value is most likely the one that was meant.
        let nearest = branches.max { Self.depth($0.violations) < Self.depth($1.violations) }
        guard let nearest, let violation = nearest.violations.first else { return "expected one of several forms, found \(value.briefly)" }
        return "expected one of \(counted(branches.count, "form")), found \(value.briefly); nearest is form \(nearest.index + 1): \(violation)"
    }

    private static func depth(_ violations: [SchemaViolation]) -> Int {
        // A wrong type or value at the top says that another form was meant; what is missing or unknown there says less.
        violations.map { violation in
            violation.instancePath.components.count * 2 + (["type", "enum", "const", "false"].contains(violation.keyword) ? 0 : 1)
        }.max() ?? 0
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
