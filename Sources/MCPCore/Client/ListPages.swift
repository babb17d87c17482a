/// The pages of a list method, as they are taken (2026-07-28, server/utilities/pagination).
struct ListPages: AsyncSequence, Sendable {
    let client: Client
    let method: String
    let options: RequestOptions

    func makeAsyncIterator() -> Iterator { Iterator(pages: self) }

    struct Iterator: AsyncIteratorProtocol {
        let pages: ListPages
        private var cursor: JSONValue?
        private var seen: Set<JSONValue> = []
        private var count = 0
        private var isAtEnd = false
        /// Whether the server has refused a cursor that it gave: what was taken is no beginning of the list any more.
        private(set) var isCursorRefused = false

        init(pages: ListPages) { self.pages = pages }

        mutating func next() async throws -> JSONObject? {
            guard !isAtEnd else { return nil }
            let maximum = pages.client.connection.configuration.maximumListPages
            guard count < maximum else { throw ClientError.tooManyPages(method: pages.method, maximum) }
            count += 1
            var params = JSONObject()
            params["cursor"] = cursor
            let page: JSONObject
            do { page = try await pages.client.request(pages.method, params, options: pages.options) } catch let error as JSONRPCError
                where cursor != nil && error.code == .invalidParams
            {
                isCursorRefused = true
                pages.client.connection.cache?.discard(pages.method)
                throw error
            }
            cursor = page["nextCursor"].flatMap { $0.isNull ? nil : $0 }
            if let cursor {
                guard seen.insert(cursor).inserted else {
                    throw ClientError.invalidResult(
                        method: pages.method, reason: "the cursor \(cursor.serializedString) came twice, so that the pages never end")
                }
            } else {
                isAtEnd = true
            }
            return page
        }
    }
}

/// The entries of a list, from page after page as they are taken. It throws where the server refuses a cursor that it gave: whoever wants to go on begins anew.
public struct ClientList<Element: Sendable>: AsyncSequence, Sendable {
    public typealias Failure = any Error
    let pages: ListPages
    /// The entries of one page.
    let entries: @Sendable (JSONObject) throws -> [Element]

    public func makeAsyncIterator() -> Iterator { Iterator(pages: pages.makeAsyncIterator(), entries: entries) }

    public struct Iterator: AsyncIteratorProtocol {
        var pages: ListPages.Iterator
        let entries: @Sendable (JSONObject) throws -> [Element]
        private var waiting: [Element] = []

        init(pages: ListPages.Iterator, entries: @escaping @Sendable (JSONObject) throws -> [Element]) {
            self.pages = pages
            self.entries = entries
        }

        public mutating func next() async throws -> Element? {
            while waiting.isEmpty {
                guard let page = try await pages.next() else { return nil }
                waiting = try entries(page).reversed()
            }
            return waiting.popLast()
        }
    }

    /// All entries, from all pages. Where the server refuses a cursor that it gave before, pages that are kept are discarded, and the list is taken from its
    /// beginning, once (2026-07-28, server/utilities/caching, "Interaction with Pagination").
    public func all() async throws -> [Element] {
        var isAgain = false
        while true {
            var all: [Element] = []
            var iterator = pages.makeAsyncIterator()
            do {
                while let page = try await iterator.next() { all += try entries(page) }
                return all
            } catch  where iterator.isCursorRefused && !isAgain {
                isAgain = true
            }
        }
    }
}

extension Client {
    /// The entries under `name` in the results of a list method. One that cannot be read is left out, with a diagnostic.
    func list<Element: JSONDecodable & Sendable>(_ method: String, _ name: String, of type: Element.Type, options: RequestOptions) -> ClientList<Element> {
        let diagnostics = connection.configuration.diagnostics
        return ClientList(pages: ListPages(client: self, method: method, options: options)) { page in
            guard let entries = page[name]?.array else { throw ClientError.invalidResult(method: method, reason: "\(name) is missing") }
            return entries.compactMap { json in
                do { return try Element(json: json) } catch {
                    diagnostics(.ignored("an entry of \(method) that cannot be read: \(error)"))
                    return nil
                }
            }
        }
    }
}
