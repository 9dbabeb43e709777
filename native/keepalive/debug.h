/* The one line that LONGHAUL_DEBUG=1 asks for. */
#ifndef KEEPALIVE_DEBUG_H
#define KEEPALIVE_DEBUG_H

#include "config.h"

/* Writes the values in effect to standard error. */
void print_keepalive(const struct keepalive *keepalive);

#endif
