/// What can be measured in one process: JSON, schema, kernel, client. Prints a figure a line.
///
///     bench-core PATH-OF-BENCH-ECHO
@main
struct BenchCore {
    static func main() async throws {
        try JSONBenchmark.run()
        try await KernelBenchmark.run()
        if CommandLine.arguments.count > 1 { try await ClientBenchmark.run(server: CommandLine.arguments[1]) }
    }
}
