/*
 * Reads an applet's arguments by its option table: "--name value",
 * "--name=value", "--flag"; operands may stand between options, "--" ends
 * them. getopt_long would need a second table beside the one --help prints.
 */
#ifndef LONGHAUL_ARGS_H
#define LONGHAUL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "applet.h"

enum args_result {
	ARGS_END = -1,
	ARGS_OPERAND = -2,
	ARGS_WRONG = -3,	/* the problem has been printed */
};

struct args {
	const struct applet *applet;
	char **next;		/* the first argument not read yet */
	const char *option;	/* the name of the option just returned; NULL: it is an operand */
	const char *value;	/* of the option or operand just returned */
	bool operands_only;	/* "--" has been read */
};

/* The option's index in the applet's table, or one of enum args_result. */
int args_next(struct args *args);

/* Prints which rule the value just returned breaks: --sleep: "soon" is not a duration. Returns false. */
bool args_refuse(const struct args *args, const char *rule);

/* Reads that value as a duration; false once the problem is printed. */
bool args_read_duration(const struct args *args, int max_hours, int64_t *result_ms);

#endif
