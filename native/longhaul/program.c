#include "program.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HELP_COLUMN = 25 };

struct program {
	const char *name;
	const struct applet *const *applets;
};

static void print_usage(const struct program *program, FILE *stream)
{
	fprintf(stream, "Usage: %s APPLET [OPTION]...\n\n", program->name);
	for (const struct applet *const *applet = program->applets; *applet; applet++)
		fprintf(stream, "  %-10s %s\n", (*applet)->name, (*applet)->summary);
	fprintf(stream, "\n%s APPLET --help says more; %s --version prints the version.\n", program->name, program->name);
}

static void print_option(const struct option_row *row)
{
	int width = printf("  --%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");

	printf("%*s%s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", row->help);
}

static void print_applet_help(const struct program *program, const struct applet *applet)
{
	printf("Usage: %s %s%s%s%s\n\n%s\n", program->name, applet->name, applet->options ? " [OPTION]..." : "",
	       applet->operands[0] ? " " : "", applet->operands, applet->summary);
	if (applet->options)
		putchar('\n');
	for (const struct option_row *row = applet->options; row && row->name; row++)
		print_option(row);
}

/*
 * What a descriptor is opened for must not stand where messages are written
 * to. A path is open for neither reading nor writing, as if it were closed.
 */
static void fill_standard_descriptors(void)
{
	int file;

	do
		file = open("/", O_PATH | O_CLOEXEC);
	while (file >= 0 && file <= STDERR_FILENO);
	if (file >= 0)
		close(file);
}

/* The status, or that of a failure if the result could not be written. */
static int finish_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	warnx("can't write all of the result to standard output");
	return status == EXIT_DONE ? EXIT_FAILED : status;
}

static const struct applet *find_applet(const struct program *program, const char *name)
{
	for (const struct applet *const *applet = program->applets; *applet; applet++)
		if (!strcmp((*applet)->name, name))
			return *applet;
	return NULL;
}

static int run_applet(const struct program *program, const struct applet *applet, char **argv)
{
	for (char **argument = argv; *argument && strcmp(*argument, "--"); argument++)
		if (!strcmp(*argument, "--help")) {
			print_applet_help(program, applet);
			return EXIT_DONE;
		}
	return applet->run(argv);
}

static int run_command(const struct program *program, int argc, char **argv)
{
	const struct applet *applet = argc > 1 ? find_applet(program, argv[1]) : NULL;

	if (applet)
		return run_applet(program, applet, argv + 2);
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("%s %s\n", program->name, LONGHAUL_VERSION);
		return EXIT_DONE;
	}
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		print_usage(program, stdout);
		return EXIT_DONE;
	}
	if (argc > 1)
		fprintf(stderr, "%s: %s: no such applet\n", program->name, argv[1]);
	print_usage(program, stderr);
	return EXIT_WRONG_CALL;
}

int run_program(const char *name, const struct applet *const *applets, int argc, char **argv)
{
	const struct program program = { .name = name, .applets = applets };

	fill_standard_descriptors();
	return finish_output(run_command(&program, argc, argv));
}
