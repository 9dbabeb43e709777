/* Durations as the settings and Kubernetes users write them. */
#ifndef LONGHAUL_DURATION_H
#define LONGHAUL_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads "90s", "2m", "1h30m", "1500ms", "1.5s" or a plain number of seconds,
 * up to max_ms. Units go from large to small, each at most once. What is less
 * than a millisecond is rounded up. Otherwise false, and *result_ms is not
 * touched.
 */
bool parse_duration(const char *text, int64_t max_ms, int64_t *result_ms);

#endif
