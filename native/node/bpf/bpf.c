#include "node/bpf/bpf.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Calls that get a part of the attributes that this kernel's headers know work on older kernels, too. */
static int call(enum bpf_cmd command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static uint64_t address_of(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

int load_program(const struct cgroup_program *kind, const struct assembly *assembly, char *log, size_t log_size)
{
	union bpf_attr attributes = {
		.prog_type = kind->type,
		.expected_attach_type = kind->place,
		.insns = address_of(assembly->instructions),
		.insn_cnt = (uint32_t)assembly->count,
		.license = address_of("MIT"),
		.log_level = 1,
		.log_buf = address_of(log),
		.log_size = (uint32_t)log_size,
	};

	strncpy(attributes.prog_name, kind->name, sizeof(attributes.prog_name) - 1);
	return call(BPF_PROG_LOAD, &attributes);
}

bool attach_program(int cgroup, enum bpf_attach_type place, int program, int replaced)
{
	union bpf_attr attributes = {
		.target_fd = (uint32_t)cgroup,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = place,
		.attach_flags = BPF_F_ALLOW_MULTI,
	};

	if (replaced >= 0) {
		attributes.attach_flags |= BPF_F_REPLACE;
		attributes.replace_bpf_fd = (uint32_t)replaced;
	}
	return call(BPF_PROG_ATTACH, &attributes) == 0;
}

bool detach_program(int cgroup, enum bpf_attach_type place, int program)
{
	union bpf_attr attributes = {
		.target_fd = (uint32_t)cgroup,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = place,
	};

	return call(BPF_PROG_DETACH, &attributes) == 0;
}

bool query_attached(int cgroup, enum bpf_attach_type place, struct attached *attached)
{
	union bpf_attr attributes = {
		.query = {
			.target_fd = (uint32_t)cgroup,
			.attach_type = place,
			.prog_ids = address_of(attached->ids),
			.prog_cnt = MOST_ATTACHED,
		},
	};

	if (call(BPF_PROG_QUERY, &attributes))
		return false;
	attached->count = attributes.query.prog_cnt;
	attached->flags = attributes.query.attach_flags;
	return true;
}

int open_program(uint32_t id)
{
	union bpf_attr attributes = { .prog_id = id };

	return call(BPF_PROG_GET_FD_BY_ID, &attributes);
}

bool identify_program(int program, struct program_identity *identity)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attributes = {
		.info = { .bpf_fd = (uint32_t)program, .info_len = sizeof(info), .info = address_of(&info) },
	};

	if (call(BPF_OBJ_GET_INFO_BY_FD, &attributes))
		return false;
	identity->id = info.id;
	memcpy(identity->name, info.name, sizeof(identity->name));
	memcpy(identity->tag, info.tag, sizeof(identity->tag));
	return true;
}

bool identify_by_id(uint32_t id, struct program_identity *identity)
{
	int program = open_program(id);
	bool identified;

	if (program < 0)
		return false;
	identified = identify_program(program, identity);
	close(program);
	return identified;
}
