import MCPCore

/// Content blocks and annotations ("Tools", Tool Result; "Resources", Annotations).
extension RevisionSchemas {
    /// The content of prompts and of results of tools.
    var contentBlock: Schema {
        var kinds = plainContent
        if revision >= .v2025_06_18 { kinds.append(resourceLink) }
        kinds.append(embeddedResource)
        return .either(kinds)
    }

    /// Text, images and, from 2025-03-26 on, sound.
    var plainContent: [Schema] {
        var kinds = [content("text", .required("text", .string)), media("image")]
        if revision >= .v2025_03_26 { kinds.append(media("audio")) }
        return kinds
    }

    var annotations: Member {
        .optional(
            "annotations",
            object(
                .optional("audience", .array(of: role)), .optional("priority", .fraction),
                .optional("lastModified", .string, since: .v2025_06_18)))
    }

    var role: Schema { .oneOf("user", "assistant") }

    func content(_ type: String, _ members: Member...) -> Schema { content(type, members) }

    private func content(_ type: String, _ members: [Member]) -> Schema {
        object([.required("type", .constant(.string(type)))] + members + [annotations, meta])
    }

    private func media(_ type: String) -> Schema { content(type, .required("data", .string), .required("mimeType", .string)) }

    private var embeddedResource: Schema { content("resource", .required("resource", resourceContents)) }

    private var resourceLink: Schema { content("resource_link", resourceMembers) }
}
