/* Range-checked reading of whole numbers. */
#ifndef LONGHAUL_NUMBER_H
#define LONGHAUL_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads text that is a decimal number and nothing else (no blanks, no plus
 * sign) from min to max. Otherwise false, and *result is not touched.
 */
bool parse_integer(const char *text, int64_t min, int64_t max, int64_t *result);

#endif
