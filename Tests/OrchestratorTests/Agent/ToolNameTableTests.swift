import TestSupport
import Testing

@testable import Orchestrator

/// The names under which a model knows the tools: endpoints take them, and they lead back to the tool.
@Suite struct ToolNameTableTests {
    typealias Tool = ToolNameTable.Tool

    private static func isTaken(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    @Test func plainNames() {
        let tool = Tool(server: "email", tool: "send-email_2")
        let table = ToolNameTable([tool])
        #expect(table.modelName(of: tool) == "email__send-email_2")
        #expect(table.tool(named: "email__send-email_2") == tool)
    }

    @Test(arguments: [
        Tool(server: "ärger", tool: "größe"), Tool(server: "工具", tool: "查询"), Tool(server: "a b", tool: "c.d/e"), Tool(server: "", tool: ""),
        Tool(server: ".", tool: "\u{0}"), Tool(server: "shop", tool: "👨‍👩‍👧"), Tool(server: "a\"b", tool: "line\nbreak"), Tool(server: "s", tool: "\r\n"),
        Tool(server: String(repeating: "x", count: 300), tool: "t"), Tool(server: "s", tool: String(repeating: "ü", count: 300)),
    ])
    func anyNameBecomesOneThatEndpointsTake(_ tool: Tool) throws {
        let table = ToolNameTable([tool])
        let name = try #require(table.modelName(of: tool))
        #expect(Self.isTaken(name), "\(name)")
        #expect(table.tool(named: name) == tool)
    }

    @Test func aNameOf64StaysAndAnotherCharacterMakesItHashed() throws {
        let fits = Tool(server: "server", tool: String(repeating: "t", count: 56))
        #expect(ToolNameTable([fits]).modelName(of: fits) == "server__" + fits.tool)
        let long = Tool(server: "server", tool: String(repeating: "t", count: 57))
        let name = try #require(ToolNameTable([long]).modelName(of: long))
        #expect(name.utf8.count == 64)
        #expect(name.hasPrefix("server__ttt"))
    }

    @Test func longNamesThatBeginAlikeStayApart() throws {
        let start = String(repeating: "n", count: 100)
        let tools = (0..<20).map { Tool(server: "s", tool: start + "\($0)") }
        let table = ToolNameTable(tools)
        #expect(Set(tools.compactMap { table.modelName(of: $0) }).count == 20)
    }

    @Test func toolsThatWouldGetOneNameBothGetAHash() throws {
        let dotted = Tool(server: "shop", tool: "a.b")
        let slashed = Tool(server: "shop", tool: "a/b")
        let other = Tool(server: "shop", tool: "c")
        let table = ToolNameTable([dotted, slashed, other])
        let names = try [dotted, slashed].map { try #require(table.modelName(of: $0)) }
        #expect(names[0] != names[1])
        for name in names {
            #expect(name.hasPrefix("shop__a_b_"))
            #expect(name != "shop__a_b")
        }
        #expect(table.modelName(of: other) == "shop__c")
        // The border between server and tool counts, not only the letters.
        let left = Tool(server: "a__b", tool: "c")
        let right = Tool(server: "a", tool: "b__c")
        let borders = ToolNameTable([left, right])
        #expect(borders.modelName(of: left) != borders.modelName(of: right))
        #expect(borders.tool(named: try #require(borders.modelName(of: left))) == left)
    }

    @Test func aHashedNameGivesWayToAToolThatIsCalledSo() throws {
        let dotted = Tool(server: "shop", tool: "a.b")
        let slashed = Tool(server: "shop", tool: "a/b")
        let hashed = try #require(ToolNameTable([dotted, slashed]).modelName(of: dotted))
        // A tool whose plain name is what the other's hash would be.
        let thief = Tool(server: "shop", tool: String(hashed.dropFirst("shop__".count)))
        let table = ToolNameTable([thief, dotted, slashed])
        #expect(table.modelName(of: thief) == hashed)
        let names = try [dotted, slashed, thief].map { try #require(table.modelName(of: $0)) }
        #expect(Set(names).count == 3)
        for (tool, name) in zip([dotted, slashed, thief], names) {
            #expect(table.tool(named: name) == tool)
            #expect(Self.isTaken(name))
        }
    }

    @Test func theSameToolTwiceIsOneTool() {
        let tool = Tool(server: "s", tool: "t")
        #expect(ToolNameTable([tool, tool]).modelName(of: tool) == "s__t")
    }

    @Test func unknownNames() {
        let table = ToolNameTable([Tool(server: "s", tool: "t")])
        #expect(table.tool(named: "s.t") == nil)
        #expect(table.tool(named: "") == nil)
        #expect(table.modelName(of: Tool(server: "s", tool: "u")) == nil)
    }

    /// Names from few letters, so that many collide, and now and then from far away or very long.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func everyTableIsReversibleAndDoesNotDependOnOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let tools = (0..<Int.random(in: 1...30, using: &random)).map { _ in
            Tool(server: Self.name(using: &random), tool: Self.name(using: &random))
        }
        let table = ToolNameTable(tools)
        let shuffled = ToolNameTable(tools.shuffled(using: &random))
        var names: Set<String> = []
        for tool in Set(tools) {
            let name = try #require(table.modelName(of: tool))
            #expect(Self.isTaken(name), "\(tool) became \(name)")
            #expect(names.insert(name).inserted, "\(name) is given twice")
            #expect(table.tool(named: name) == tool)
            #expect(shuffled.modelName(of: tool) == name)
        }
    }

    private static func name(using random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: String(repeating: "long", count: Int.random(in: 10...40, using: &random))
        case 1: String((0..<4).map { _ in ["工", "ß", "я", "🦊", "\u{7f}", "ñ"].randomElement(using: &random) ?? "工" }.joined())
        default:
            String((0..<Int.random(in: 0...3, using: &random)).map { _ in ["a", "b", "_", ".", "/", "-", " "].randomElement(using: &random) ?? "a" })
        }
    }
}
