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

int load_sock_ops(const char *name, const struct bpf_insn *instructions, size_t count, char *log, size_t log_size)
{
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_SOCK_OPS,
		.expected_attach_type = BPF_CGROUP_SOCK_OPS,
		.insns = address_of(instructions),
		.insn_cnt = (uint32_t)count,
		.license = address_of("MIT"),
		.log_level = 1,
		.log_buf = address_of(log),
		.log_size = (uint32_t)log_size,
	};

	strncpy(attributes.prog_name, name, sizeof(attributes.prog_name) - 1);
	return call(BPF_PROG_LOAD, &attributes);
}

bool attach_sock_ops(int cgroup, int program, int replaced)
{
	union bpf_attr attributes = {
		.target_fd = (uint32_t)cgroup,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = BPF_CGROUP_SOCK_OPS,
		.attach_flags = BPF_F_ALLOW_MULTI,
	};

	if (replaced >= 0) {
		attributes.attach_flags |= BPF_F_REPLACE;
		attributes.replace_bpf_fd = (uint32_t)replaced;
	}
	return call(BPF_PROG_ATTACH, &attributes) == 0;
}

bool detach_sock_ops(int cgroup, int program)
{
	union bpf_attr attributes = {
		.target_fd = (uint32_t)cgroup,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = BPF_CGROUP_SOCK_OPS,
	};

	return call(BPF_PROG_DETACH, &attributes) == 0;
}

bool query_sock_ops(int cgroup, struct attached *attached)
{
	union bpf_attr attributes = {
		.query = {
			.target_fd = (uint32_t)cgroup,
			.attach_type = BPF_CGROUP_SOCK_OPS,
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
