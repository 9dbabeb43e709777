/*
 * Of Linux's rules: beside programs that were attached otherwise than with
 * BPF_F_ALLOW_MULTI there is no room. Below an exclusive attachment the kernel
 * itself refuses others; below one that may be overridden it lets a program
 * take its place, which would break what it is there for.
 */
#include "node/bpf/blocker.h"

#include <unistd.h>

#include "node/cgroups/cgroup.h"

static bool blocks(int cgroup, const struct cgroup_program *kind, struct blocker *blocker)
{
	struct attached attached;

	if (!query_attached(cgroup, kind->place, &attached) || attached.count == 0 ||
	    attached.flags & BPF_F_ALLOW_MULTI)
		return false;
	blocker->overridable = attached.flags & BPF_F_ALLOW_OVERRIDE;
	blocker->program = (struct program_identity){ .id = attached.ids[0] };
	identify_by_id(attached.ids[0], &blocker->program);
	return true;
}

static bool look_upwards(int cgroup, const struct cgroup_program *kind, struct blocker *blocker)
{
	bool blocked = blocks(cgroup, kind, blocker);
	int parent = blocked ? -1 : open_parent_cgroup(cgroup);

	if (parent < 0)
		return blocked;
	blocker->levels_up++;
	blocked = look_upwards(parent, kind, blocker);
	close(parent);
	return blocked;
}

bool find_blocker(int cgroup, const struct cgroup_program *kind, struct blocker *blocker)
{
	blocker->levels_up = 0;
	return look_upwards(cgroup, kind, blocker);
}
