// Lets the thread sanitizer see the slow paths of Swift's `Mutex`.
//
// On Linux its fast paths are compiled into whoever uses it, where the sanitizer sees them; the slow ones are in a library that is not instrumented. A mutex that was
// waited for would look as if it had never been locked, and everything that it guards as raced for. The two functions here do the same and tell the sanitizer; those of
// a program go before those of a library with the same name. Without the sanitizer this file is empty.
#include "sanitized_mutex.h"

#if defined(__linux__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)
#include <errno.h>
#include <linux/futex.h>
#include <sanitizer/tsan_interface.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SWIFT_SELF __attribute__((swift_context))

// `_MutexHandle._lockSlow(_:)`: the word holds the identity of the thread that has the lock, as the kernel's priority-inheriting futex wants it.
__attribute__((swiftcall)) void sanitized_lock_slow(uint32_t self_id, SWIFT_SELF void *self) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

__attribute__((swiftcall)) void sanitized_lock_slow(uint32_t self_id, SWIFT_SELF void *self) {
    (void)self_id;
    while (syscall(SYS_futex, self, FUTEX_LOCK_PI_PRIVATE, 0, 0) != 0) {
        if (errno != EINTR && errno != EAGAIN) abort();
    }
    __tsan_acquire(self);
}

// `_MutexHandle._unlockSlow()`: somebody waits, whom the kernel hands the lock to.
__attribute__((swiftcall)) void sanitized_unlock_slow(SWIFT_SELF void *self) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

__attribute__((swiftcall)) void sanitized_unlock_slow(SWIFT_SELF void *self) {
    __tsan_release(self);
    if (syscall(SYS_futex, self, FUTEX_UNLOCK_PI_PRIVATE, 0, 0) != 0) abort();
}
#endif
#endif
