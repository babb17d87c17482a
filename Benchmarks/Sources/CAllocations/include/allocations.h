#pragma once
#include <stdint.h>

/// How often memory has been taken from the allocator since the process began; always 0 where allocations cannot be counted.
uint64_t allocation_count(void);
