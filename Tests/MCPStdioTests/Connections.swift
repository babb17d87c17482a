import Foundation
import MCPCore
import StdioFixtures
import Synchronization
import TestSupport
import Testing

@testable import MCPStdio

/// Ways to the fixture server.
enum Binding: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case stdio, inProcess
    var testDescription: String { rawValue }
}

enum Era: CaseIterable, Sendable {
    case handshake, perRequest
    var selection: EraSelection { self == .handshake ? .handshake : .pinned(.v2026_07_28) }
}

/// The executable that is built beside the tests.
let fixture = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "stdio-fixture").path

func withFixture<Value: Sendable>(
    _ binding: Binding, _ configuration: ClientConfiguration = ClientConfiguration(), _ body: (Client) async throws -> Value
) async throws -> Value {
    switch binding {
    case .stdio: try await withClient(ValidatedTransport(StdioClientTransport(command: fixture)), configuration: configuration, body)
    case .inProcess: try await withClient(ValidatedTransport(StreamClientTransport.inProcess(FixtureServer.make())), configuration: configuration, body)
    }
}

extension ProcessConnector.Patience {
    /// However slowly the end of a process is seen, it is said.
    static let long = Self(exit: .seconds(60))
}

/// Collects from closures.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    func add(_ element: Element) { elements.withLock { $0.append(element) } }
    var all: [Element] { elements.withLock { $0 } }
}
