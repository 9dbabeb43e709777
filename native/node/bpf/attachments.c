/*
 * A program lives as long as the cgroup that it is attached to, so that the
 * agent may end and begin again. Which are Longhaul's is told by their name,
 * which of its numbers they have by their tag, so that nothing is attached
 * twice. The cgroup is held meanwhile: two agents take turns.
 */
#include "node/bpf/attachments.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "node/cgroups/cgroup.h"

const struct cgroup_program *const cgroup_programs[] = { &user_timeout_program, &keepalive_program, NULL };

static enum attaching fail(struct attach_failure *failure, const char *step)
{
	failure->step = step;
	failure->error = errno;
	return ATTACHING_FAILED;
}

bool is_of_kind(const struct program_identity *program, const struct cgroup_program *kind)
{
	return !strcmp(program->name, kind->name);
}

int list_attached(int cgroup, const struct cgroup_program *kind, struct program_identity programs[MOST_ATTACHED],
		  struct attach_failure *failure)
{
	struct attached attached;
	int count = 0;

	if (!query_attached(cgroup, kind->place, &attached)) {
		fail(failure, "asking what is attached");
		return -1;
	}
	for (uint32_t index = 0; index < attached.count; index++) {
		if (identify_by_id(attached.ids[index], &programs[count])) {
			count++;
		} else if (errno != ENOENT) {	/* detached since */
			fail(failure, "looking at a program that is attached");
			return -1;
		}
	}
	return count;
}

static bool detach_by_id(int cgroup, const struct cgroup_program *kind, uint32_t id)
{
	int program = open_program(id);
	bool detached;

	if (program < 0)
		return errno == ENOENT;
	detached = detach_program(cgroup, kind->place, program) || errno == ENOENT;
	close(program);
	return detached;
}

/* All of a kind but one, or but none where that is -1; how many, or -1. */
static int detach_others(int cgroup, const struct cgroup_program *kind, const struct program_identity *programs,
			 int count, int kept)
{
	int detached = 0;

	for (int index = 0; index < count; index++) {
		if (index == kept || !is_of_kind(&programs[index], kind))
			continue;
		if (!detach_by_id(cgroup, kind, programs[index].id))
			return -1;
		detached++;
	}
	return detached;
}

/* All of a kind; how many, or -1. */
static int detach_all(int cgroup, const struct cgroup_program *kind, struct attach_failure *failure)
{
	struct program_identity programs[MOST_ATTACHED];
	int count = list_attached(cgroup, kind, programs, failure), detached;

	if (count < 0)
		return -1;
	detached = detach_others(cgroup, kind, programs, count, -1);
	if (detached < 0)
		fail(failure, "detaching a program");
	return detached;
}

static bool has_tag(const struct program_identity *program, const struct program_identity *wanted)
{
	return !memcmp(program->tag, wanted->tag, sizeof(wanted->tag));
}

/* Which of those that are attached is like the one that is wanted, or else the first of its kind; -1: none. */
static int find_like(const struct cgroup_program *kind, const struct program_identity *programs, int count,
		     const struct program_identity *wanted)
{
	int found = -1;

	for (int index = 0; index < count; index++) {
		if (!is_of_kind(&programs[index], kind))
			continue;
		if (has_tag(&programs[index], wanted))
			return index;
		if (found < 0)
			found = index;
	}
	return found;
}

static enum attaching attach_first(int cgroup, const struct cgroup_program *kind, int program,
				   struct attach_failure *failure)
{
	if (attach_program(cgroup, kind->place, program, -1))
		return ATTACHED;
	return fail(failure, "attaching the program");
}

static enum attaching put_in_place_of(int cgroup, const struct cgroup_program *kind, int program, uint32_t id,
				      struct attach_failure *failure)
{
	int replaced = open_program(id);
	enum attaching attaching = ATTACHED_ANEW;

	if (replaced < 0 || !attach_program(cgroup, kind->place, program, replaced))
		attaching = fail(failure, "putting a program in the place of another");
	if (replaced >= 0)
		close(replaced);
	return attaching;
}

static enum attaching attach_loaded(int cgroup, const struct cgroup_program *kind, int program,
				    struct attach_failure *failure)
{
	struct program_identity programs[MOST_ATTACHED], wanted;
	int count = list_attached(cgroup, kind, programs, failure), found;
	enum attaching attaching = ATTACHED_ALREADY;

	if (count < 0)
		return ATTACHING_FAILED;
	if (!identify_program(program, &wanted))
		return fail(failure, "looking at the program that was loaded");
	found = find_like(kind, programs, count, &wanted);
	if (found < 0)
		return attach_first(cgroup, kind, program, failure);
	if (!has_tag(&programs[found], &wanted))
		attaching = put_in_place_of(cgroup, kind, program, programs[found].id, failure);
	if (attaching != ATTACHING_FAILED && detach_others(cgroup, kind, programs, count, found) < 0)
		return fail(failure, "detaching a program with other settings");
	return attaching;
}

static enum attaching attach_kind(int cgroup, const struct cgroup_program *kind, const struct keepalive *settings,
				  struct attach_failure *failure)
{
	struct assembly assembly = { 0 };
	enum attaching attaching;
	int program, detached;

	if (!kind->assemble(&assembly, settings)) {
		detached = detach_all(cgroup, kind, failure);
		return detached < 0 ? ATTACHING_FAILED : detached > 0 ? ATTACHED_ANEW : ATTACHED_ALREADY;
	}
	program = load_program(kind, &assembly, failure->log, sizeof(failure->log));
	if (program < 0)
		return fail(failure, "loading the program");
	failure->log[0] = '\0';
	attaching = attach_loaded(cgroup, kind, program, failure);
	close(program);
	return attaching;
}

enum attaching attach_keepalive(int cgroup, const struct keepalive *settings, struct attach_failure *failure)
{
	enum attaching all = ATTACHED_ALREADY;

	if (!hold_cgroup(cgroup))
		return fail(failure, "waiting for the cgroup");
	for (size_t index = 0; cgroup_programs[index]; index++)
		if (find_blocker(cgroup, cgroup_programs[index], &failure->blocker))
			return ATTACHING_BLOCKED;
	/* Last comes the one that switches keepalive on: what is there to follow it is there before. */
	for (size_t index = 0; cgroup_programs[index] && all != ATTACHING_FAILED; index++) {
		enum attaching one = attach_kind(cgroup, cgroup_programs[index], settings, failure);

		if (one > all)
			all = one;
	}
	return all;
}

int detach_keepalive(int cgroup, struct attach_failure *failure)
{
	int all = 0;

	if (!hold_cgroup(cgroup)) {
		fail(failure, "waiting for the cgroup");
		return -1;
	}
	for (size_t index = 0; cgroup_programs[index]; index++) {
		int one = detach_all(cgroup, cgroup_programs[index], failure);

		if (one < 0)
			return -1;
		all += one;
	}
	return all;
}
