/// Which items or members of one instance some keyword has looked at: what `unevaluatedItems` and `unevaluatedProperties` need
/// to know. It is kept only inside a schema with one of them.
struct EvaluatedParts {
    private(set) var isActive = false
    private var parts: [Bool] = []

    /// Keeps nothing.
    init() {}

    /// Keeps what is marked among that many items or members.
    init(count: Int) {
        isActive = true
        parts = Array(repeating: false, count: count)
    }

    /// Nothing marked yet, kept when this is.
    var fresh: EvaluatedParts { isActive ? EvaluatedParts(count: parts.count) : EvaluatedParts() }

    @inline(__always)
    mutating func mark(_ index: Int) {
        if isActive { parts[index] = true }
    }

    mutating func mark(from first: Int) {
        guard isActive else { return }
        for index in parts.indices.dropFirst(first) { parts[index] = true }
    }

    mutating func merge(_ other: EvaluatedParts) {
        guard isActive, other.isActive else { return }
        for index in parts.indices where other.parts[index] { parts[index] = true }
    }

    func contains(_ index: Int) -> Bool { parts[index] }
}

/// One validation of one instance. Without reporting it stops at the first keyword that fails and keeps no paths.
struct SchemaValidation {
    let schema: CompiledSchema
    let limits: SchemaLimits
    /// The steps that are left.
    var steps: Int
    private var depth = 0
    /// The keyword of the limit that was reached; everything fails from then on.
    private(set) var exhausted: String?
    /// The resources that were entered, outermost first; kept only where a dynamic reference needs them.
    private var resources: [Int] = []

    /// Whether violations are kept at this point.
    var isReporting: Bool
    var maximumViolations: Int
    var violations: [SchemaViolation] = []
    var path: [JSONPath.Component] = []

    /// - Parameter reporting: how many violations to keep; none to ask only whether the instance is valid.
    init(_ schema: CompiledSchema, limits: SchemaLimits, reporting: Int) {
        self.schema = schema
        self.limits = limits
        steps = limits.maximumSteps
        isReporting = reporting > 0
        maximumViolations = reporting
    }

    mutating func accepts(_ instance: JSONValue) -> Bool {
        check(instance, schema.root) && exhausted == nil
    }

    mutating func violations(of instance: JSONValue) -> [SchemaViolation] {
        _ = check(instance, schema.root)
        if let exhausted {
            let limit = exhausted == "maximumDepth" ? limits.maximumDepth : limits.maximumSteps
            let expected =
                exhausted == "maximumDepth"
                ? "validation went deeper than \(limit) schemas; the value is nested too deep, or the schema refers to itself without end"
                : "validation took more than \(limit) steps; the value is too large for this schema"
            violations = [SchemaViolation(instancePath: JSONPath(path), schemaPath: JSONPath(), keyword: exhausted, expected: expected)]
        }
        return violations
    }

    /// Whether there is no use in going on after a failure.
    var isDone: Bool { !isReporting || exhausted != nil || violations.count >= maximumViolations }

    mutating func exhaust(_ limit: String) { if exhausted == nil { exhausted = limit } }

    /// Keeps a violation of the instance at the current path. Always `false`, the result of the keyword.
    @inline(never)
    mutating func fail(_ node: SchemaNode, _ keyword: String, _ expected: @autoclosure () -> String) -> Bool {
        if isReporting, violations.count < maximumViolations {
            let location = node.rules.location
            violations.append(
                SchemaViolation(
                    instancePath: JSONPath(path), schemaPath: node.rules.verdict == nil ? location.appending(keyword) : location,
                    keyword: keyword, expected: expected()))
        }
        return false
    }

    // MARK: Nodes

    /// Whether the value fits the schema, with nothing to keep of what was evaluated.
    mutating func check(_ value: JSONValue, _ id: SchemaNodeID) -> Bool {
        var evaluated = EvaluatedParts()
        return check(value, id, &evaluated)
    }

    /// Whether the item or member at `component` of the current value fits the schema.
    @inline(__always)
    mutating func check(_ value: JSONValue, at component: @autoclosure () -> JSONPath.Component, _ id: SchemaNodeID) -> Bool {
        guard isReporting else { return check(value, id) }
        path.append(component())
        let result = check(value, id)
        // Where a limit was reached the path says where.
        if exhausted == nil { path.removeLast() }
        return result
    }

    /// Whether the value fits the schema; marks in `evaluated` what the schema looked at.
    mutating func check(_ value: JSONValue, _ id: SchemaNodeID, _ evaluated: inout EvaluatedParts) -> Bool {
        let node = schema.nodes[id]
        steps -= 1
        guard steps >= 0, exhausted == nil else {
            exhaust("maximumSteps")
            return false
        }
        if let verdict = node.rules.verdict {
            return verdict || fail(node, "false", "no value is allowed here, found \(value.briefly)")
        }
        guard depth < limits.maximumDepth else {
            exhaust("maximumDepth")
            return false
        }
        depth += 1
        defer { depth -= 1 }
        if schema.dynamicAnchors.isEmpty { return checkEvaluating(value, node, &evaluated) }
        let enters = resources.last != node.rules.resource
        if enters { resources.append(node.rules.resource) }
        defer { if enters { resources.removeLast() } }
        return checkEvaluating(value, node, &evaluated)
    }

    private mutating func checkEvaluating(_ value: JSONValue, _ node: SchemaNode, _ evaluated: inout EvaluatedParts) -> Bool {
        guard node.rules.tracksEvaluation else { return checkKeywords(value, node, &evaluated) }
        // "unevaluated…" sees what this schema and those inside it looked at, not what its siblings did.
        var own = EvaluatedParts(count: value.array?.count ?? value.object?.count ?? 0)
        var isValid = checkKeywords(value, node, &own)
        if isValid || !isDone { isValid = checkUnevaluated(value, node, &own) && isValid }
        evaluated.merge(own)
        return isValid
    }

