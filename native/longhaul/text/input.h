/* Standard input as a sign of life: whoever started the program from elsewhere holds it open. */
#ifndef LONGHAUL_INPUT_H
#define LONGHAUL_INPUT_H

#include <stdbool.h>
#include <stdint.h>

/* Waits until that time of the monotonic clock; true at once where standard input ends, or has ended. */
bool input_ends_by(int64_t end_ms);

#endif
