/// Reads the keywords of one subschema into rules.
struct SchemaKeywords {
    let location: SchemaLocation
    let schema: ScannedSchema
    private var object = JSONObject()
    private var rules = SchemaNode.Rules()

    init(location: SchemaLocation, schema: ScannedSchema) {
        self.location = location
        self.schema = schema
    }

    private var isDraft07: Bool { schema.vocabularies.dialect == .draft07 }

    mutating func compile(with compiler: inout SchemaCompiler) throws(SchemaCompilationError) -> SchemaNode.Rules {
        rules.location = location.path
        rules.resource = schema.resource
        switch schema.value {
        case .bool(let verdict):
            rules.verdict = verdict
            return rules
        case .object(let object): self.object = object
        default: throw compiler.error(at: location, "a schema must be an object or a boolean, not \(schema.value.briefly)")
        }
        if let reference = try string("$ref", compiler) {
            rules.applicators.append(.reference(try compiler.node(reference: reference, from: location.appending("$ref"), schema)))
            if isDraft07 { return rules }
        }
        if !isDraft07, let reference = try string("$dynamicRef", compiler) {
            rules.applicators.append(try compiler.dynamicReference(reference, from: location.appending("$dynamicRef"), schema))
        }
        if schema.vocabularies.validates {
            try values(compiler)
            try numbers(compiler)
            try strings(&compiler)
        }
        try format(compiler)
        try arrays(&compiler)
        try objects(&compiler)
        if schema.vocabularies.applies { try applicators(&compiler) }
        if !isDraft07, schema.vocabularies.unevaluated {
            rules.unevaluatedItems = try subschema("unevaluatedItems", &compiler)
            rules.unevaluatedProperties = try subschema("unevaluatedProperties", &compiler)
        }
        return rules
    }

    // MARK: Assertions

    private mutating func values(_ compiler: SchemaCompiler) throws(SchemaCompilationError) {
        if let value = object["type"] {
            var types: SchemaTypeSet = []
            for name in value.array ?? [value] {
                guard let found = SchemaTypeSet.named.first(where: { $0.name == name.string }) else {
                    let names = SchemaTypeSet.named.map { quoted($0.name) }.joined(separator: ", ")
                    throw invalid("type", "one of \(names), or an array of them", compiler)
                }
                types.insert(found.type)
            }
            rules.types = types
        }
        if let value = object["enum"] {
            guard let values = value.array else { throw invalid("enum", "an array of values", compiler) }
            rules.enumeration = EnumerationRule(values)
        }
        if let value = object["const"] { rules.constant = EnumerationRule([value]) }
    }

