/* Lines for people and for programs. */
#include "applets/hangup_report.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "applets/connection_text.h"
#include "processes/borrowing_rights.h"

static const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_HUNG_UP] = "hung-up",
	[OUTCOME_RESET] = "reset",
	[OUTCOME_DRY_RUN] = "dry-run",
	[OUTCOME_GONE] = "gone",
	[OUTCOME_DENIED] = "denied",
	[OUTCOME_NOT_REACHED] = "not-reached",
	[OUTCOME_UNOWNED] = "unowned",
	[OUTCOME_FAILED] = "failed",
	[OUTCOME_LEFT] = "left",
};

static void add_line(struct text *text, const struct tcp_socket *socket, const struct process *process)
{
	add_endpoint(text, socket->family, socket->id.idiag_src, socket->id.idiag_sport);
	add_character(text, ' ');
	add_endpoint(text, socket->family, socket->id.idiag_dst, socket->id.idiag_dport);
	add_character(text, ' ');
	if (process) {
		add_process_name(text, process);
		add_character(text, ' ');
	}
	add_string(text, "idle ");
	add_number(text, connection_idle_ms(socket) / 1000);
	add_string(text, "s: ");
}

static const char *explain_error(int error)
{
	switch (error) {
	case ENOSYS:
		return "needs Linux 5.6; --reset works on older ones too";
	case EINVAL:
		return "a process whose first thread has ended needs Linux 6.9; --reset works on older ones too";
	case EOPNOTSUPP:
		return "--reset needs a kernel with CONFIG_INET_DIAG_DESTROY";
	case ESTALE:
		return "passed to another process meanwhile; run it again";
	default:
		return strerror(error);
	}
}

static const char *const obstacle_texts[OBSTACLE_COUNT] = {
	[OBSTACLE_NOT_CAUGHT] = "a process without libkeepalive.so, with LONGHAUL_HANGUP=off, that ignores SIGURG, or is set-uid can't be asked to hang up",
	[OBSTACLE_OWN_FILTER] = "a process under a seccomp filter of its own is not asked to hang up, as that might end it",
	[OBSTACLE_DENIED] = "a process of another user can't be asked to hang up without CAP_KILL",
	[OBSTACLE_NO_EFFECT] = "a process that catches or blocks SIGURG itself does not hear that it is asked to hang up",
};

const char *describe_obstacle(enum obstacle obstacle)
{
	return obstacle_texts[obstacle];
}

static const char needs_ptrace[] = "needs CAP_SYS_PTRACE to act on the sockets of other processes";
static const char is_unowned[] = "a connection without a process seen here is not accepted yet, the kernel's own, "
				 "or held in another PID namespace";

/* Why a connection was not ended, where that is said of each. */
static const char *reason_of(const struct result *result)
{
	switch (result->outcome) {
	case OUTCOME_DENIED:
		return needs_ptrace;
	case OUTCOME_NOT_REACHED:
		return describe_obstacle(result->obstacle);
	case OUTCOME_UNOWNED:
		return is_unowned;
	case OUTCOME_FAILED:
		return explain_error(result->error);
	default:
		return NULL;
	}
}

static void add_json_result(struct text *text, const struct result *result)
{
	const char *reason = reason_of(result);

	add_string(text, ",\"outcome\":\"");
	add_string(text, outcome_names[result->outcome]);
	if (reason) {
		add_string(text, "\",\"reason\":\"");
		add_string(text, reason);
	}
	add_string(text, "\"}");
}

void print_connection(const struct connection *connection, const struct owner_map *owners,
		      const struct result *result, bool json)
{
	const struct process *process = process_of(connection, owners);
	struct text text;

	text.length = 0;
	if (json) {
		add_json_connection(&text, &connection->socket, process);
		add_json_result(&text, result);
	} else {
		add_line(&text, &connection->socket, process);
		add_string(&text, outcome_names[result->outcome]);
	}
	print_line(&text);
}

void print_summary(const struct outcome_counts *counts, size_t age_unknown, bool json)
{
	FILE *stream = json ? stderr : stdout;
	const char *separator = "";

	for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		if (!counts->of[outcome])
			continue;
		fprintf(stream, "%s%zu %s", separator, counts->of[outcome], outcome_names[outcome]);
		separator = ", ";
	}
	fprintf(stream, "%s\n", *separator ? "" : "no connection matched");
	if (age_unknown)
		fprintf(stream, "%zu left alone: not known to be that old\n", age_unknown);
}

static void explain_not_reached(const struct outcome_counts *counts)
{
	warnx("hangup: not reached: %s forbids to shut down sockets of other processes (pidfd_getfd), and",
	      what_forbids_borrowing());
	for (enum obstacle obstacle = 0; obstacle < OBSTACLE_COUNT; obstacle++)
		if (counts->behind[obstacle])
			warnx("hangup:   %s (%zu)", describe_obstacle(obstacle), counts->behind[obstacle]);
	warnx("hangup: it works with CAP_SYS_PTRACE and without that profile, or on the node with --netns");
}

bool explain_failures(const struct outcome_counts *counts, bool reset)
{
	const size_t *of = counts->of;

	if (of[OUTCOME_DENIED] && reset)
		warnx("hangup: --reset needs CAP_NET_ADMIN over the network namespace");
	else if (of[OUTCOME_DENIED])
		warnx("hangup: %s", needs_ptrace);
	if (of[OUTCOME_NOT_REACHED])
		explain_not_reached(counts);
	if (of[OUTCOME_UNOWNED])
		warnx("hangup: %s; --reset ends these too", is_unowned);
	if (of[OUTCOME_FAILED])
		warnx("hangup: %s", explain_error(counts->error));
	return !of[OUTCOME_DENIED] && !of[OUTCOME_NOT_REACHED] && !of[OUTCOME_UNOWNED] && !of[OUTCOME_FAILED] &&
	       !of[OUTCOME_LEFT];
}
