import Foundation

/// Programs that the package builds, beside the tests.
enum Programs {
    static let server = path("conformance-server")
    static let client = path("conformance-client")
    static let suite = path("mcp-conformance")

    private static func path(_ name: String) -> String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name).path
    }
}
