import CSpawn

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ChildProcess.Launch {
    /// Launches the process with these descriptors as its standard streams, and no others.
    ///
    /// On Linux the system kills the process when this one ends, however that happens, so that no server is left behind: also one that takes no
    /// notice of the end of its input. A program that gains privileges when it starts (set-user-id, capabilities) is exempt by the system, and so
    /// are processes that the server itself has started. Other systems have no such signal: there the end of its input is all that a server
    /// sees of a host that was killed.
    /// - Returns: The id of the process.
    /// - Throws: `SystemError`.
    func spawn(input: Int32, output: Int32, error: Int32) throws(SystemError) -> Int32 {
        // The system reports a missing directory and a missing program in the same way.
        if let workingDirectory, access(workingDirectory, X_OK) != 0 {
            throw SystemError(call: "working directory \(workingDirectory)", code: errno)
        }
        #if os(Linux)
        let outcome = try LaunchThread.run { [self] in bound(input, output, error) }
        #else
        let outcome = unbound(input, output, error)
        #endif
        guard outcome.code == 0 else { throw SystemError(call: command, code: outcome.code) }
        return outcome.process
    }

    #if os(Linux)
    /// On a thread that lives as long as this process.
    private func bound(_ input: Int32, _ output: Int32, _ error: Int32) -> (process: pid_t, code: Int32) {
        withStrings { arguments, environment in
            var process: pid_t = 0
            let code = cspawn_bound(&process, command, arguments, environment, workingDirectory, [input, output, error])
            return (process, code)
        }
    }
    #else
    private func unbound(_ input: Int32, _ output: Int32, _ error: Int32) -> (process: pid_t, code: Int32) {
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }

        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)
        if let directory = workingDirectory { cspawn_add_working_directory(&actions, directory) }
        // Descriptors that other code of this process left open are none of the child's business.
        let flags =
            Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)

        return withStrings { arguments, environment in
            var process: pid_t = 0
            let code = posix_spawnp(&process, command, &actions, &attributes, arguments, environment)
            return (process, code)
        }
    }
    #endif

    /// The arguments, the program first, and the environment, as C takes them.
    private func withStrings<Value>(
        _ body: ([UnsafeMutablePointer<CChar>?], [UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let arguments = ([command] + arguments).map { strdup($0) } + [nil]
        let environment = environment.map { strdup($0) } + [nil]
        defer { for string in arguments + environment { free(string) } }
        return body(arguments, environment)
    }
}
