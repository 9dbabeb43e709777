/*
 * longhaul: one static binary for the inside of other people's containers,
 * which may hold no shell and no libc. Each job is an applet; the table below
 * is all that knows their names.
 */
#include <stddef.h>

#include "program.h"

static const struct applet *const applets[] = {
	&install_applet,
	&drain_applet,
	&hangup_applet,
	&list_applet,
	NULL,
};

int main(int argc, char **argv)
{
	return run_program("longhaul", applets, argc, argv);
}
