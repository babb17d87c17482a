import Foundation

/// What the web front needs to know before it listens.
struct WebConfiguration: Sendable {
    /// Address to listen on. Loopback unless said otherwise.
    var host = "127.0.0.1"
    /// Port to listen on; 0 takes a free one.
    var port = 8080
    /// Names under which the page may be reached besides the loopback ones, without port: `chat.example.org`.
    var allowedHosts: Set<String> = []
    /// Longest message from a browser, in bytes of JSON. A longer one closes the line.
    var maximumFrameBytes = 512 * 1024
    /// How many events may wait for a slow page before it is cut off (it connects again and gets what it missed).
    var maximumQueuedEvents = 4096
    /// How often a sign of life goes to the page. A page that answered none of three is taken for gone.
    var heartbeat: Duration = .seconds(15)
    /// Where the page's files are; nil for those in the bundle.
    var publicDirectory: URL?
}

/// Why the web front did not start.
enum WebFrontError: Error, CustomStringConvertible, Equatable {
    case portInUse(host: String, port: Int)
    case cannotListen(host: String, port: Int, reason: String)
    case filesMissing(path: String)

    var description: String {
        switch self {
        case .portInUse(let host, let port):
            "Port \(port) on \(host) is in use by another program. Stop that program, or choose another port (0 takes a free one)."
        case .cannotListen(let host, let port, let reason):
            "Cannot listen on \(host), port \(port): \(reason). Choose an address of this machine and a port above 1023."
        case .filesMissing(let path):
            "The files of the web page are not at \(path). Keep the folder swift-mcp_Orchestrator.resources beside the program."
        }
    }
}
