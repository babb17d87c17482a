import HTTPTypes

extension HTTPFields {
    /// The first value of a field, and whether there are more.
    func first(_ name: HTTPField.Name) -> (value: String, isRepeated: Bool)? {
        guard let index = firstIndex(where: { $0.name == name }) else { return nil }
        return (self[index].value, self[self.index(after: index)...].contains { $0.name == name })
    }

    /// The value of a field, as the subscript gives it: several of one name are joined. Each request asks for a dozen, and the subscript makes a new string for each.
    func value(of name: HTTPField.Name) -> String? { first(name).flatMap { $0.isRepeated ? self[name] : $0.value } }
}
