/*
 * Reads the configuration. Pure, and without libc: this runs inside programs of
 * any libc before main(), and must not fail there.
 */
#include "config.h"

#include <limits.h>
#include <stddef.h>

#include "environment.h"
#include "prefix.h"

enum field { IDLE, INTERVAL, PROBES, USER_TIMEOUT, FIELD_COUNT };

enum { USER_TIMEOUT_AUTO = -1 };

/*
 * When the kernel gives up data that nobody acknowledges, without
 * TCP_USER_TIMEOUT, which would take the place of that limit: tcp_retries2 is 15,
 * which "yields a hypothetical timeout of 924.6 seconds and is a lower bound for
 * the effective timeout" (Documentation/networking/ip-sysctl.rst).
 */
enum { KERNEL_LIMIT_MS = 924600 };

/* Ranges are the kernel's: what it would refuse must not get past here. */
static const struct {
	const char *name;
	const char *older_variable;
	int min, max, fallback;
} fields[FIELD_COUNT] = {
	[IDLE] = { "idle", "KEEPIDLE", 1, 32767, 60 },
	[INTERVAL] = { "interval", "KEEPINTVL", 1, 32767, 10 },
	[PROBES] = { "probes", "KEEPCNT", 1, 127, 3 },
	[USER_TIMEOUT] = { "user_timeout", NULL, 0, INT_MAX, USER_TIMEOUT_AUTO },
};

static bool is_auto(const char *text, char end)
{
	const char *rest = skip_prefix(text, "auto");

	return rest && (*rest == '\0' || *rest == end);
}

/* Takes the number that makes up text, or the part of it before end; false where there is none in range. */
static bool read_value(const char *text, char end, enum field field, int values[FIELD_COUNT])
{
	long long value = 0;

	if (field == USER_TIMEOUT && is_auto(text, end)) {
		values[field] = USER_TIMEOUT_AUTO;
		return true;
	}
	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (*text - '0');
		if (value > fields[field].max)
			return false;
	}
	if ((*text != '\0' && *text != end) || value < fields[field].min)
		return false;
	values[field] = (int)value;
	return true;
}

static bool read_pair(const char *text, int values[FIELD_COUNT])
{
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		const char *rest = skip_prefix(text, fields[field].name);

		if (rest && *rest == '=')
			return read_value(rest + 1, ',', field, values);
	}
	return false;
}

/* Passes over what it can't use, and tells whether there was nothing of that kind. */
static bool read_list(const char *text, int values[FIELD_COUNT])
{
	bool is_right = true;

	for (;;) {
		is_right = read_pair(text, values) && is_right;
		while (*text && *text != ',')
			text++;
		if (!*text++)
			return is_right;
	}
}

bool is_keepalive_list(const char *list)
{
	int values[FIELD_COUNT];

	return read_list(list, values);
}

static void read_older_variables(char **environment, int values[FIELD_COUNT])
{
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		const char *name = fields[field].older_variable;
		const char *text = name ? environment_value(environment, name) : NULL;

		if (text)
			read_value(text, '\0', field, values);
	}
}

int auto_timeout_ms(int idle_seconds, int interval_seconds, int probes)
{
	long long ms = 1000 * (idle_seconds + (long long)interval_seconds * probes);

	return ms > KERNEL_LIMIT_MS ? 0 : (int)ms;
}

struct keepalive read_keepalive(const char *list, char **environment)
{
	int values[FIELD_COUNT];
	bool is_auto_timeout;

	for (enum field field = 0; field < FIELD_COUNT; field++)
		values[field] = fields[field].fallback;
	if (list)
		read_list(list, values);
	else
		read_older_variables(environment, values);
	is_auto_timeout = values[USER_TIMEOUT] == USER_TIMEOUT_AUTO;
	/* Sent data gets as long as a quiet connection does. */
	if (is_auto_timeout)
		values[USER_TIMEOUT] = auto_timeout_ms(values[IDLE], values[INTERVAL], values[PROBES]);
	return (struct keepalive){
		.idle_seconds = values[IDLE],
		.interval_seconds = values[INTERVAL],
		.probes = values[PROBES],
		.user_timeout_ms = values[USER_TIMEOUT],
		.follows_program = is_auto_timeout,
	};
}
