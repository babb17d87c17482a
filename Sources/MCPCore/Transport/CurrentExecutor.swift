/// The executor of the current task, for a task that is started beside it: `Task { }` inherits none.
public enum CurrentExecutor {
    /// What the current task was told to run on (`withTaskExecutorPreference`); `nil` for the system's own executor, and where the standard library does not say.
    ///
    ///     Task(executorPreference: CurrentExecutor.preference) { … }
    public static var preference: (any TaskExecutor)? {
        #if compiler(>=6.3)
        if #available(macOS 26.4, iOS 26.4, tvOS 26.4, watchOS 26.4, visionOS 26.4, *) {
            return withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() }
        }
        #endif
        return nil
    }
}
