import SwiftSyntax

/// A documentation comment, taken apart into what it says of the whole and what it says of each parameter.
struct DocComment {
    /// The prose, with the lines of a paragraph joined; `nil` where there is none.
    private(set) var description: String?
    /// What `- Parameter name:` and `- Parameters:` say, by name.
    private(set) var parameters: [(name: String, description: String)] = []

    init(of node: some SyntaxProtocol) { self.init(lines: Self.lines(of: node)) }

    /// The lines of the last documentation comment before the declaration or between its attributes and its keyword.
    private static func lines(of node: some SyntaxProtocol) -> [String] {
        // In `struct A { /** … */ var a: Int }` the comment belongs to the brace before it, as the parser has it.
        if let first = node.firstToken(viewMode: .sourceAccurate), !first.leadingTrivia.contains(where: \.isNewline),
            let before = first.previousToken(viewMode: .sourceAccurate)?.trailingTrivia
        {
            let lines = lines(in: before + first.leadingTrivia)
            if !lines.isEmpty { return lines }
        }
        for token in node.tokens(viewMode: .sourceAccurate) {
            let lines = lines(in: token.leadingTrivia)
            if !lines.isEmpty { return lines }
            // A comment may follow the attributes, but not the keyword that begins the declaration.
            if token.keywordThatDeclares { return [] }
        }
        return []
    }

    private static func lines(in trivia: Trivia) -> [String] {
        var lines: [String] = []
        for piece in trivia {
            switch piece {
            case .docLineComment(let text): lines.append(String(text.dropFirst(3)))
            case .docBlockComment(let text): lines += blockLines(text)
            case .newlines(let count) where count > 1: lines = []
            default: break
            }
        }
        return unindented(lines)
    }

    private static func blockLines(_ text: String) -> [String] {
        let inside = text.dropFirst(3).dropLast(text.hasSuffix("*/") ? 2 : 0)
        let lines = inside.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        let rest = lines.dropFirst().filter { !$0.allSatisfy(\.isWhitespace) }
        let starred = !rest.isEmpty && rest.allSatisfy { $0.drop(while: \.isWhitespace).hasPrefix("*") }
        return lines.enumerated().map { index, line in
            guard starred, index > 0 else { return line }
            return String(line.drop(while: \.isWhitespace).dropFirst())
        }
    }

    /// The first line of a block comment has another indentation than the others, so it does not count.
    private static func unindented(_ lines: [String]) -> [String] {
        let common = lines.filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.prefix(while: { $0 == " " }).count }
        let others = common.count > 1 ? common.dropFirst().min() ?? 0 : common.first ?? 0
        return lines.map { line in String(line.dropFirst(min(others, line.prefix(while: { $0 == " " }).count))) }
    }

    init(lines: [String]) {
        var prose: [String] = []
        var field: (name: String, lines: [String])?
        var insideParameters = false
        // A list inside the description of a parameter is indented more than the parameters are.
        var indentationOfParameters: Int?
        var insideThrows = false

        func close() {
            guard let open = field else { return }
            let text = Self.joined(open.lines)
            if !text.isEmpty { parameters.append((open.name, text)) }
            field = nil
        }

        for line in lines {
            let text = String(line.drop(while: \.isWhitespace))
            let indentation = line.count - text.count
            if indentation == 0 || text.isEmpty {
                if text.isEmpty {
                    if field == nil, !insideParameters, !insideThrows { prose.append("") } else { field?.lines.append("") }
                    continue
                }
                close()
                insideParameters = false
                insideThrows = false
                if let (key, value) = Self.callout(text) {
                    switch key.lowercased() {
                    case "parameters":
                        insideParameters = true
                        indentationOfParameters = nil
                        continue
                    case "throws":
                        insideThrows = true
                        continue
                    case let key where key.hasPrefix("parameter "):
                        let name = text.dropFirst(2).drop(while: \.isWhitespace).dropFirst("parameter ".count)
                        field = (name.prefix { $0 != ":" }.trimmed, [value])
                        continue
                    case "returns":
                        prose += ["", "Returns: \(value)"]
                        continue
                    default: break
                    }
                }
                prose.append(text)
            } else if insideParameters, let (name, value) = Self.callout(text), indentation <= indentationOfParameters ?? indentation {
                close()
                indentationOfParameters = indentation
                field = (name, [value])
            } else if field != nil {
                field?.lines.append(text)
            } else if !insideThrows, !insideParameters {
                prose.append(line)
            }
        }
        close()
        let text = Self.joined(prose)
        description = text.isEmpty ? nil : text
    }

    func description(of parameter: String) -> String? { parameters.first { $0.name == parameter }?.description }

    /// `- Key: value`
    private static func callout(_ text: String) -> (key: String, value: String)? {
        guard text.hasPrefix("- ") || text.hasPrefix("* "), let colon = text.firstIndex(of: ":") else { return nil }
        return (text[text.index(text.startIndex, offsetBy: 2)..<colon].trimmed, text[text.index(after: colon)...].trimmed)
    }

    /// Joins the lines of a paragraph with spaces, and keeps what Markdown gives lines of their own.
    private static func joined(_ lines: [String]) -> String {
        var result: [String] = []
        var inFence = false
        for line in lines {
            let text = inFence ? line : line.trimmed
            let isFence = text.hasPrefix("```")
            let ownLine = inFence || isFence || text.isEmpty || ["- ", "* ", "+ ", "#", "|", ">"].contains(where: text.hasPrefix)
            if let last = result.last, !ownLine, !last.isEmpty, !last.hasPrefix("```"), !last.hasPrefix("#") {
                result[result.count - 1] = last + " " + text
            } else if !(text.isEmpty && (result.last ?? "").isEmpty && !inFence) {
                result.append(text)
            }
            if isFence { inFence.toggle() }
        }
        while result.last?.isEmpty == true { result.removeLast() }
        return result.joined(separator: "\n")
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(String(start.reversed().drop(while: \.isWhitespace).reversed()))
    }
}

extension TokenSyntax {
    fileprivate var keywordThatDeclares: Bool {
        switch tokenKind {
        case .keyword(.var), .keyword(.let), .keyword(.func), .keyword(.struct), .keyword(.enum), .keyword(.case), .keyword(.class),
            .keyword(.actor):
            true
        default: false
        }
    }
}