    private mutating func checkKeywords(_ value: JSONValue, _ node: SchemaNode, _ evaluated: inout EvaluatedParts) -> Bool {
        if let types = node.rules.types, !types.admits(value) {
            guard readDigits(of: value) else { return false }
            return fail(node, "type", "expected \(types.names.isEmpty ? "no type at all" : types.names), found \(value.briefly)")
        }
        var isValid = true
        if node.rules.enumeration != nil || node.rules.constant != nil {
            isValid = checkEnumeration(value, node)
            if !isValid, isDone { return false }
        }
        switch value {
        case .string(let string): if node.rules.string != nil { isValid = checkString(string, node) && isValid }
        case .object(let object): if node.rules.object != nil { isValid = checkObject(object, node, &evaluated) && isValid }
        case .array(let array): if node.rules.array != nil { isValid = checkArray(array, node, &evaluated) && isValid }
        case .number:
            guard readDigits(of: value) else { return false }
            if node.rules.number != nil { isValid = checkNumber(value, node) && isValid }
        case .integer, .double: if node.rules.number != nil { isValid = checkNumber(value, node) && isValid }
        case .null, .bool: break
        }
        for applicator in node.rules.applicators {
            if !isValid, isDone { return false }
            isValid = check(value, applicator, node, &evaluated) && isValid
        }
        return isValid
    }

    // MARK: Applicators

    private mutating func check(
        _ value: JSONValue, _ applicator: Applicator, _ node: SchemaNode, _ evaluated: inout EvaluatedParts
    ) -> Bool {
        switch applicator {
        case .reference(let id): return check(value, id, &evaluated)
        case .dynamicReference(let reference): return check(value, target(of: reference), &evaluated)
        case .allOf(let ids):
            var isValid = true
            for id in ids {
                isValid = check(value, id, &evaluated) && isValid
                if !isValid, isDone { return false }
            }
            return isValid
        case .anyOf(let ids): return checkAny(value, of: ids, node, &evaluated)
        case .oneOf(let ids): return checkOne(value, of: ids, node, &evaluated)
        case .not(let id):
            if !silently({ $0.check(value, id) }) { return true }
            return fail(node, "not", "expected anything but what \"not\" describes, found \(value.briefly)")
        case .conditional(let condition, let then, let otherwise):
            var branch = evaluated.fresh
            let holds = silently { $0.check(value, condition, &branch) }
            if holds { evaluated.merge(branch) }
            guard let id = holds ? then : otherwise else { return true }
            return check(value, id, &evaluated)
        }
    }

    /// Runs a check whose failure is no violation.
    mutating func silently(_ body: (inout SchemaValidation) -> Bool) -> Bool {
        let reporting = isReporting
        isReporting = false
        defer { isReporting = reporting }
        return body(&self)
    }

    private func target(of reference: DynamicReference) -> SchemaNodeID {
        guard schema.dynamicAnchors.indices.contains(reference.anchor) else { return reference.initial }
        let anchors = schema.dynamicAnchors[reference.anchor]
        for resource in resources { if let id = anchors[resource] { return id } }
        return reference.initial
    }

    private mutating func checkAny(
        _ value: JSONValue, of ids: [SchemaNodeID], _ node: SchemaNode, _ evaluated: inout EvaluatedParts
    ) -> Bool {
        var isValid = false
        var failures = BranchFailures()
        for (index, id) in ids.enumerated() {
            var branch = evaluated.fresh
            if checkBranch(value, id, index, &branch, &failures) {
                isValid = true
                evaluated.merge(branch)
                // All that fit count when what they looked at does.
                if !evaluated.isActive { return true }
            }
            if exhausted != nil { return false }
        }
        if isValid { return true }
        let here = path
        return fail(node, "anyOf", failures.expected(of: value, path: here))
    }

    private mutating func checkOne(
        _ value: JSONValue, of ids: [SchemaNodeID], _ node: SchemaNode, _ evaluated: inout EvaluatedParts
    ) -> Bool {
        var matching: [Int] = []
        var first: Int?
        var failures = BranchFailures()
        for (index, id) in ids.enumerated() {
            var branch = evaluated.fresh
            if checkBranch(value, id, index, &branch, &failures) {
                if first != nil {
                    guard isReporting else { return false }
                    matching.append(index)
                    continue
                }
                first = index
                evaluated.merge(branch)
            }
            if exhausted != nil { return false }
        }
        guard let first else {
            let here = path
            return fail(node, "oneOf", failures.expected(of: value, path: here))
        }
        guard !matching.isEmpty else { return true }
        let forms = listed(([first] + matching).map { String($0 + 1) })
        return fail(node, "oneOf", "expected a value that fits exactly one of \(ids.count) forms, but it fits forms \(forms)")
    }

    /// Checks one form of several and, when reporting, sets aside why it does not fit.
    private mutating func checkBranch(
        _ value: JSONValue, _ id: SchemaNodeID, _ index: Int, _ branch: inout EvaluatedParts, _ failures: inout BranchFailures
    ) -> Bool {
        guard isReporting else { return check(value, id, &branch) }
        let (isValid, found) = collecting { $0.check(value, id, &branch) }
        if !isValid { failures.add(index, found) }
        return isValid
    }

    /// Runs a check and sets aside what it reports.
    mutating func collecting(_ body: (inout SchemaValidation) -> Bool) -> (isValid: Bool, violations: [SchemaViolation]) {
        let (kept, maximum) = (violations, maximumViolations)
        violations = []
        maximumViolations = 4
        defer { (violations, maximumViolations) = (kept, maximum) }
        return (body(&self), violations)
    }
}