    private mutating func numbers(_ compiler: SchemaCompiler) throws(SchemaCompilationError) {
        var number = NumberRules()
        number.minimum = try self.number("minimum", compiler)
        number.maximum = try self.number("maximum", compiler)
        number.exclusiveMinimum = try self.number("exclusiveMinimum", compiler)
        number.exclusiveMaximum = try self.number("exclusiveMaximum", compiler)
        if let value = try self.number("multipleOf", compiler) {
            guard let decimal = ExactDecimal(value), !decimal.isNegative, !decimal.isZero else {
                throw invalid("multipleOf", "a number greater than 0", compiler)
            }
            guard decimal.significand != nil else { throw invalid("multipleOf", "a number of at most 19 digits", compiler) }
            number.multipleOf = .init(value: value, decimal: decimal)
        }
        if ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].contains(where: { object[$0] != nil }) {
            rules.number = number
        }
    }

    private mutating func strings(_ compiler: inout SchemaCompiler) throws(SchemaCompilationError) {
        var string = StringRules()
        string.minLength = try count("minLength", compiler)
        string.maxLength = try count("maxLength", compiler)
        if let source = try self.string("pattern", compiler) {
            string.pattern = try pattern(source, at: location.appending("pattern"), &compiler)
        }
        if string.minLength != nil || string.maxLength != nil || string.pattern != nil { rules.string = string }
    }

    private mutating func format(_ compiler: SchemaCompiler) throws(SchemaCompilationError) {
        guard let name = try string("format", compiler), compiler.assertFormat || schema.vocabularies.assertsFormat else { return }
        // A format that is not known is not asserted (Validation 2020-12 section 7.2.1).
        guard let format = SchemaFormat(rawValue: name) else { return }
        var string = rules.string ?? StringRules()
        string.format = format
        rules.string = string
    }

    private func pattern(
        _ source: String, at location: SchemaLocation, _ compiler: inout SchemaCompiler
    ) throws(SchemaCompilationError) -> SchemaPattern {
        let pattern: SchemaPattern
        do {
            pattern = try SchemaPattern(source, maximumInstructions: compiler.limits.maximumPatternInstructions)
        } catch {
            throw compiler.error(at: location, error.description)
        }
        compiler.patternInstructions += pattern.program.instructions.count
        let limit = compiler.limits.maximumTotalPatternInstructions
        guard compiler.patternInstructions <= limit else {
            throw compiler.error(at: location, "the patterns together need more than \(limit) instructions; use smaller bounds in them")
        }
        return pattern
    }

    // MARK: Arrays

    private mutating func arrays(_ compiler: inout SchemaCompiler) throws(SchemaCompilationError) {
        var array = ArrayRules()
        if schema.vocabularies.applies {
            if isDraft07 {
                if object["items"]?.array != nil {
                    array.prefix = try subschemas("items", &compiler) ?? []
                    array.rest = try subschema("additionalItems", &compiler)
                    array.restKeyword = "additionalItems"
                } else {
                    array.rest = try subschema("items", &compiler)
                }
            } else {
                array.prefix = try subschemas("prefixItems", &compiler) ?? []
                array.rest = try subschema("items", &compiler)
            }
            array.contains = try subschema("contains", &compiler)
        }
        if schema.vocabularies.validates {
            if !isDraft07 {
                array.minContains = try count("minContains", compiler)
                array.maxContains = try count("maxContains", compiler)
            }
            array.minItems = try count("minItems", compiler)
            array.maxItems = try count("maxItems", compiler)
            if let value = object["uniqueItems"] {
                guard let unique = value.bool else { throw invalid("uniqueItems", "a boolean", compiler) }
                array.uniqueItems = unique
            }
        }
        let isBare =
            array.prefix.isEmpty && array.rest == nil && array.contains == nil && array.minItems == nil && array.maxItems == nil
            && !array.uniqueItems
        if !isBare { rules.array = array }
    }

    // MARK: Objects

    private mutating func objects(_ compiler: inout SchemaCompiler) throws(SchemaCompilationError) {
        var result = ObjectRules()
        if schema.vocabularies.applies {
            for (name, id) in try namedSubschemas("properties", &compiler) { result.declare(name) { $0.schema = id } }
            for (source, id) in try namedSubschemas("patternProperties", &compiler) {
                let location = location.appending("patternProperties").appending(source)
                result.patterns.append((try pattern(source, at: location, &compiler), id))
            }
            result.additional = try subschema("additionalProperties", &compiler)
            result.propertyNames = try subschema("propertyNames", &compiler)
            if !isDraft07 { result.dependentSchemas = try namedSubschemas("dependentSchemas", &compiler) }
        }
        if schema.vocabularies.validates {
            if let value = object["required"] {
                for name in try names(value, "required", compiler) { result.declare(name) { $0.isRequired = true } }
                result.required = result.names.names.indices.filter { result.properties[$0].isRequired }.map { result.names.names[$0] }
            }
            result.minProperties = try count("minProperties", compiler)
            result.maxProperties = try count("maxProperties", compiler)
            if !isDraft07, let value = object["dependentRequired"] {
                guard let members = value.object else { throw invalid("dependentRequired", "an object of arrays of names", compiler) }
                for (name, list) in members { result.dependentRequired.append((name, try names(list, "dependentRequired", compiler))) }
            }
        }
        // The one keyword that 2020-12 split in two; its meta-schema still describes it.
        if schema.vocabularies.applies, let value = object["dependencies"] {
            guard let members = value.object else { throw invalid("dependencies", "an object of schemas and arrays of names", compiler) }
            for (name, dependency) in members {
                if dependency.array != nil {
                    result.dependentRequired.append((name, try names(dependency, "dependencies", compiler)))
                } else {
                    result.dependentSchemas.append((name, try compiler.node(at: location.appending("dependencies").appending(name))))
                }
            }
        }
        if !result.isEmpty { rules.object = result }
    }

    private func names(_ value: JSONValue, _ keyword: String, _ compiler: SchemaCompiler) throws(SchemaCompilationError) -> [String] {
        var names: [String] = []
        for element in value.array ?? [.null] {
            guard let name = element.string else { throw invalid(keyword, "made of arrays of property names", compiler) }
            names.append(name)
        }
        return names
    }

    // MARK: Applicators

    private mutating func applicators(_ compiler: inout SchemaCompiler) throws(SchemaCompilationError) {
        if let ids = try subschemas("allOf", &compiler) { rules.applicators.append(.allOf(ids)) }
        if let ids = try subschemas("anyOf", &compiler) { rules.applicators.append(.anyOf(ids)) }
        if let ids = try subschemas("oneOf", &compiler) { rules.applicators.append(.oneOf(ids)) }
        if let id = try subschema("not", &compiler) { rules.applicators.append(.not(id)) }
        if let condition = try subschema("if", &compiler) {
            let then = try subschema("then", &compiler)
            let otherwise = try subschema("else", &compiler)
            rules.applicators.append(.conditional(condition, then: then, otherwise: otherwise))
        }
    }

    private func subschema(_ keyword: String, _ compiler: inout SchemaCompiler) throws(SchemaCompilationError) -> SchemaNodeID? {
        object[keyword] == nil ? nil : try compiler.node(at: location.appending(keyword))
    }

    private func subschemas(_ keyword: String, _ compiler: inout SchemaCompiler) throws(SchemaCompilationError) -> [SchemaNodeID]? {
        guard let value = object[keyword] else { return nil }
        guard let elements = value.array, !elements.isEmpty else { throw invalid(keyword, "an array of one schema or more", compiler) }
        var ids: [SchemaNodeID] = []
        for index in elements.indices { ids.append(try compiler.node(at: location.appending(keyword).appending(index))) }
        return ids
    }

    private func namedSubschemas(
        _ keyword: String, _ compiler: inout SchemaCompiler
    ) throws(SchemaCompilationError) -> [(name: String, schema: SchemaNodeID)] {
        guard let value = object[keyword] else { return [] }
        guard let members = value.object else { throw invalid(keyword, "an object of schemas", compiler) }
        var result: [(name: String, schema: SchemaNodeID)] = []
        for (name, _) in members { result.append((name, try compiler.node(at: location.appending(keyword).appending(name)))) }
        return result
    }

    // MARK: Values of keywords

    private func string(_ keyword: String, _ compiler: SchemaCompiler) throws(SchemaCompilationError) -> String? {
        guard let value = object[keyword] else { return nil }
        guard let string = value.string else { throw invalid(keyword, "a string", compiler) }
        return string
    }

    private func number(_ keyword: String, _ compiler: SchemaCompiler) throws(SchemaCompilationError) -> JSONValue? {
        guard let value = object[keyword] else { return nil }
        guard value.isNumber else { throw invalid(keyword, "a number", compiler) }
        return value
    }

    private func count(_ keyword: String, _ compiler: SchemaCompiler) throws(SchemaCompilationError) -> Int? {
        guard let value = object[keyword] else { return nil }
        guard value.isIntegral, value.numericOrder(0) >= 0 else { throw invalid(keyword, "an integer of 0 or more", compiler) }
        return Int(clamping: ExactDecimal(value)?.int64 ?? .max)
    }

    private func invalid(_ keyword: String, _ expected: String, _ compiler: SchemaCompiler) -> SchemaCompilationError {
        compiler.error(at: location.appending(keyword), "\(quoted(keyword)) must be \(expected), not \((object[keyword] ?? .null).literal)")
    }
}

extension ObjectRules {
    fileprivate mutating func declare(_ name: String, _ change: (inout Property) -> Void) {
        let index = names.insert(name)
        if index == properties.count { properties.append(Property()) }
        change(&properties[index])
    }

    fileprivate var isEmpty: Bool {
        properties.isEmpty && patterns.isEmpty && additional == nil && propertyNames == nil && minProperties == nil
            && maxProperties == nil && dependentRequired.isEmpty && dependentSchemas.isEmpty
    }
}
