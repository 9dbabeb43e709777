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

#include "node/bpf/cgroup.h"
#include "node/bpf/keepalive_program.h"

static int fail(struct attach_failure *failure, const char *step)
{
	failure->step = step;
	failure->error = errno;
	return -1;
}

bool is_keepalive_program(const struct program_identity *program)
{
	return !strcmp(program->name, keepalive_program_name);
}

static bool identify(uint32_t id, struct program_identity *identity)
{
	int program = open_program(id);
	bool identified;

	if (program < 0)
		return false;
	identified = identify_program(program, identity);
	close(program);
	return identified;
}

int list_attached(int cgroup, struct program_identity programs[MOST_ATTACHED], struct attach_failure *failure)
{
	struct attached attached;
	int count = 0;

	if (!query_sock_ops(cgroup, &attached))
		return fail(failure, "asking what is attached");
	for (uint32_t index = 0; index < attached.count; index++) {
		if (identify(attached.ids[index], &programs[count]))
			count++;
		/* It was detached since. */
		else if (errno != ENOENT)
			return fail(failure, "looking at a program that is attached");
	}
	return count;
}

/* Of Linux's rules: beside programs that were attached otherwise than BPF_F_ALLOW_MULTI there is no room. */
static bool blocks(int cgroup, struct blocker *blocker)
{
	struct attached attached;

	if (!query_sock_ops(cgroup, &attached) || attached.count == 0 || attached.flags & BPF_F_ALLOW_MULTI)
		return false;
	blocker->overridable = attached.flags & BPF_F_ALLOW_OVERRIDE;
	blocker->program = (struct program_identity){ .id = attached.ids[0] };
	identify(attached.ids[0], &blocker->program);
	return true;
}

/*
 * From the cgroup upwards. The kernel itself refuses what an exclusive
 * attachment above forbids, but below one that may be overridden it lets a
 * program take its place.
 */
static bool find_blocker(int cgroup, struct blocker *blocker)
{
	bool blocked = blocks(cgroup, blocker);
	int parent = blocked ? -1 : open_parent_cgroup(cgroup);

	if (blocked)
		return true;
	if (parent < 0)
		return false;
	blocker->levels_up++;
	blocked = find_blocker(parent, blocker);
	close(parent);
	return blocked;
}

static bool detach_by_id(int cgroup, uint32_t id)
{
	int program = open_program(id);
	bool detached;

	if (program < 0)
		return errno == ENOENT;
	detached = detach_sock_ops(cgroup, program) || errno == ENOENT;
	close(program);
	return detached;
}

/* Which of those that are attached is the one with such a tag, or the first of Longhaul's otherwise; -1: none. */
static int find_ours(const struct program_identity *programs, int count, const uint8_t tag[BPF_TAG_SIZE])
{
	int found = -1;

	for (int index = 0; index < count; index++) {
		if (!is_keepalive_program(&programs[index]))
			continue;
		if (!memcmp(programs[index].tag, tag, BPF_TAG_SIZE))
			return index;
		if (found < 0)
			found = index;
	}
	return found;
}

/* All of Longhaul's but one. */
static bool detach_others(int cgroup, const struct program_identity *programs, int count, int kept)
{
	for (int index = 0; index < count; index++)
		if (index != kept && is_keepalive_program(&programs[index]) &&
		    !detach_by_id(cgroup, programs[index].id))
			return false;
	return true;
}

static enum attaching put_in_place_of(int cgroup, int program, uint32_t id, struct attach_failure *failure)
{
	int replaced = open_program(id);
	bool attached = replaced >= 0 && attach_sock_ops(cgroup, program, replaced);

	if (!attached)
		fail(failure, "putting a program in the place of another");
	if (replaced >= 0)
		close(replaced);
	return attached ? ATTACHED_ANEW : ATTACHING_FAILED;
}

static enum attaching attach_program(int cgroup, int program, struct attach_failure *failure)
{
	struct program_identity programs[MOST_ATTACHED], wanted;
	int count = list_attached(cgroup, programs, failure), found;
	enum attaching attaching;

	if (count < 0)
		return ATTACHING_FAILED;
	if (!identify_program(program, &wanted)) {
		fail(failure, "looking at the program that was loaded");
		return ATTACHING_FAILED;
	}
	found = find_ours(programs, count, wanted.tag);
	if (found < 0) {
		if (attach_sock_ops(cgroup, program, -1))
			return ATTACHED;
		fail(failure, "attaching the program");
		return ATTACHING_FAILED;
	}
	attaching = memcmp(programs[found].tag, wanted.tag, BPF_TAG_SIZE) == 0 ?
			    ATTACHED_ALREADY :
			    put_in_place_of(cgroup, program, programs[found].id, failure);
	if (attaching != ATTACHING_FAILED && !detach_others(cgroup, programs, count, found)) {
		fail(failure, "detaching a program with other numbers");
		return ATTACHING_FAILED;
	}
	return attaching;
}

enum attaching attach_keepalive(int cgroup, const struct keepalive *settings, struct attach_failure *failure)
{
	enum attaching attaching;
	int program;

	if (!hold_cgroup(cgroup)) {
		fail(failure, "waiting for the cgroup");
		return ATTACHING_FAILED;
	}
	if (find_blocker(cgroup, &failure->blocker))
		return ATTACHING_BLOCKED;
	program = load_keepalive_program(settings, failure->log, sizeof(failure->log));
	if (program < 0) {
		fail(failure, "loading the program");
		return ATTACHING_FAILED;
	}
	attaching = attach_program(cgroup, program, failure);
	close(program);
	return attaching;
}

int detach_keepalive(int cgroup, struct attach_failure *failure)
{
	struct program_identity programs[MOST_ATTACHED];
	int count, ours = 0;

	if (!hold_cgroup(cgroup))
		return fail(failure, "waiting for the cgroup");
	count = list_attached(cgroup, programs, failure);
	for (int index = 0; index < count; index++)
		ours += is_keepalive_program(&programs[index]);
	if (count >= 0 && !detach_others(cgroup, programs, count, -1))
		return fail(failure, "detaching a program");
	return count < 0 ? -1 : ours;
}
