/* Time that no adjustment of the clock moves. */
#ifndef LONGHAUL_CLOCK_H
#define LONGHAUL_CLOCK_H

#include <stdint.h>
#include <time.h>

int64_t monotonic_ms(void);
struct timespec timespec_of_ms(int64_t ms);

/* Sleeps until monotonic_ms() is at least that. */
void sleep_until_ms(int64_t end_ms);

#endif
