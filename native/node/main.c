/*
 * longhaul-node: what the agent on each node lets the kernel do. One static
 * binary beside the agent, made of applets as longhaul is.
 */
#include <stddef.h>

#include "node/applets.h"
#include "program.h"

static const struct applet *const applets[] = {
	&keepalive_applet,
	&stale_applet,
	NULL,
};

int main(int argc, char **argv)
{
	return run_program("longhaul-node", applets, argc, argv);
}
