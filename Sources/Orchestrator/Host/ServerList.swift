import Foundation
import MCPCore

/// A server that the host connects.
struct ServerEntry: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        /// A program to launch.
        case process(command: String, arguments: [String], environment: [String: String], workingDirectory: String?)
        /// An endpoint to reach, with headers to send.
        case http(url: String, headers: [String: String])
    }

    /// The chat as the server's authorization server knows it, where it was registered there by hand.
    struct OAuthClient: Sendable, Hashable {
        var id: String
        var secret: Secret?
    }

    var name: String
    var place: Place
    /// Whether the operator believes what the server says of its tools: what it calls read-only runs without asking.
    var isTrusted: Bool
    var oauth: OAuthClient? = nil
    /// What stands in the place of `${NAME}` anywhere in the entry.
    var expanded: [Secret] = []
}

/// The list of servers, in the file that MCP hosts share: `{"mcpServers": {"name": {"command": …, "args": […], "env": {…}}}}`, or `"url"` and
/// `"headers"` for a server over HTTP; `"trusted": true`, `"disabled": true` and `"oauth": {"clientId": …, "clientSecret": …}` are ours.
struct ServerList: Sendable {
    var servers: [ServerEntry]

    /// - Parameters:
    ///   - json: The contents of the file.
    ///   - environment: Where `${NAME}` in a value is looked up.
    /// - Throws: `ServerListError` that says what would be right.
    init(json: JSONValue, environment: [String: String] = [:]) throws {
        guard let list = json["mcpServers"]?.object else {
            throw ServerListError(
                place: "", reason: "the file needs an object `mcpServers`, as in {\"mcpServers\": {\"shop\": {\"command\": \"query-server\"}}}")
        }
        servers = try list.compactMap { name, value in
            try Self.checkName(name)
            guard let entry = value.object else { throw ServerListError(place: name, reason: "expected an object with `command` or `url`") }
            return try Self.read(name, Reader(name: name, object: entry, environment: environment))
        }
    }

    /// Reads the file at a path.
    init(file: String, environment: [String: String]) throws {
        let bytes: [UInt8]
        do { bytes = [UInt8](try Data(contentsOf: URL(filePath: file))) } catch {
            throw ServerListError(place: file, reason: "the file cannot be read; check the path and its permissions")
        }
        let json: JSONValue
        do { json = try JSONValue(parsing: bytes) } catch { throw ServerListError(place: file, reason: "the file is no JSON: \(error)") }
        try self.init(json: json, environment: environment)
    }

    init(_ servers: [ServerEntry]) { self.servers = servers }

    private static func read(_ name: String, _ reader: Reader) throws -> ServerEntry? {
        try reader.refuseUnknown(["command", "args", "env", "cwd", "url", "headers", "type", "trusted", "disabled", "oauth"])
        if try reader.flag("disabled") { return nil }
        let isTrusted = try reader.flag("trusted")
        let oauth = try reader.client()
        switch (try reader.text("command"), try reader.text("url")) {
        case (let command?, nil):
            guard oauth == nil else { throw ServerListError(place: "\(name).oauth", reason: "only servers with a `url` are signed in to") }
            let place = ServerEntry.Place.process(
                command: command, arguments: try reader.texts("args"), environment: try reader.map("env"), workingDirectory: try reader.text("cwd"))
            return ServerEntry(name: name, place: place, isTrusted: isTrusted, expanded: reader.expanded)
        case (nil, let url?):
            guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
                throw ServerListError(place: "\(name).url", reason: "expected an address that begins with http:// or https://")
            }
            let headers = try reader.map("headers")
            guard oauth == nil || !headers.keys.contains(where: { $0.lowercased() == "authorization" }) else {
                throw ServerListError(place: "\(name).oauth", reason: "give it or the header Authorization, not both")
            }
            return ServerEntry(name: name, place: .http(url: url, headers: headers), isTrusted: isTrusted, oauth: oauth, expanded: reader.expanded)
        case (.some, .some): throw ServerListError(place: name, reason: "give `command` or `url`, not both")
        case (nil, nil): throw ServerListError(place: name, reason: "give `command` for a program, or `url` for a server over HTTP")
        }
    }

    private static func checkName(_ name: String) throws {
        let isFine = !name.isEmpty && name.utf8.count <= 64 && !name.contains(".") && name.allSatisfy { !$0.isNewline && !$0.isWhitespace }
        guard isFine else {
            throw ServerListError(place: name, reason: "a server's name has 1 to 64 characters, without dots and blanks")
        }
    }
}

