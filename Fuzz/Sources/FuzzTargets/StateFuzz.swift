import Dispatch
import MCPCore
import MCPHTTP

/// A sealed `requestState`: nothing that the store did not make opens.
enum StateFuzz {
    private static let store = SealedRequestStateStore(keys: [.random()], environment: .system)

    static func run(_ bytes: [UInt8]) {
        let state = String(decoding: bytes, as: UTF8.self)
        let done = DispatchSemaphore(value: 0)
        Task {
            let opened = try? await store.load(state, binding: Array("binding".utf8))
            precondition(opened == nil, "a state was opened that was never made")
            done.signal()
        }
        done.wait()
    }
}
