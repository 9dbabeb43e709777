/* Where connections are looked for, if not here. */
#ifndef LONGHAUL_NETWORK_NAMESPACE_H
#define LONGHAUL_NETWORK_NAMESPACE_H

#include <stdbool.h>

/* Enters the network namespace of a process (a number), or the one at a path. False once the problem is printed. */
bool enter_network_namespace(const char *name, const char *applet);

#endif
