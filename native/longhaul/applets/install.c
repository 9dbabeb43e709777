/*
 * longhaul install DIR: copies this binary and libkeepalive.so, which lies
 * beside it, into DIR. It runs as an init container that shares DIR with the
 * app containers.
 *
 * With --keepalive two files more, for programs that lose their environment:
 * one that is to be mounted at /etc/ld.so.preload, and the settings that the
 * library looks for beside itself.
 */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "applets/installed_file.h"
#include "keepalive/config.h"
#include "keepalive/settings_file.h"
#include "text/args.h"

static const char self_path[] = "/proc/self/exe";
static const char library_name[] = "libkeepalive.so";

enum option { OPTION_KEEPALIVE };

static const struct option_row option_rows[] = {
	[OPTION_KEEPALIVE] = { "keepalive", "SETTINGS", "also write them, and ld.so.preload (LONGHAUL_KEEPALIVE's form)" },
	{ 0 },
};

struct choice {
	const char *folder;
	const char *keepalive;	/* NULL: those two files are not wanted */
};

/* The path of name in the folder that this binary lies in. */
static bool path_beside_self(const char *name, char *path, size_t size)
{
	char self[PATH_MAX];
	ssize_t length = readlink(self_path, self, sizeof(self) - 1);
	const char *folder;

	if (length < 0)
		return install_failed(self_path);
	self[length] = '\0';
	folder = dirname(self);
	if ((size_t)snprintf(path, size, "%s/%s", strcmp(folder, "/") ? folder : "", name) >= size) {
		errno = ENAMETOOLONG;
		return install_failed(folder);
	}
	return true;
}

static bool are_settings(const char *text)
{
	size_t line_size = strlen(text) + sizeof("\n");

	return line_size <= sizeof(struct settings_text) && is_keepalive_list(text);
}

/* False after saying what is wrong. */
static bool take(const struct args *args, int result, struct choice *choice)
{
	if (result == OPTION_KEEPALIVE) {
		choice->keepalive = args->value;
		return are_settings(args->value) || args_refuse(args, "is not such as idle=60,interval=10,probes=3");
	}
	if (choice->folder) {
		warnx("install: takes one folder; see longhaul install --help");
		return false;
	}
	choice->folder = args->value;
	return true;
}

/* ld.so(8): in ld.so.preload, blanks and colons stand between paths, # begins a comment. */
static bool can_stand_in_preload(const char *folder)
{
	return folder[0] == '/' && !strpbrk(folder, " \t\n:#");
}

static const char *fault_of(const struct choice *choice)
{
	if (!choice->folder)
		return "takes one folder";
	/* Before the slash of a file's name, it would stand for the root. */
	if (!*choice->folder)
		return "\"\" names no folder";
	if (choice->keepalive && !can_stand_in_preload(choice->folder))
		return "with --keepalive, the folder's path must begin with / and have no blanks, colons or #";
	return NULL;
}

/* False after saying what is wrong. */
static bool read_choice(char **argv, struct choice *choice)
{
	struct args args = { .applet = &install_applet, .next = argv };
	const char *fault;
	int result;

	while ((result = args_next(&args)) != ARGS_END)
		if (result == ARGS_WRONG || !take(&args, result, choice))
			return false;
	fault = fault_of(choice);
	if (fault)
		warnx("install: %s; see longhaul install --help", fault);
	return !fault;
}

static bool install_second_carrier(const struct choice *choice)
{
	char preload[PATH_MAX], settings[sizeof(struct settings_text)];

	if (snprintf(preload, sizeof(preload), "%s/%s\n", choice->folder, library_name) >= (int)sizeof(preload)) {
		errno = ENAMETOOLONG;
		return install_failed(choice->folder);
	}
	snprintf(settings, sizeof(settings), "%s\n", choice->keepalive);
	return install_text(settings, choice->folder, SETTINGS_FILE) &&
	       install_text(preload, choice->folder, "ld.so.preload");
}

static int run(char **argv)
{
	struct choice choice = { 0 };
	char library_path[PATH_MAX];
	bool done;

	if (!read_choice(argv, &choice))
		return EXIT_WRONG_CALL;
	/* A limit on file sizes is then EFBIG, an error like any other; the signal would end us in the middle. */
	signal(SIGXFSZ, SIG_IGN);
	done = path_beside_self(library_name, library_path, sizeof(library_path)) &&
	       install_copy(library_path, choice.folder, library_name) &&
	       install_copy(self_path, choice.folder, "longhaul") &&
	       (!choice.keepalive || install_second_carrier(&choice));
	return done ? EXIT_DONE : EXIT_FAILED;
}

const struct applet install_applet = {
	.name = "install",
	.operands = "DIR",
	.summary = "Copy this binary and libkeepalive.so into a folder",
	.options = option_rows,
	.run = run,
};
