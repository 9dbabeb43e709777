/*
 * longhaul: one static binary for the inside of other people's containers,
 * which may hold no shell and no libc. Each job is an applet; the table below
 * is all that knows their names.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"

static const struct applet *const applets[] = {
	&install_applet,
	&drain_applet,
	&hangup_applet,
	&list_applet,
};
enum { APPLET_COUNT = sizeof(applets) / sizeof(applets[0]), HELP_COLUMN = 25 };

static void print_usage(FILE *stream)
{
	fprintf(stream, "Usage: longhaul APPLET [OPTION]...\n\n");
	for (size_t index = 0; index < APPLET_COUNT; index++)
		fprintf(stream, "  %-10s %s\n", applets[index]->name, applets[index]->summary);
	fprintf(stream, "\nlonghaul APPLET --help says more; longhaul --version prints the version.\n");
}

static void print_option(const struct option_row *row)
{
	int width = printf("  --%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");

	printf("%*s%s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", row->help);
}

static void print_applet_help(const struct applet *applet)
{
	printf("Usage: longhaul %s%s%s%s\n\n%s\n", applet->name, applet->options ? " [OPTION]..." : "",
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

static const struct applet *find_applet(const char *name)
{
	for (size_t index = 0; index < APPLET_COUNT; index++)
		if (!strcmp(applets[index]->name, name))
			return applets[index];
	return NULL;
}

static int run_applet(const struct applet *applet, char **argv)
{
	for (char **argument = argv; *argument && strcmp(*argument, "--"); argument++)
		if (!strcmp(*argument, "--help")) {
			print_applet_help(applet);
			return EXIT_DONE;
		}
	return applet->run(argv);
}

static int run_command(int argc, char **argv)
{
	const struct applet *applet = argc > 1 ? find_applet(argv[1]) : NULL;

	if (applet)
		return run_applet(applet, argv + 2);
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("longhaul " LONGHAUL_VERSION);
		return EXIT_DONE;
	}
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		print_usage(stdout);
		return EXIT_DONE;
	}
	if (argc > 1)
		fprintf(stderr, "longhaul: %s: no such applet\n", argv[1]);
	print_usage(stderr);
	return EXIT_WRONG_CALL;
}

int main(int argc, char **argv)
{
	fill_standard_descriptors();
	return finish_output(run_command(argc, argv));
}
