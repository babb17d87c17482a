#define _GNU_SOURCE
#include "cspawn.h"

#if defined(__linux__)

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// Says why, and ends the child.
static void give_up(int report, int reason) {
    while (write(report, &reason, sizeof reason) < 0 && errno == EINTR) {}
    _exit(127);
}

/// Closes the descriptors between two numbers, both included.
static void close_range_of(unsigned first, unsigned last) {
    if (first > last) return;
#if defined(SYS_close_range)
    if (syscall(SYS_close_range, first, last, 0) == 0) return;
#endif
    struct rlimit limit;
    unsigned end = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < end) end = (unsigned)limit.rlim_cur;
    for (unsigned descriptor = first; descriptor <= last && descriptor < end; descriptor++) close((int)descriptor);
}

/// What runs in the child: nothing that takes a lock, because other threads held locks when it was forked.
static void run_child(
    pid_t parent, int report, const char *file, char *const arguments[], char *const environment[], const char *directory,
    const int streams[3]) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(report, errno);
    // A parent that died before this sends no signal any more; then the child has another parent by now.
    if (getppid() != parent) _exit(127);
    if (setpgid(0, 0) != 0) give_up(report, errno);
    for (int stream = 0; stream < 3; stream++) {
        // The descriptors are all above the standard ones, so that none is overwritten before it is used.
        if (dup2(streams[stream], stream) < 0) give_up(report, errno);
    }
    close_range_of(3, (unsigned)report - 1);
    close_range_of((unsigned)report + 1, ~0U);
    if (directory && chdir(directory) != 0) give_up(report, errno);

    struct sigaction standard = {.sa_handler = SIG_DFL};
    const int reset[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD};
    for (unsigned index = 0; index < sizeof reset / sizeof *reset; index++) sigaction(reset[index], &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvpe(file, arguments, environment);
    give_up(report, errno);
}

int cspawn_bound(
    pid_t *process, const char *file, char *const arguments[], char *const environment[], const char *directory, const int streams[3]) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return errno;
    if (report[1] <= 2) {
        // Standard descriptors of this process may be closed; the child needs those numbers.
        int moved = fcntl(report[1], F_DUPFD_CLOEXEC, 3);
        int failure = errno;
        close(report[1]);
        if (moved < 0) {
            close(report[0]);
            return failure;
        }
        report[1] = moved;
    }
    // No handler of this process may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    int failure = errno;
    if (child == 0) run_child(parent, report[1], file, arguments, environment, directory, streams);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (child < 0) {
        close(report[0]);
        return failure;
    }
    // Ends when the child runs its program, or with the reason why it does not.
    int reason = 0;
    ssize_t count;
    do { count = read(report[0], &reason, sizeof reason); } while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count == sizeof reason) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
        return reason;
    }
    *process = child;
    return 0;
}

#else

int cspawn_add_working_directory(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

#endif
