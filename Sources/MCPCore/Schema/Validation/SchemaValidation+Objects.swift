extension SchemaValidation {
    mutating func checkObject(_ object: JSONObject, _ node: SchemaNode, _ evaluated: inout EvaluatedParts) -> Bool {
        guard let rules = node.rules.object else { return true }
        var isValid = true
        var present = 0
        for index in 0..<object.count {
            if !checkMember(object, index, rules, node, &present, &evaluated) {
                isValid = false
                if isDone { return false }
            }
        }
        // Names are unique, so that counting those that were found is enough.
        if present < rules.required.count { isValid = missing(rules.required, in: object, node, "required") && isValid }
        if let minimum = rules.minProperties, object.count < minimum {
            isValid = fail(node, "minProperties", "expected at least \(counted(minimum, "property", "properties")), found \(object.count)")
        }
        if let maximum = rules.maxProperties, object.count > maximum {
            isValid = fail(node, "maxProperties", "expected at most \(counted(maximum, "property", "properties")), found \(object.count)")
        }
        if !rules.dependentRequired.isEmpty || !rules.dependentSchemas.isEmpty {
            if !isValid, isDone { return false }
            isValid = checkDependencies(object, rules, node, &evaluated) && isValid
        }
        return isValid
    }

    private mutating func checkMember(
        _ object: JSONObject, _ index: Int, _ rules: ObjectRules, _ node: SchemaNode, _ present: inout Int,
        _ evaluated: inout EvaluatedParts
    ) -> Bool {
        let (name, value) = object[index]
        var isValid = true
        var isMatched = false
        steps -= 1
        guard read(name.utf8.count) else { return false }
        if let position = rules.names.index(of: name) {
            let property = rules.properties[position]
            if property.isRequired { present += 1 }
            if let id = property.schema {
                isMatched = true
                isValid = check(value, at: .key(name), id)
            }
        }
        for (pattern, id) in rules.patterns {
            if pattern.matches(name, steps: &steps) {
                isMatched = true
                isValid = check(value, at: .key(name), id) && isValid
            }
            if steps < 0 { exhaust("maximumSteps") }
            if !isValid, isDone { return false }
        }
        if !isMatched, let additional = rules.additional {
            isMatched = true
            isValid = checkAdditional(value, name, additional, rules, node) && isValid
        }
        if isMatched { evaluated.mark(index) }
        if let id = rules.propertyNames {
            if !isValid, isDone { return false }
            isValid = checkName(name, id, node) && isValid
        }
        return isValid
    }

    private mutating func checkName(_ name: String, _ id: SchemaNodeID, _ node: SchemaNode) -> Bool {
        guard isReporting else { return check(.string(name), id) }
        let (isValid, found) = collecting { $0.check(.string(name), id) }
        if isValid { return true }
        let reason = found.first.map { ": \($0.expected)" } ?? ""
        return fail(node, "propertyNames", "the property name \(quoted(name)) is not allowed\(reason)")
    }

    private mutating func checkAdditional(
        _ value: JSONValue, _ name: String, _ id: SchemaNodeID, _ rules: ObjectRules, _ node: SchemaNode
    ) -> Bool {
        guard schema.nodes[id].rules.verdict == false else { return check(value, at: .key(name), id) }
        guard isReporting else { return false }
        path.append(.key(name))
        defer { path.removeLast() }
        let declared = rules.declared
        var allowed = declared.isEmpty ? "no property is declared" : "allowed are \(listed(declared.lazy.map { quoted($0) }, limit: 20))"
        if !rules.patterns.isEmpty {
            allowed += " and names that match \(listed(rules.patterns.map { quoted($0.pattern.source) }))"
        }
        return fail(node, "additionalProperties", "property \(quoted(name)) is not allowed; \(allowed)")
    }

    private mutating func missing(
        _ required: [String], in object: JSONObject, _ node: SchemaNode, _ keyword: String, because: String = ""
    ) -> Bool {
        var isValid = true
        for name in required {
            steps -= 1
            if object[name] != nil { continue }
            isValid = fail(node, keyword, "the required property \(quoted(name)) is missing\(because)")
            if isDone { return false }
        }
        return isValid
    }

    private mutating func checkDependencies(
        _ object: JSONObject, _ rules: ObjectRules, _ node: SchemaNode, _ evaluated: inout EvaluatedParts
    ) -> Bool {
        var isValid = true
        steps -= rules.dependentRequired.count + rules.dependentSchemas.count
        if steps < 0 {
            exhaust("maximumSteps")
            return false
        }
        for (name, required) in rules.dependentRequired where object[name] != nil {
            isValid = missing(required, in: object, node, "dependentRequired", because: ", since \(quoted(name)) is present") && isValid
            if !isValid, isDone { return false }
        }
        for (name, id) in rules.dependentSchemas where object[name] != nil {
            isValid = check(.object(object), id, &evaluated) && isValid
            if !isValid, isDone { return false }
        }
        return isValid
    }

    /// `unevaluatedItems` and `unevaluatedProperties`, after everything else of the schema.
    mutating func checkUnevaluated(_ value: JSONValue, _ node: SchemaNode, _ evaluated: inout EvaluatedParts) -> Bool {
        var isValid = true
        switch value {
        case .object(let object):
            guard let id = node.rules.unevaluatedProperties else { return true }
            for index in 0..<object.count where !evaluated.contains(index) {
                let (name, value) = object[index]
                if schema.nodes[id].rules.verdict == false {
                    path.append(.key(name))
                    isValid = fail(node, "unevaluatedProperties", "property \(quoted(name)) is not allowed here")
                    path.removeLast()
                } else {
                    isValid = check(value, at: .key(name), id) && isValid
                }
                evaluated.mark(index)
                if !isValid, isDone { return false }
            }
        case .array(let array):
            guard let id = node.rules.unevaluatedItems else { return true }
            for index in array.indices where !evaluated.contains(index) {
                if schema.nodes[id].rules.verdict == false {
                    path.append(.index(index))
                    isValid = fail(node, "unevaluatedItems", "no item is allowed here, found \(array[index].briefly)")
                    path.removeLast()
                } else {
                    isValid = check(array[index], at: .index(index), id) && isValid
                }
                evaluated.mark(index)
                if !isValid, isDone { return false }
            }
        default: break
        }
        return isValid
    }
}
