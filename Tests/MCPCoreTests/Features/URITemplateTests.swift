import Foundation
import MCPCore
import TestSupport
import Testing

@Suite struct URITemplateTests {
    /// The variables of RFC 6570 section 3.2.
    private static let values: [String: URITemplateValue] = [
        "count": .list(["one", "two", "three"]), "dom": .list(["example", "com"]), "dub": "me/too", "hello": "Hello World!", "half": "50%", "var": "value",
        "who": "fred", "base": "http://example.com/home/", "path": "/foo/bar", "list": .list(["red", "green", "blue"]), "v": "6", "x": "1024", "y": "768",
        "empty": "", "empty_list": .list([]),
    ]

    @Test(arguments: [
        ("{count}", "one,two,three"), ("{count*}", "one,two,three"), ("{/count}", "/one,two,three"), ("{/count*}", "/one/two/three"),
        ("{;count}", ";count=one,two,three"), ("{;count*}", ";count=one;count=two;count=three"), ("{?count}", "?count=one,two,three"),
        ("{?count*}", "?count=one&count=two&count=three"), ("{&count*}", "&count=one&count=two&count=three"), ("{var}", "value"),
        ("{hello}", "Hello%20World%21"), ("{half}", "50%25"), ("O{empty}X", "OX"), ("O{undef}X", "OX"), ("{x,y}", "1024,768"),
        ("{x,hello,y}", "1024,Hello%20World%21,768"), ("?{x,empty}", "?1024,"), ("?{undef,y}", "?768"), ("{var:3}", "val"), ("{var:30}", "value"),
        ("{+var}", "value"), ("{+hello}", "Hello%20World!"), ("{+half}", "50%25"), ("{base}index", "http%3A%2F%2Fexample.com%2Fhome%2Findex"),
        ("{+base}index", "http://example.com/home/index"), ("{+path}/here", "/foo/bar/here"), ("up{+path}{var}/here", "up/foo/barvalue/here"),
        ("{+path:6}/here", "/foo/b/here"), ("{#x,hello,y}", "#1024,Hello%20World!,768"), ("{#path,x}/here", "#/foo/bar,1024/here"), ("{#undef}", ""),
        ("{.who}", ".fred"), ("{.who,who}", ".fred.fred"), ("www{.dom*}", "www.example.com"), ("X{.list}", "X.red,green,blue"),
        ("X{.empty_list}", "X"), ("{/var,x}/here", "/value/1024/here"), ("{/var:1,var}", "/v/value"), ("{;x,y,empty}", ";x=1024;y=768;empty"),
        ("{;v,empty,who}", ";v=6;empty;who=fred"), ("{?x,y,empty}", "?x=1024&y=768&empty="), ("{?x,y,undef}", "?x=1024&y=768"),
        ("?fixed=yes{&x}", "?fixed=yes&x=1024"),
    ]) func expandsAsTheExamplesOfTheRFC(_ template: String, _ expected: String) throws {
        #expect(try URITemplate(template).expand(Self.values) == expected)
    }

    @Test(arguments: ["{", "}", "{a", "a}", "{}", "{=a}", "{a:0}", "{a:x}", "{a b}", "{a,}", "{!a}"]) func refusesWhatIsNoTemplate(_ text: String) {
        #expect(throws: URITemplateError.self) { _ = try URITemplate(text) }
    }

    @Test(arguments: [
        ("test://{id}/data", "test://7/data", ["id": "7"]), ("test://{id}/data", "test://a%2Fb/data", ["id": "a/b"]),
        ("file:///{+path}", "file:///a/b/c.txt", ["path": "a/b/c.txt"]), ("x://{a}-{b}", "x://1-2-3", ["a": "1", "b": "2-3"]),
        ("x://s{?q,r}", "x://s?r=2&q=1%202", ["q": "1 2", "r": "2"]), ("x://s{?q,r}", "x://s", [:]), ("x://a{/b,c}", "x://a/1/2", ["b": "1", "c": "2"]),
        ("x://{a}/{a}", "x://1/1", ["a": "1"]), ("x://{+a}z", "x://zzz", ["a": "zz"]), ("x://h%C3%A9/{a}", "x://h%C3%A9/1", ["a": "1"]),
        ("x://h{#f}", "x://h#part/2", ["f": "part/2"]),
    ]) func findsTheValues(_ template: String, _ uri: String, _ expected: [String: String]) throws {
        #expect(try URITemplate(template).match(uri) == expected)
    }

