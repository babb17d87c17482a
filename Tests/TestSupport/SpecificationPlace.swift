import Foundation
import Testing

/// Where the published specification lies, which is no part of this repository.
public enum SpecificationPlace: Sendable, Hashable {
    /// There.
    case directory(URL)
    /// Nobody has said that it is anywhere: tests that need it are skipped, for this reason.
    case absent(String)
    /// It is not where it was said to be, or the run must not do without (`CI=true`): tests that need it fail, for this reason.
    case missing(String)

    /// - Parameter package: The directory of this package, beside which the specification may lie.
    public static func find(_ environment: [String: String], package: URL) -> SpecificationPlace {
        let named = environment["MCP_SPEC_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        let directory = named.map { URL(filePath: $0) } ?? package.appending(path: "../shared/spec").standardizedFileURL
        if FileManager.default.fileExists(atPath: directory.appending(path: "schema").path) { return .directory(directory) }
        // Not looked for elsewhere: who names a directory wants that one.
        if let named { return .missing("MCP_SPEC_DIR=\(named) does not hold the specification: there is no schema/ in it") }
        let reason = "the specification is not in ../shared/spec, and MCP_SPEC_DIR does not say where it is"
        return environment["CI"] == "true" ? .missing(reason) : .absent(reason)
    }

    /// For the tests of this run.
    public static let here = find(
        ProcessInfo.processInfo.environment,
        package: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())

    /// Whether a test that needs the specification is skipped, and why.
    public var reasonToSkip: String? { if case .absent(let reason) = self { reason } else { nil } }

    /// - Throws: Where there is none.
    public func required() throws -> URL {
        switch self {
        case .directory(let directory): return directory
        case .absent(let reason), .missing(let reason): throw SpecificationMissing(description: reason)
        }
    }
}

public struct SpecificationMissing: Error, CustomStringConvertible {
    public let description: String
}

extension Trait where Self == ConditionTrait {
    /// The test reads the published specification (`SpecificationSchema`, `SpecificationPlace.here.required()`): without it, it is skipped with a
    /// reason; with `CI=true`, or where `MCP_SPEC_DIR` is wrong, it runs and fails.
    public static var needsSpecification: Self {
        .enabled(if: SpecificationPlace.here.reasonToSkip == nil, "\(SpecificationPlace.here.reasonToSkip ?? "")")
    }
}
