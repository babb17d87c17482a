import Dispatch
import EchoServer

/// Answers calls in memory: what instructions are counted of.
///
///     kernel-calls COUNT [handshake | per-request]
@main
struct KernelCalls {
    /// Not `async`: the main thread of such a program ends, which valgrind does not survive.
    static func main() {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1000
        let era = CommandLine.arguments.dropFirst(2).first.flatMap(CallScript.Era.init) ?? .perRequest
        let done = DispatchSemaphore(value: 0)
        // The one task of the program, which waits for it.
        Task.detached {
            do {
                var script = try CallScript(era, server: EchoServer.make())
                var written = 0
                for _ in 0..<count { written += try await script.call().count }
                print("\(count) calls, \(written) bytes written")
            } catch {
                print("failed: \(error)")
            }
            done.signal()
        }
        done.wait()
    }
}
