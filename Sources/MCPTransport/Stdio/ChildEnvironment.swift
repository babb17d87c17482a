#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a server's process gets of the environment.
public enum ChildEnvironment: Sendable, Hashable {
    /// Only what programs need to run, so that no secret reaches a server that was not given it: `PATH`, `HOME`, `USER`, `LOGNAME`, `SHELL`,
    /// `TERM`, `LANG`, `LANGUAGE`, `LC_*`, `TZ`, `TMPDIR`, `XDG_RUNTIME_DIR`, `XDG_CONFIG_HOME`, `XDG_DATA_HOME` and `XDG_CACHE_HOME`.
    case minimal
    /// All of this process's environment.
    case inherited
    /// Nothing but what is given.
    case empty

    private static let names: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LANGUAGE", "TZ", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
        "XDG_DATA_HOME", "XDG_CACHE_HOME",
    ]

    /// The environment as `NAME=value`, with `additions` in the place of what has the same name.
    func variables(adding additions: [String: String]) -> [String] {
        var variables: [String] = []
        if self != .empty {
            var next = environ
            while let entry = next.pointee {
                next += 1
                let variable = String(cString: entry)
                let name = String(variable.prefix { $0 != "=" })
                guard additions[name] == nil, self == .inherited || Self.names.contains(name) || name.hasPrefix("LC_") else { continue }
                variables.append(variable)
            }
        }
        return variables + additions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}
