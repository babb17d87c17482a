/// What can be measured in one process: JSON, schema, kernel, client. Prints a figure a line.
///
///     bench-core PATH-OF-BENCH-ECHO
///     bench-core --client PATH-OF-BENCH-ECHO NAME CALLS      only so many calls of one client (stdio-handshake, stdio-per-request, http): for a profile
///     bench-core --documents DIRECTORY      writes the JSON documents that are measured, for other parsers
@main
struct BenchCore {
    static func main() async throws {
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--documents" {
            return try JSONBenchmark.writeDocuments(into: CommandLine.arguments[2])
        }
        if CommandLine.arguments.count == 5, CommandLine.arguments[1] == "--client", let calls = Int(CommandLine.arguments[4]) {
            return try await ClientBenchmark.run(server: CommandLine.arguments[2], only: CommandLine.arguments[3], calls: calls)
        }
        try JSONBenchmark.run()
        try await KernelBenchmark.run()
        if CommandLine.arguments.count > 1 { try await ClientBenchmark.run(server: CommandLine.arguments[1]) }
    }
}
