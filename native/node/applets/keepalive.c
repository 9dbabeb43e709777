/*
 * longhaul-node keepalive attach|detach|show CGROUP: keepalive in the kernel,
 * for the TCP sockets of a cgroup's processes and of those below it that begin
 * a connection, or listen, or accept, from then on; and if asked, for those
 * that they have already.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "applet.h"
#include "keepalive/config.h"
#include "node/applets.h"
#include "node/bpf/attachments.h"
#include "node/cgroups/cgroup.h"
#include "node/processes/existing_sockets.h"
#include "text/args.h"

enum option { OPTION_SETTINGS, OPTION_EXISTING };

static const struct option_row option_rows[] = {
	[OPTION_SETTINGS] = { "settings", "SETTINGS", "what attached sockets get, in LONGHAUL_KEEPALIVE's form" },
	[OPTION_EXISTING] = { "existing", NULL, "attach: set it on the sockets that are there already, too" },
	{ 0 },
};

struct call {
	const char *verb;
	const char *cgroup;
	const char *settings;
	bool existing;
};

static int explain_blocker(const char *path, const struct blocker *blocker)
{
	const struct program_identity *program = &blocker->program;
	const char *name = program->name[0] ? program->name : "without a name";

	warnx("keepalive: %s: nothing attached: the program %s (id %u), %d levels up, was attached %s; attach it with BPF_F_ALLOW_MULTI",
	      path, name, program->id, blocker->levels_up,
	      blocker->overridable ? "so that one below takes its place (BPF_F_ALLOW_OVERRIDE)" : "exclusively");
	return EXIT_FAILED;
}

static const char *hint_of(int error)
{
	switch (error) {
	case EPERM:
		return " (needs CAP_BPF and CAP_NET_ADMIN, and CAP_SYS_ADMIN where programs are attached already)";
	case EINVAL:
	case ENOSYS:
		return " (needs Linux 6.1 with CONFIG_CGROUP_BPF)";
	default:
		return "";
	}
}

static int explain_failure(const char *path, const struct attach_failure *failure)
{
	warnx("keepalive: %s: %s: %s%s", path, failure->step, strerror(failure->error), hint_of(failure->error));
	if (failure->log[0])
		warnx("keepalive: the kernel's verifier: %s", failure->log);
	return EXIT_FAILED;
}

/* What could not be reached is said, and no failure: what is made from now on is. */
static int reach_existing(const struct call *call, int cgroup, const struct keepalive *settings)
{
	struct existing_sockets result;

	if (!set_on_existing(cgroup, settings, &result)) {
		warn("keepalive: %s: finding its processes", call->cgroup);
		return EXIT_FAILED;
	}
	printf("%s: set on %zu sockets that were there\n", call->cgroup, result.set);
	if (result.untouched_processes)
		warnx("keepalive: %s: sockets of %zu processes are left alone: %s (needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH)", call->cgroup,
		      result.untouched_processes, strerror(result.error));
	if (result.hidden)
		warnx("keepalive: %s: processes of another PID namespace are left alone (needs the host's: hostPID)",
		      call->cgroup);
	return EXIT_DONE;
}

static int attach(const struct call *call, int cgroup)
{
	static const char *const texts[] = {
		[ATTACHED_ALREADY] = "attached already",
		[ATTACHED] = "attached",
		[ATTACHED_ANEW] = "attached in the place of other settings",
	};
	const struct keepalive settings = read_keepalive(call->settings ? call->settings : "", NULL);
	static struct attach_failure failure;
	enum attaching attaching = attach_keepalive(cgroup, &settings, &failure);

	if (attaching == ATTACHING_BLOCKED)
		return explain_blocker(call->cgroup, &failure.blocker);
	if (attaching == ATTACHING_FAILED)
		return explain_failure(call->cgroup, &failure);
	printf("%s: %s\n", call->cgroup, texts[attaching]);
	return call->existing ? reach_existing(call, cgroup, &settings) : EXIT_DONE;
}

static int detach(const struct call *call, int cgroup)
{
	static struct attach_failure failure;
	int count = detach_keepalive(cgroup, &failure);

	if (count < 0)
		return explain_failure(call->cgroup, &failure);
	printf("%s: %s\n", call->cgroup, count > 0 ? "detached" : "nothing was attached");
	return EXIT_DONE;
}

static void print_program(const struct program_identity *program, const struct cgroup_program *kind)
{
	printf("%s %u %s ", kind->place == BPF_CGROUP_SOCK_OPS ? "sock_ops" : "setsockopt", program->id,
	       program->name[0] ? program->name : "-");
	for (size_t index = 0; index < sizeof(program->tag); index++)
		printf("%02x", program->tag[index]);
	printf("%s\n", is_of_kind(program, kind) ? " Longhaul's" : "");
}

static int show(const struct call *call, int cgroup)
{
	struct program_identity programs[MOST_ATTACHED];
	static struct attach_failure failure;

	for (size_t place = 0; cgroup_programs[place]; place++) {
		int count = list_attached(cgroup, cgroup_programs[place], programs, &failure);

		if (count < 0)
			return explain_failure(call->cgroup, &failure);
		for (int index = 0; index < count; index++)
			print_program(&programs[index], cgroup_programs[place]);
	}
	return EXIT_DONE;
}

static const struct {
	const char *name;
	int (*run)(const struct call *call, int cgroup);
} verbs[] = {
	{ "attach", attach },
	{ "detach", detach },
	{ "show", show },
};
enum { VERB_COUNT = sizeof(verbs) / sizeof(verbs[0]) };

static int run_verb(const struct call *call)
{
	size_t index = 0;
	int cgroup;

	while (index < VERB_COUNT && strcmp(verbs[index].name, call->verb))
		index++;
	if (index == VERB_COUNT) {
		warnx("keepalive: %s: not attach, detach or show", call->verb);
		return EXIT_WRONG_CALL;
	}
	cgroup = open_cgroup(call->cgroup);
	if (cgroup < 0) {
		warnx("keepalive: %s: %s", call->cgroup,
		      errno == EMEDIUMTYPE ? "is not in a hierarchy of cgroups, version 2" : strerror(errno));
		return EXIT_FAILED;
	}
	/* The end of the process closes it. */
	return verbs[index].run(call, cgroup);
}

static bool read_argument(struct call *call, int option, const struct args *args)
{
	if (option == OPTION_SETTINGS) {
		call->settings = args->value;
		return is_keepalive_list(args->value) || args_refuse(args, "is not in LONGHAUL_KEEPALIVE's form");
	}
	if (option == OPTION_EXISTING)
		return call->existing = true;
	if (option != ARGS_OPERAND)
		return false;
	if (call->cgroup)
		return args_refuse(args, "is one operand too many");
	*(call->verb ? &call->cgroup : &call->verb) = args->value;
	return true;
}

static int run(char **argv)
{
	struct args args = { .applet = &keepalive_applet, .next = argv };
	struct call call = { 0 };
	int option;

	while ((option = args_next(&args)) != ARGS_END)
		if (!read_argument(&call, option, &args))
			return EXIT_WRONG_CALL;
	if (!call.cgroup) {
		warnx("keepalive: needs attach, detach or show, and a cgroup's folder; see longhaul-node keepalive --help");
		return EXIT_WRONG_CALL;
	}
	return run_verb(&call);
}

const struct applet keepalive_applet = {
	.name = "keepalive",
	.operands = "attach|detach|show CGROUP",
	.summary = "Keepalive by the kernel for the TCP sockets of a cgroup (eBPF; cgroup v2)",
	.options = option_rows,
	.run = run,
};
