/// Thrown by a handler that cannot go on before the user has visited pages, for example to authorize the server at another service, and that does not
/// want to wait for it.
///
/// In 2025-11-25 the client gets the error -32042 with the pages, and repeats the request when the user is done. From 2026-07-28 it gets
/// them as a request for input, and repeats with the answers; the handler then looks again whether it can go on. A client that cannot
/// open pages is told that it must declare it; one of an older revision, that its revision has none.
public struct URLElicitationRequired: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Page: Sendable, Hashable {
        /// Unique in the server; the client hears of it again in `notifications/elicitation/complete` (2025-11-25).
        public var id: String
        public var url: String
        /// Why, for the user.
        public var message: String

        public init(id: String, url: String, message: String) {
            self.id = id
            self.url = url
            self.message = message
        }

        /// The page as a question.
        var request: InputRequired.Request {
            InputRequired.Request(method: "elicitation/create", params: ["mode": "url", "message": .string(message), "url": .string(url)])
        }
    }

    public var pages: [Page]

    public init(_ pages: [Page]) { self.pages = pages }

    public var description: String {
        "This needs the user to visit a page first: " + pages.map { "\($0.message) \($0.url)" }.joined(separator: "; ")
    }

    /// The error of 2025-11-25.
    var error: JSONRPCError {
        let elicitations = pages.map { page -> JSONValue in
            [
                "mode": "url", "elicitationId": .string(page.id), "url": .string(page.url), "message": .string(page.message),
            ]
        }
        return JSONRPCError(.urlElicitationRequired, description, data: ["elicitations": .array(elicitations)])
    }

    /// Reads the error of 2025-11-25, as a client gets it; `nil` for another one, and where a page is none.
    public init?(_ error: JSONRPCError) {
        guard error.code == .urlElicitationRequired, let elicitations = error.data?["elicitations"]?.array, !elicitations.isEmpty else { return nil }
        let pages = elicitations.compactMap { elicitation -> Page? in
            guard let id = elicitation["elicitationId"]?.string, let page = try? ElicitationPage(url: elicitation["url"]?.string ?? "") else { return nil }
            return Page(id: id, url: page.url, message: elicitation["message"]?.string ?? "")
        }
        guard pages.count == elicitations.count else { return nil }
        self.init(pages)
    }

    /// The requests of 2026-07-28.
    var requests: InputRequired {
        InputRequired(
            pages.map { ($0.id, $0.request) })
    }
}
