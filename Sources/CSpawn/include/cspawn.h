#ifndef CSPAWN_H
#define CSPAWN_H

#include <spawn.h>
#include <sys/types.h>

#if defined(__linux__)

/// Launches a program in a process group of its own that the system kills (SIGKILL) when the calling thread ends.
///
/// The binding is to the thread and not to the process, so the thread that calls must live as long as the process.
/// - file: a path, or a name that is looked for on `PATH`.
/// - directory: the working directory; NULL for the caller's own.
/// - streams: the descriptors of standard input, output and error, all above 2; all other descriptors are closed.
/// Returns 0, or the errno of what failed; a program that cannot be run is such a failure.
int cspawn_bound(
    pid_t *process, const char *file, char *const arguments[], char *const environment[], const char *directory, const int streams[3]);

#else

/// posix_spawn_file_actions_addchdir_np, which not every system's module declares.
int cspawn_add_working_directory(posix_spawn_file_actions_t *actions, const char *path);

#endif

#endif
