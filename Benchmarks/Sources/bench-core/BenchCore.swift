/// What can be measured in one process: JSON, schema, kernel, client. Prints a figure a line.
///
///     bench-core PATH-OF-BENCH-ECHO
///     bench-core --documents DIRECTORY      writes the JSON documents that are measured, for other parsers
@main
struct BenchCore {
    static func main() async throws {
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--documents" {
            return try JSONBenchmark.writeDocuments(into: CommandLine.arguments[2])
        }
        try JSONBenchmark.run()
        try await KernelBenchmark.run()
        if CommandLine.arguments.count > 1 { try await ClientBenchmark.run(server: CommandLine.arguments[1]) }
    }
}
