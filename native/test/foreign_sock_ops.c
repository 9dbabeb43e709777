/* Attaches a sock_ops program that does nothing to a cgroup: foreign_sock_ops CGROUP FLAGS, as somebody else would. */
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int call(enum bpf_cmd command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static int load(void)
{
	static const struct bpf_insn instructions[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_SOCK_OPS,
		.insns = (uint64_t)(uintptr_t)instructions,
		.insn_cnt = sizeof(instructions) / sizeof(instructions[0]),
		.license = (uint64_t)(uintptr_t)"MIT",
		.prog_name = "foreign",
	};

	return call(BPF_PROG_LOAD, &attributes);
}

int main(int argc, char **argv)
{
	union bpf_attr attributes = { .attach_type = BPF_CGROUP_SOCK_OPS };
	int program = load();

	if (argc != 3 || program < 0)
		err(1, "foreign_sock_ops CGROUP FLAGS");
	attributes.target_fd = (uint32_t)open(argv[1], O_RDONLY | O_DIRECTORY);
	attributes.attach_bpf_fd = (uint32_t)program;
	attributes.attach_flags = (uint32_t)atoi(argv[2]);
	if (call(BPF_PROG_ATTACH, &attributes))
		err(1, "BPF_PROG_ATTACH");
	return 0;
}
