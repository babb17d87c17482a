/// The formats of JSON Schema that can be asserted (Validation 2020-12 section 7.3).
public enum SchemaFormat: String, Sendable, CaseIterable, CustomStringConvertible {
    case dateTime = "date-time"
    case date
    case time
    case duration
    case email
    case idnEmail = "idn-email"
    case hostname
    case ipv4
    case ipv6
    case uri
    case uriReference = "uri-reference"
    case iri
    case iriReference = "iri-reference"
    case uuid
    case jsonPointer = "json-pointer"
    case relativeJSONPointer = "relative-json-pointer"
    case regex
    case uriTemplate = "uri-template"

    /// Whether the text is of the format.
    public func accepts(_ text: String) -> Bool {
        switch self {
        case .dateTime: DateTimeFormat.isDateTime(text)
        case .date: DateTimeFormat.isDate(text)
        case .time: DateTimeFormat.isTime(text)
        case .duration: DurationFormat.isDuration(text)
        case .email: EmailFormat.isEmail(text, international: false)
        case .idnEmail: EmailFormat.isEmail(text, international: true)
        case .hostname: HostFormat.isHostname(text)
        case .ipv4: HostFormat.isIPv4(text)
        case .ipv6: HostFormat.isIPv6(text)
        case .uri: URIFormat.isReference(text, absolute: true, international: false)
        case .uriReference: URIFormat.isReference(text, absolute: false, international: false)
        case .iri: URIFormat.isReference(text, absolute: true, international: true)
        case .iriReference: URIFormat.isReference(text, absolute: false, international: true)
        case .uuid: IdentifierFormat.isUUID(text)
        case .jsonPointer: IdentifierFormat.isJSONPointer(text)
        case .relativeJSONPointer: IdentifierFormat.isRelativeJSONPointer(text)
        case .regex: (try? SchemaPattern(text)) != nil
        case .uriTemplate: URIFormat.isTemplate(text)
        }
    }

    /// The string, where it is of the format.
    /// - Throws: `JSONDecodingError` that says what is expected.
    public func decode(_ json: JSONValue) throws -> String {
        guard case .string(let text) = json, accepts(text) else { throw JSONDecodingError(expected: description, found: json.briefly) }
        return text
    }

    /// What is expected, with an example where the name alone does not say it.
    public var description: String {
        switch self {
        case .dateTime: "a date-time such as \"2025-01-31T09:30:00Z\""
        case .date: "a date such as \"2025-01-31\""
        case .time: "a time such as \"09:30:00Z\""
        case .duration: "a duration such as \"P3DT12H\""
        case .email: "an email address"
        case .idnEmail: "an email address, in any script"
        case .hostname: "a host name"
        case .ipv4: "an IPv4 address such as \"192.0.2.1\""
        case .ipv6: "an IPv6 address such as \"2001:db8::1\""
        case .uri: "an absolute URI such as \"https://example.com/\""
        case .uriReference: "a URI or relative reference"
        case .iri: "an absolute IRI"
        case .iriReference: "an IRI or relative reference"
        case .uuid: "a UUID such as \"2eb8aa08-aa98-11ea-b4aa-73b441d16380\""
        case .jsonPointer: "a JSON Pointer such as \"/items/0\""
        case .relativeJSONPointer: "a relative JSON Pointer such as \"1/name\""
        case .regex: "a regular expression"
        case .uriTemplate: "a URI template such as \"/users/{id}\""
        }
    }
}
