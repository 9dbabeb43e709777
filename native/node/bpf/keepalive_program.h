/* The program that switches keepalive on for the connections of a cgroup. */
#ifndef NODE_KEEPALIVE_PROGRAM_H
#define NODE_KEEPALIVE_PROGRAM_H

#include <stddef.h>

#include "keepalive/config.h"

/* By which Longhaul's programs are recognised; what they do is told apart by their tags. */
extern const char keepalive_program_name[];

/* A descriptor of the program with these numbers, or -1 with errno set; what the verifier says goes into the log. */
int load_keepalive_program(const struct keepalive *settings, char *log, size_t log_size);

#endif
