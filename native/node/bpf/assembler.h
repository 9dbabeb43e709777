/*
 * eBPF instructions, put together here: a pod's numbers stand in them, so that
 * there is no map to keep, and no compiler is needed where they run.
 */
#ifndef NODE_ASSEMBLER_H
#define NODE_ASSEMBLER_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* What outlives the calls of helpers, for which the first ones are; a program begins by filling them. */
enum { RESULT = BPF_REG_0, SCRATCH = BPF_REG_2, CONTEXT = BPF_REG_6, SOCKET = BPF_REG_7, STACK = BPF_REG_10 };

struct assembly {
	struct bpf_insn instructions[96];
	size_t count;
};

/* Jumps whose aim is not known yet. */
struct jumps {
	size_t from[8];
	size_t count;
};

void emit_copy(struct assembly *program, uint8_t to, uint8_t from);

/* Loads a field of the context: four bytes, or eight. */
void emit_load_word(struct assembly *program, uint8_t to, size_t offset);
void emit_load_pointer(struct assembly *program, uint8_t to, size_t offset);

/* Stores four bytes into a field of the context. */
void emit_store_word(struct assembly *program, size_t offset, int32_t value);

/* A jump on BPF_JEQ, BPF_JNE or the like, where land() says. */
void emit_jump_if(struct assembly *program, uint8_t condition, uint8_t register_number, int32_t value,
		  struct jumps *jumps);

/* Has jumps lead to what is emitted next. */
void land(struct assembly *program, const struct jumps *jumps);

/* Sets an option of SOCKET; failures are passed over. */
void emit_set_option(struct assembly *program, int level, int option, int32_t value);

/* Jumps where an option of SOCKET has another value, or can't be read. */
void emit_jump_unless_option(struct assembly *program, int level, int option, int32_t value, struct jumps *jumps);

void emit_return(struct assembly *program, int32_t result);

#endif
