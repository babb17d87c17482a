/// Keys of `_meta` that a handler has returned are held against their form before they leave: what is none is left out, and the operator is told. A
/// call that has had its effects does not fail for it.
extension ServerExchange {
    func withMetaKeysChecked(_ result: CallToolResult) -> CallToolResult {
        guard result.holdsMeta else { return result }
        var result = result
        result.meta = wellFormed(result.meta)
        result.content = result.content.map(withMetaKeysChecked)
        return result
    }

    func withMetaKeysChecked(_ result: GetPromptResult) -> GetPromptResult {
        guard result.meta != nil || result.messages.contains(where: \.content.hasMeta) else { return result }
        var result = result
        result.meta = wellFormed(result.meta)
        for index in result.messages.indices { result.messages[index].content = withMetaKeysChecked(result.messages[index].content) }
        return result
    }

    func withMetaKeysChecked(_ result: ReadResourceResult) -> ReadResourceResult {
        guard result.meta != nil || result.contents.contains(where: { $0.meta != nil }) else { return result }
        var result = result
        result.meta = wellFormed(result.meta)
        for index in result.contents.indices { result.contents[index].meta = wellFormed(result.contents[index].meta) }
        return result
    }

    private func withMetaKeysChecked(_ block: ContentBlock) -> ContentBlock {
        switch block {
        case .text(var content):
            content.meta = wellFormed(content.meta)
            return .text(content)
        case .image(var content):
            content.meta = wellFormed(content.meta)
            return .image(content)
        case .audio(var content):
            content.meta = wellFormed(content.meta)
            return .audio(content)
        case .resourceLink(var link):
            link.meta = wellFormed(link.meta)
            return .resourceLink(link)
        case .resource(var content):
            content.meta = wellFormed(content.meta)
            content.resource.meta = wellFormed(content.resource.meta)
            return .resource(content)
        }
    }

    private func wellFormed(_ meta: JSONObject?) -> JSONObject? {
        guard let meta, case let wrong = meta.map({ $0.key }).filter({ !MetaKey.isWellFormed($0) }), !wrong.isEmpty else { return meta }
        configuration.diagnostics(.invalidMetaKeys(method: request.method, keys: wrong))
        var right = meta
        for key in wrong { right[key] = nil }
        return right
    }
}

extension CallToolResult {
    /// Whether there is a `_meta` in it. The blocks are looked at where they stand.
    var holdsMeta: Bool { meta != nil || content.indices.contains { content[$0].hasMeta } }
}

extension ContentBlock {
    fileprivate var hasMeta: Bool {
        switch self {
        case .text(let content): content.meta != nil
        case .image(let content), .audio(let content): content.meta != nil
        case .resourceLink(let link): link.meta != nil
        case .resource(let content): content.meta != nil || content.resource.meta != nil
        }
    }
}
