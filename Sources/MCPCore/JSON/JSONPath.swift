/// Where a value stands inside a JSON document: names of members and indices of elements, from the root inwards.
///
/// It is written as a JSON Pointer (RFC 6901): the root is the empty string, an element of `items` is `/items/3`, and `~`
/// and `/` inside a name are written `~0` and `~1`. Names are compared by their UTF-8 bytes, like the names of a `JSONObject`.
public struct JSONPath: Sendable, Hashable, CustomStringConvertible {
    /// One step from a value to a value inside it.
    public enum Component: Sendable, Hashable {
        /// The member of that name.
        case key(String)
        /// The element at that index, counted from 0.
        case index(Int)
    }

    /// The steps from the root; none for the root itself.
    public var components: [Component]

    /// The root of the document.
    public init() { components = [] }

    /// The path that takes these steps from the root.
    public init(_ components: [Component]) { self.components = components }

    /// Whether this is the root of the document.
    public var isRoot: Bool { components.isEmpty }

    /// The path to one step further inside.
    public func appending(_ component: Component) -> JSONPath {
        var path = self
        path.components.append(component)
        return path
    }

    /// The path to the member `key` of the value that this path leads to.
    public func appending(_ key: String) -> JSONPath { appending(.key(key)) }

    /// The path to the element `index` of the value that this path leads to.
    public func appending(_ index: Int) -> JSONPath { appending(.index(index)) }

    /// The path that takes the steps of `path` after those of this one.
    public func appending(contentsOf path: JSONPath) -> JSONPath { JSONPath(components + path.components) }

    /// The path as a JSON Pointer (RFC 6901); empty for the root.
    public var description: String {
        var text = ""
        for component in components {
            text.append("/")
            switch component {
            case .index(let index): text.append(String(index))
            case .key(let key):
                for scalar in key.unicodeScalars {
                    switch scalar {
                    case "~": text.append("~0")
                    case "/": text.append("~1")
                    default: text.unicodeScalars.append(scalar)
                    }
                }
            }
        }
        return text
    }
}

extension JSONPath.Component {
    // `String` compares by canonical equivalence, which would take two different members for one.
    public static func == (one: JSONPath.Component, other: JSONPath.Component) -> Bool {
        switch (one, other) {
        case (.index(let one), .index(let other)): one == other
        case (.key(let one), .key(let other)): one.utf8.elementsEqual(other.utf8)
        default: false
        }
    }
}

extension JSONPath: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Component...) { self.init(elements) }
}

extension JSONPath.Component: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .key(value) }
    public init(integerLiteral value: Int) { self = .index(value) }
}

extension JSONValue {
    /// The value that `path` leads to; `nil` where there is none.
    public subscript(path: JSONPath) -> JSONValue? {
        var value = self
        for component in path.components {
            let next =
                switch component {
                case .key(let name): value[name]
                case .index(let index): value[index]
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}