/// The list of servers cannot be used. Values are not shown: they may be secrets.
struct ServerListError: Error, Sendable, CustomStringConvertible {
    var place: String
    var reason: String
    var description: String { place.isEmpty ? "The list of servers: \(reason)" : "The list of servers, \(place): \(reason)" }
}

/// Reads the members of one entry.
private final class Reader {
    let name: String
    let object: JSONObject
    let environment: [String: String]
    /// The values of variables that were put in.
    private(set) var expanded: [Secret] = []

    init(name: String, object: JSONObject, environment: [String: String]) {
        self.name = name
        self.object = object
        self.environment = environment
    }

    func refuseUnknown(_ known: Set<String>) throws {
        for key in object.keys where !known.contains(key) {
            throw ServerListError(place: "\(name).\(key)", reason: "there is no such setting; there are \(known.sorted().joined(separator: ", "))")
        }
    }

    func flag(_ key: String) throws -> Bool {
        guard let value = object[key] else { return false }
        guard let flag = value.bool else { throw ServerListError(place: "\(name).\(key)", reason: "expected true or false") }
        return flag
    }

    func text(_ key: String) throws -> String? {
        guard let value = object[key] else { return nil }
        guard let text = value.string, !text.isEmpty else { throw ServerListError(place: "\(name).\(key)", reason: "expected a text") }
        return try expand(text, key)
    }

    func texts(_ key: String) throws -> [String] {
        guard let value = object[key] else { return [] }
        guard let values = value.array else { throw ServerListError(place: "\(name).\(key)", reason: "expected a list of texts") }
        return try values.map {
            guard let text = $0.string else { throw ServerListError(place: "\(name).\(key)", reason: "expected a list of texts") }
            return try expand(text, key)
        }
    }

    func map(_ key: String) throws -> [String: String] {
        guard let value = object[key] else { return [:] }
        guard let members = value.object else { throw ServerListError(place: "\(name).\(key)", reason: "expected an object of texts") }
        var map: [String: String] = [:]
        for (member, value) in members {
            guard let text = value.string else { throw ServerListError(place: "\(name).\(key).\(member)", reason: "expected a text") }
            map[member] = try expand(text, "\(key).\(member)")
        }
        return map
    }

    func client() throws -> ServerEntry.OAuthClient? {
        guard object["oauth"] != nil else { return nil }
        let members = try map("oauth")
        for member in members.keys where !["clientId", "clientSecret"].contains(member) {
            throw ServerListError(place: "\(name).oauth.\(member)", reason: "there is no such setting; there are clientId, clientSecret")
        }
        guard let id = members["clientId"], !id.isEmpty else { throw ServerListError(place: "\(name).oauth.clientId", reason: "expected a text") }
        return ServerEntry.OAuthClient(id: id, secret: members["clientSecret"].map(Secret.init))
    }

    /// Puts the values of variables in the place of `${NAME}`, so that secrets need not stand in the file.
    private func expand(_ text: String, _ key: String) throws -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let variable = String(rest[start.upperBound..<end])
            guard let value = environment[variable] else {
                throw ServerListError(place: "\(name).\(key)", reason: "the environment variable \(variable) is not set")
            }
            expanded.append(Secret(value))
            result += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
