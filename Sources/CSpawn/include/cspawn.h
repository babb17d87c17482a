#ifndef CSPAWN_H
#define CSPAWN_H

#include <spawn.h>

/// posix_spawn_file_actions_addchdir_np, which glibc declares only for GNU sources.
int cspawn_add_working_directory(posix_spawn_file_actions_t *actions, const char *path);

/// Closes every descriptor from `first` on in the child, where the system can.
int cspawn_add_close_from(posix_spawn_file_actions_t *actions, int first);

#endif
