/* Cgroups of version 2, by descriptors of their folders. */
#ifndef NODE_CGROUP_H
#define NODE_CGROUP_H

#include <stdbool.h>

/* A descriptor of the folder; -1 with errno set: EMEDIUMTYPE where it is no cgroup of version 2. */
int open_cgroup(const char *path);

/* A descriptor of the cgroup above; -1 with errno set, 0 where there is none that can be seen. */
int open_parent_cgroup(int cgroup);

/* Waits until nobody else holds it for a change of what is attached. Held until the descriptor is closed. */
bool hold_cgroup(int cgroup);

#endif
