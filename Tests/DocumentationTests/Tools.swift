import MCPMacros
import Testing

// snippet: begin
@Schema struct Sum: Sendable, Equatable {
    var total: Int
}

@Toolbox struct Calculator {
    /// Adds numbers.
    /// - Parameter numbers: What to add.
    @Tool(.readOnly, .closedWorld)
    @Parameter("numbers", minItems: 1)
    func add(numbers: [Int]) throws -> Sum {
        var total = 0
        for number in numbers {
            let (sum, overflows) = total.addingReportingOverflow(number)
            // The model sees this, and may call again with smaller numbers.
            if overflows { throw ToolError("The sum is too large. Add fewer numbers.") }
            total = sum
        }
        return Sum(total: total)
    }
}

func add(_ numbers: [Int], at client: Client) async throws -> Sum {
    try await client.call("add", ["numbers": numbers.json])
}
// snippet: end

@Suite struct ToolsExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let server = Server("calculator", version: "1.0.0") { Calculator() }
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            let tool = try #require(try await client.listTools().first)
            #expect(tool.description == "Adds numbers." && tool.annotations?.readOnlyHint == true)
            #expect(try await add([1, 2, 3], at: client) == Sum(total: 6))
            await #expect(throws: ToolCallError.self) { try await add([.max, 1], at: client) }
            await #expect(throws: ToolCallError.self) { try await add([], at: client) }
        }
    }
}
