extension JSONObject {
    /// The member of that name, or `nil` where it is missing or null: what `decode(_:as:)` means for an optional type.
    public func decode<T: JSONDecodable>(_ name: String, as type: T?.Type) throws -> T? {
        try decodeIfPresent(name, as: T.self)
    }

    /// The member of that name, or the default where it is missing.
    public func decode<T: JSONDecodable>(_ name: String, as type: T.Type, default: @autoclosure () throws -> T) throws -> T {
        self[name] == nil ? try `default`() : try decode(name, as: type)
    }

    /// Sets a member.
    public mutating func encode<T: JSONEncodable>(_ name: String, _ value: T) { self[name] = value.json }

    /// Sets a member where there is a value, and leaves it out where there is none.
    public mutating func encode<T: JSONEncodable>(_ name: String, _ value: T?) { self[name] = value?.json }
}
