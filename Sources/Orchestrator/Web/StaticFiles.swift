import Foundation
import HTTPTypes
import Hummingbird

/// The page's own files, read once and served from memory.
///
/// Their address holds a digest of all of them (`/assets/<digest>/app.js`), so that a browser may keep each for ever and a new
/// release is a new address. Imports between modules are relative and stay inside the same digest.
struct StaticFiles: Sendable {
    struct File: Sendable {
        let bytes: ByteBuffer
        let mediaType: String
        let entityTag: String
    }

    let digest: String
    private let files: [String: File]

    /// - Parameter directory: a folder whose files are served; folders in it are not looked into.
    init(directory: URL) throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path).sorted(), !names.isEmpty
        else { throw WebFrontError.filesMissing(path: directory.path) }
        var files: [String: File] = [:]
        var all = Fingerprint()
        for name in names {
            guard let mediaType = Self.mediaType(of: name) else { continue }
            let data = try Data(contentsOf: directory.appendingPathComponent(name))
            var own = Fingerprint()
            own.add(data)
            all.add(Data(name.utf8))
            all.add(data)
            files[name] = File(bytes: ByteBuffer(bytes: data), mediaType: mediaType, entityTag: "\"\(own.hexadecimal)\"")
        }
        self.files = files
        digest = all.hexadecimal
    }

    /// The files that come with the program.
    static func bundled() throws -> StaticFiles {
        try StaticFiles(directory: Bundle.module.bundleURL.appendingPathComponent("Public"))
    }

    func address(of name: String) -> String { "/assets/\(digest)/\(name)" }

    /// The answer to a request for a file: 200, 304 when the browser has it, 404.
    func response(name: String, digest asked: String, ifNoneMatch: String?) -> Response {
        guard let file = files[name] else { return Response(status: .notFound) }
        var headers = HTTPFields()
        headers[.contentType] = file.mediaType
        headers[.eTag] = file.entityTag
        // An older page may ask with the digest of an earlier release: it gets the file, but may not keep it under that name.
        headers[.cacheControl] = asked == digest ? "public, max-age=31536000, immutable" : "no-cache"
        if let ifNoneMatch, ifNoneMatch.split(separator: ",").contains(where: { $0.contains(file.entityTag) }) {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.bytes))
    }

    private static func mediaType(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        default: nil
        }
    }
}

/// FNV-1a, 64 bits: tells versions of our own files apart. Not meant against anybody.
private struct Fingerprint {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ data: Data) {
        for byte in data { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    var hexadecimal: String { String(state, radix: 16) }
}
