/* The processes of a cgroup and of those below it. */
#ifndef NODE_MEMBERS_H
#define NODE_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct member {
	pid_t pid;
	int pidfd;
	bool confirmed;	/* it was a member after it was held, too */
};

struct member_list {
	struct member *members;
	size_t count;
	bool hidden;	/* there are some in a PID namespace that this one does not see */
};

/*
 * Finds the processes of the moment, each held by its pidfd, so that its id
 * can't pass to another one that is no member. False with errno.
 */
bool find_members(int cgroup, struct member_list *list);

void free_members(struct member_list *list);

#endif
