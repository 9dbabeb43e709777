/*
 * What the applets share: the shape of their one table row, and the exit
 * statuses that hooks and scripts rely on.
 *
 * An applet is one file that opens with its options; --help prints the same
 * rows the argument parser (args.h) reads, so that the two can't disagree.
 * Messages go to stderr through <err.h>, which both libcs prefix with the
 * program's name: warnx("install: %s: ...", path).
 */
#ifndef LONGHAUL_APPLET_H
#define LONGHAUL_APPLET_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_WRONG_CALL = 2,
};

struct option_row {
	const char *name;	/* without the dashes */
	const char *value;	/* what --help calls its value; NULL for a flag */
	const char *help;
};

struct applet {
	const char *name;
	const char *operands;			/* as --help shows them; may be empty */
	const char *summary;
	const struct option_row *options;	/* ended by a row without a name; NULL: none */
	int (*run)(char **argv);		/* argv starts behind the applet's name, ends with NULL */
};

extern const struct applet install_applet;
extern const struct applet drain_applet;
extern const struct applet hangup_applet;
extern const struct applet list_applet;

#endif
