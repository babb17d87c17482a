import Foundation

/// The browser of the person's desktop.
public enum SystemBrowser {
    /// Opens a page with `xdg-open`, or `open` on macOS.
    /// - Throws: `AuthorizationError.unusableAnswer` where there is no such program: print the URL instead.
    public static func open(_ url: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        #if os(macOS)
        process.arguments = ["open", url]
        #else
        process.arguments = ["xdg-open", url]
        #endif
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch {
            throw AuthorizationError.unusableAnswer(url: "the system's browser", reason: "it cannot be started: \(error.localizedDescription)")
        }
    }
}
