/* What Longhaul attaches to the cgroups of pods. */
#ifndef NODE_PROGRAMS_H
#define NODE_PROGRAMS_H

#include <linux/bpf.h>
#include <stdbool.h>

#include "keepalive/config.h"
#include "node/bpf/assembler.h"

struct cgroup_program {
	const char *name;	/* by which it is recognised among others; what it does is told by its tag */
	enum bpf_prog_type type;
	enum bpf_attach_type place;
	/* Puts its instructions together; false where there is nothing for it to do. */
	bool (*assemble)(struct assembly *program, const struct keepalive *settings);
};

/* Switches keepalive on where a connection begins. */
extern const struct cgroup_program keepalive_program;

/* Gives TCP_USER_TIMEOUT up on sockets whose program sets timers of its own. */
extern const struct cgroup_program user_timeout_program;

#endif
