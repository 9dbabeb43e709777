/* Longhaul's programs among those that are attached to a cgroup. */
#ifndef NODE_ATTACHMENTS_H
#define NODE_ATTACHMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keepalive/config.h"
#include "node/bpf/bpf.h"

enum attaching {
	ATTACHED,
	ATTACHED_ALREADY,
	ATTACHED_ANEW,		/* in the place of a program with other numbers */
	ATTACHING_BLOCKED,	/* an attachment of somebody else's allows none beside it */
	ATTACHING_FAILED,
};

/* Whose attachment is in the way. */
struct blocker {
	int levels_up;		/* 0: the cgroup itself, 1: its parent */
	bool overridable;	/* a program below would take its place, rather than run beside it */
	struct program_identity program;	/* without a name where it may not be looked at */
};

/* What was not done, and why. */
struct attach_failure {
	const char *step;
	int error;
	char log[4096];		/* of the verifier */
	struct blocker blocker;	/* of ATTACHING_BLOCKED */
};

/* Has the program with these numbers, and no other of Longhaul's, attached to the cgroup. */
enum attaching attach_keepalive(int cgroup, const struct keepalive *settings, struct attach_failure *failure);

/* Takes all of Longhaul's programs off the cgroup; how many, or -1. */
int detach_keepalive(int cgroup, struct attach_failure *failure);

/* What is attached to the cgroup itself, by anybody; how many, or -1. */
int list_attached(int cgroup, struct program_identity programs[MOST_ATTACHED], struct attach_failure *failure);

bool is_keepalive_program(const struct program_identity *program);

#endif
