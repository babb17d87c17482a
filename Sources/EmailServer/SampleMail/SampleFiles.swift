extension SampleFile {
    /// A PDF of one page that shows `lines` in Helvetica; only characters of US-ASCII.
    static func pdf(_ name: String, title: String, lines: [String]) -> SampleFile {
        var content = "BT /F1 18 Tf 60 780 Td (\(escaped(title))) Tj /F1 11 Tf 0 -34 Td 16 TL\n"
        for line in lines { content += "(\(escaped(line))) Tj T*\n" }
        content += "ET"
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = String(offset)
            file += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        file += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return SampleFile(name: name, mediaType: "application/pdf", content: Array(file.utf8))
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("(", with: "\\(").replacing(")", with: "\\)")
    }

    static func csv(_ name: String, _ rows: [String]) -> SampleFile {
        SampleFile(name: name, mediaType: "text/csv", content: Array((rows.joined(separator: "\r\n") + "\r\n").utf8))
    }
}
