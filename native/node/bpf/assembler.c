#include "node/bpf/assembler.h"

/* The option's value, on the stack. */
enum { VALUE_OFFSET = -4, VALUE_SIZE = 4 };

static void emit(struct assembly *program, uint8_t code, uint8_t to, uint8_t from, int16_t offset, int32_t immediate)
{
	program->instructions[program->count++] = (struct bpf_insn){
		.code = code, .dst_reg = to & 0xfU, .src_reg = from & 0xfU, .off = offset, .imm = immediate,
	};
}

static void emit_move(struct assembly *program, uint8_t to, int32_t value)
{
	emit(program, BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

void emit_copy(struct assembly *program, uint8_t to, uint8_t from)
{
	emit(program, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

void emit_load_word(struct assembly *program, uint8_t to, size_t offset)
{
	emit(program, BPF_LDX | BPF_MEM | BPF_W, to, CONTEXT, (int16_t)offset, 0);
}

void emit_load_pointer(struct assembly *program, uint8_t to, size_t offset)
{
	emit(program, BPF_LDX | BPF_MEM | BPF_DW, to, CONTEXT, (int16_t)offset, 0);
}

void emit_store_word(struct assembly *program, size_t offset, int32_t value)
{
	emit_move(program, SCRATCH, value);
	emit(program, BPF_STX | BPF_MEM | BPF_W, CONTEXT, SCRATCH, (int16_t)offset, 0);
}

void emit_jump_if(struct assembly *program, uint8_t condition, uint8_t register_number, int32_t value,
		  struct jumps *jumps)
{
	jumps->from[jumps->count++] = program->count;
	emit(program, BPF_JMP | condition | BPF_K, register_number, 0, 0, value);
}

void land(struct assembly *program, const struct jumps *jumps)
{
	for (size_t index = 0; index < jumps->count; index++) {
		size_t from = jumps->from[index];

		program->instructions[from].off = (int16_t)(program->count - from - 1);
	}
}

/* Reads an option of SOCKET into the value, or sets it to the value, which is there before. */
static void emit_option_call(struct assembly *program, enum bpf_func_id helper, int level, int option, int32_t value)
{
	emit(program, BPF_ST | BPF_MEM | BPF_W, STACK, 0, VALUE_OFFSET, value);
	emit_copy(program, BPF_REG_1, SOCKET);
	emit_move(program, BPF_REG_2, level);
	emit_move(program, BPF_REG_3, option);
	emit_copy(program, BPF_REG_4, STACK);
	emit(program, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_4, 0, 0, VALUE_OFFSET);
	emit_move(program, BPF_REG_5, VALUE_SIZE);
	emit(program, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

void emit_set_option(struct assembly *program, int level, int option, int32_t value)
{
	emit_option_call(program, BPF_FUNC_setsockopt, level, option, value);
}

void emit_jump_unless_option(struct assembly *program, int level, int option, int32_t value, struct jumps *jumps)
{
	emit_option_call(program, BPF_FUNC_getsockopt, level, option, 0);
	emit_jump_if(program, BPF_JNE, RESULT, 0, jumps);
	emit(program, BPF_LDX | BPF_MEM | BPF_W, SCRATCH, STACK, VALUE_OFFSET, 0);
	emit_jump_if(program, BPF_JNE, SCRATCH, value, jumps);
}

void emit_return(struct assembly *program, int32_t result)
{
	emit_move(program, RESULT, result);
	emit(program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}
