/*
 * Reads an applet's arguments by its option table: "--name value",
 * "--name=value", "--flag"; operands may stand between options, "--" ends
 * them. getopt_long would need a second table beside the one --help prints.
 */
#ifndef LONGHAUL_ARGS_H
#define LONGHAUL_ARGS_H

#include <stdbool.h>

#include "applet.h"

enum args_result {
	ARGS_END = -1,
	ARGS_OPERAND = -2,
	ARGS_WRONG = -3,	/* the problem has been printed */
};

struct args {
	const struct applet *applet;
	char **next;		/* the first argument not read yet */
	const char *value;	/* of the option or operand just returned */
	bool operands_only;	/* "--" has been read */
};

/* The option's index in the applet's table, or one of enum args_result. */
int args_next(struct args *args);

#endif
