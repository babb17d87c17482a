import MCPMacros

// The example of the README about asking; `ReadmeTests` holds the two against each other.

/// A mailbox for the example.
actor ExampleMailbox {
    private var folders: [String: Int]
    private(set) var counted = 0
    init(folders: [String: Int]) { self.folders = folders }
    func count(in folder: String) throws -> Int {
        counted += 1
        guard let count = folders[folder] else { throw ToolError("There is no folder \(folder).") }
        return count
    }
    func delete(_ folder: String) throws -> Int { folders.removeValue(forKey: folder) ?? 0 }
}

@Schema struct Confirmation: Sendable {
    /// Whether to delete them.
    var confirm: Bool
}

@Toolbox struct MailTools {
    let mailbox: ExampleMailbox

    /// Deletes a folder.
    @Tool(.destructive) func delete(folder: String, context: RequestContext) async throws -> String {
        let count = try await context.step("count") { try await mailbox.count(in: folder) }
        guard case .accept(let answer) = try await context.elicit("confirm", Confirmation.self, "Delete \(count) messages?"), answer.confirm else {
            return "Nothing was deleted."
        }
        return "Deleted \(try await mailbox.delete(folder)) messages."
    }
}