    @Test(arguments: [
        ("test://{id}/data", "test:///data"), ("test://{id}/data", "test://1/2/data"), ("test://{id}/data", "test://1/data/more"), ("x://{a}/{a}", "x://1/2"),
        ("x://s{?q}", "x://s?z=1"), ("x://s{?q}", "x://s?q=1&q=2"), ("x://{a}", "x://%FF"), ("x://{a}", "y://1"),
    ]) func findsNoneInOthers(_ template: String, _ uri: String) throws {
        #expect(try URITemplate(template).match(uri) == nil)
    }

    @Test func aHostileURITakesNoLongTime() throws {
        let template = try URITemplate("x://{+a}-{+b}-{+c}-{+d}-{+e}-{+f}!")
        #expect(template.match("x://" + String(repeating: "-", count: 1000)) == nil)
        #expect(template.match("x://" + String(repeating: "-", count: 100_000)) == nil)
    }

    @Test func whatIsExpandedIsFoundAgain() throws {
        let templates = try ["x://{a}/{b}", "x://{a}{/b}", "x://h{?a,b}", "x://{a}/k{;b}", "x://h/{a}{#b}", "x://h{?a}{&b}"].map { try URITemplate($0) }
        forSeeds(2000) { random in
            let values = ["a": Self.text(using: &random), "b": Self.text(using: &random)]
            for template in templates {
                // What looks percent-encoded stays as it is (RFC 6570 section 3.2.3), so that the value is another.
                if template.text.contains("#"), values["b"]?.contains("%") == true { continue }
                let uri = template.expand(values)
                try hold(template.match(uri) == values, "\(template.text) \(uri)")
            }
        }
    }

    /// Where values run into each other another split may be as good: it gives the same URI, up to what is percent-encoded.
    @Test func whatIsFoundExpandsToTheSame() {
        forSeeds(5000) { random in
            let template = try Self.template(using: &random)
            // Reserved characters may hold the marks of what follows, and what looks percent-encoded: then another reading is as good.
            let values = Dictionary(
                uniqueKeysWithValues: template.variableNames.map { ($0, "v" + Self.text(using: &random).filter { !"%?#&=".contains($0) }) })
            let uri = template.expand(values)
            let found = template.match(uri)
            try hold(
                found.map { template.expand($0).removingPercentEncoding } == uri.removingPercentEncoding,
                "\(template.text) gives \(uri), in which is found \(found.map(String.init(describing:)) ?? "nothing")"
            )
        }
    }

    /// Whatever the template and the URI: what is found gives the URI again, up to how it is percent-encoded and the order of a query.
    @Test func whatIsFoundInAnyURIIsIn() {
        var found = 0
        forSeeds(5000) { random in
            let template = try Self.template(using: &random)
            let characters = Array("xab:/?#&=;.,%41-")
            let tail = String((0..<Int.random(in: 0...12, using: &random)).map { _ in characters.randomElement(using: &random) ?? "a" })
            guard let values = template.match("x://" + tail) else { return }
            found += 1
            try hold(Set(values.keys).isSubset(of: template.variableNames), "\(template.text) found \(values)")
            try hold(template.match(template.expand(values)) != nil, "\(template.text) does not match its own \(template.expand(values))")
        }
        #expect(found > 100)
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let letters = Array("abcXYZ019-_~/?#&=%+ äß€😀\u{0}\"")
        return String((0..<Int.random(in: 1...8, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
    }

    /// A path of literals and values, and behind it a query, parameters or a fragment: there they may stand.
    private static func template(using random: inout SeededGenerator) throws -> URITemplate {
        var text = "x://"
        var names = ["a", "b", "c"][...]
        for part in 0..<Int.random(in: 1...2, using: &random) where !names.isEmpty {
            if part > 0 || Bool.random(using: &random) { text += ["h", "/k/", "-", "é", "/"].randomElement(using: &random) ?? "h" }
            let count = Int.random(in: 1...2, using: &random)
            let symbol = ["", "+", ".", "/"].randomElement(using: &random) ?? ""
            text += "{\(symbol)\(names.prefix(count).joined(separator: ","))}"
            names = names.dropFirst(count)
        }
        text += ["", "", "{?d,e}", "{?d}{&e}", "/z{;d,e}", "{#d}", "?fixed=1{&d}"].randomElement(using: &random) ?? ""
        return try URITemplate(text)
    }
}
