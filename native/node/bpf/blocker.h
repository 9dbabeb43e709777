/* Attachments of others that leave no room beside them. */
#ifndef NODE_BLOCKER_H
#define NODE_BLOCKER_H

#include <stdbool.h>

#include "node/bpf/bpf.h"
#include "node/bpf/programs.h"

struct blocker {
	int levels_up;		/* 0: the cgroup itself, 1: its parent */
	bool overridable;	/* a program below would take its place, rather than run beside it */
	struct program_identity program;	/* without a name where it may not be looked at */
};

/* Whether one is in the way of such a program, at the cgroup or above it. */
bool find_blocker(int cgroup, const struct cgroup_program *kind, struct blocker *blocker);

#endif
