/* bpf(2), as far as programs on cgroups go: no library, no BTF. Errors are left in errno. */
#ifndef NODE_BPF_H
#define NODE_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/bpf/assembler.h"
#include "node/bpf/programs.h"

/* The kernel attaches no more to one cgroup (BPF_CGROUP_MAX_PROGS). */
enum { MOST_ATTACHED = 64 };

struct attached {
	uint32_t ids[MOST_ATTACHED];
	uint32_t count;
	uint32_t flags;	/* with which all of them were attached: BPF_F_ALLOW_MULTI, BPF_F_ALLOW_OVERRIDE, or 0 */
};

struct program_identity {
	uint32_t id;
	char name[BPF_OBJ_NAME_LEN];	/* at most 15 characters, and a null byte */
	uint8_t tag[BPF_TAG_SIZE];	/* of its instructions */
};

/* A descriptor of a new program, or -1; what the verifier says goes into the log. */
int load_program(const struct cgroup_program *kind, const struct assembly *assembly, char *log, size_t log_size);

/* Attaches a program beside those of others; in the place of another, where that is not -1. */
bool attach_program(int cgroup, enum bpf_attach_type place, int program, int replaced);

bool detach_program(int cgroup, enum bpf_attach_type place, int program);

/* What is attached there to the cgroup itself. */
bool query_attached(int cgroup, enum bpf_attach_type place, struct attached *attached);

/* A descriptor of a program that is there (CAP_SYS_ADMIN), or -1. */
int open_program(uint32_t id);

bool identify_program(int program, struct program_identity *identity);

/* The same of one that is there (CAP_SYS_ADMIN). */
bool identify_by_id(uint32_t id, struct program_identity *identity);

#endif
