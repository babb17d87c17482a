import HTTPTypes

extension HTTPFields {
    /// The value of a field, as the subscript gives it: several of one name are joined. Each request asks for a dozen, and the subscript makes a new string for each.
    func value(of name: HTTPField.Name) -> String? {
        guard let index = firstIndex(where: { $0.name == name }) else { return nil }
        return self[self.index(after: index)...].contains { $0.name == name } ? self[name] : self[index].value
    }
}
