/* Longhaul's programs among those that are attached to a cgroup. */
#ifndef NODE_ATTACHMENTS_H
#define NODE_ATTACHMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keepalive/config.h"
#include "node/bpf/blocker.h"
#include "node/bpf/bpf.h"
#include "node/bpf/programs.h"

/* From the least to what is to be told of several. */
enum attaching {
	ATTACHED_ALREADY,
	ATTACHED,
	ATTACHED_ANEW,		/* in the place of what had other settings */
	ATTACHING_BLOCKED,	/* an attachment of somebody else's allows none beside it */
	ATTACHING_FAILED,
};

/* What was not done, and why. */
struct attach_failure {
	const char *step;
	int error;
	char log[4096];		/* of the verifier */
	struct blocker blocker;	/* of ATTACHING_BLOCKED */
};

/* All that Longhaul attaches, ended by NULL. */
extern const struct cgroup_program *const cgroup_programs[];

/* Has the programs with these settings, and no others of Longhaul's, attached to the cgroup. */
enum attaching attach_keepalive(int cgroup, const struct keepalive *settings, struct attach_failure *failure);

/* Takes all of Longhaul's programs off the cgroup; how many, or -1. */
int detach_keepalive(int cgroup, struct attach_failure *failure);

/* What is attached at the place of one of Longhaul's to the cgroup itself, by anybody; how many, or -1. */
int list_attached(int cgroup, const struct cgroup_program *kind, struct program_identity programs[MOST_ATTACHED],
		  struct attach_failure *failure);

/* Whether a program at such a place is Longhaul's. */
bool is_of_kind(const struct program_identity *program, const struct cgroup_program *kind);

#endif
