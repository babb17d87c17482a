import MCPMacros

/// Tools that return each kind of content.
@Toolbox struct ContentTools {
    /// Returns one text.
    @Tool("test_simple_text", .readOnly) func simpleText() -> String { "This is a simple text response for testing." }

    /// Returns an image.
    @Tool("test_image_content", .readOnly) func image() -> ContentBlock { .image(Samples.image) }

    /// Returns a sound.
    @Tool("test_audio_content", .readOnly) func audio() -> ContentBlock { .audio(Samples.sound) }

    /// Returns a resource inside the result.
    @Tool("test_embedded_resource", .readOnly) func embeddedResource() -> ContentBlock { .resource(EmbeddedResource(Samples.resource)) }

    /// Returns a text, an image, a resource and a link.
    @Tool("test_multiple_content_types", .readOnly) func multipleContentTypes() -> [ContentBlock] {
        [
            .text("Several kinds of content:"), .image(Samples.image), .resource(EmbeddedResource(Samples.resource)),
            .resourceLink(ResourceLink(uri: "test://static-text", name: "static-text", title: "A text", mimeType: "text/plain")),
        ]
    }

    /// Fails in a way that the model sees.
    @Tool("test_error_handling", .readOnly) func errorHandling() throws -> String {
        throw ToolError("This tool always fails: there is nothing to mend.")
    }

    /// Returns what it is given.
    @Tool(.readOnly) func echo(message: String) -> String { message }

    /// Prints to standard output, where over stdio only messages belong, before it answers.
    @Tool("print_stray", .readOnly) func printStray() -> String {
        print("This line is no message.")
        return "Printed."
    }

    /// Adds two numbers.
    /// - Parameter a: The first number.
    /// - Parameter b: The second number.
    @Tool("add_numbers", .readOnly) func addNumbers(a: Double, b: Double) -> Sum { Sum(result: a + b) }

    /// Lists the numbers from one, a result that is no object.
    @Tool("count_to", .readOnly) func count(to limit: Int) -> [Int] { limit > 0 ? Array(1...min(limit, 1000)) : [] }
}

/// The sum of two numbers.
@Schema struct Sum: Sendable {
    /// a + b.
    var result: Double
}

/// Small things to return.
enum Samples {
    /// One red pixel, as PNG.
    static let image = MediaContent(bytes: imageBytes, mimeType: "image/png")
    static let imageBytes: [UInt8] = [
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
        0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0xfc, 0xcf, 0xc0, 0xf0,
        0x1f, 0x00, 0x05, 0x05, 0x02, 0x00, 0x5f, 0xc8, 0xf1, 0xd2, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
    ]
    /// Silence, as WAV.
    static let sound = MediaContent(base64: "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=", mimeType: "audio/wav")
    static let resource = ResourceContents(uri: "test://embedded-resource", text: "This is an embedded resource.", mimeType: "text/plain")
}
