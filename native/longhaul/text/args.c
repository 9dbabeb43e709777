/* The argument parser; args.h says what it accepts. */
#include "text/args.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "text/duration.h"

/* The row that "name", or "name=value" cut at length, stands for. */
static int find_row(const struct option_row *rows, const char *name, size_t length)
{
	for (int index = 0; rows && rows[index].name; index++)
		if (strlen(rows[index].name) == length && !strncmp(rows[index].name, name, length))
			return index;
	return ARGS_WRONG;
}

static int wrong(const struct args *args, const char *option, const char *problem)
{
	warnx("%s: %s: %s; see %s %s --help", args->applet->name, option, problem,
	      program_invocation_short_name, args->applet->name);
	return ARGS_WRONG;
}

static int read_option(struct args *args, const char *option)
{
	const char *name = option + 2;
	size_t length = strcspn(name, "=");
	int index = find_row(args->applet->options, name, length);

	if (index < 0)
		return wrong(args, option, "no such option");
	args->option = args->applet->options[index].name;
	args->value = name[length] ? name + length + 1 : NULL;
	if (!args->applet->options[index].value)
		return args->value ? wrong(args, option, "takes no value") : index;
	if (!args->value) {
		if (!*args->next)
			return wrong(args, option, "needs a value");
		args->value = *args->next++;
	}
	return index;
}

int args_next(struct args *args)
{
	const char *argument = *args->next;

	if (!argument)
		return ARGS_END;
	args->next++;
	if (!args->operands_only && argument[0] == '-' && argument[1]) {
		if (argument[1] != '-')
			return wrong(args, argument, "no such option");
		if (argument[2])
			return read_option(args, argument);
		args->operands_only = true;
		return args_next(args);
	}
	args->option = NULL;
	args->value = argument;
	return ARGS_OPERAND;
}

bool args_refuse(const struct args *args, const char *rule)
{
	const char *option = args->option;

	warnx("%s: %s%s%s\"%s\" %s", args->applet->name, option ? "--" : "", option ? option : "",
	      option ? ": " : "", args->value, rule);
	return false;
}

bool args_read_duration(const struct args *args, int max_hours, int64_t *result_ms)
{
	char rule[sizeof("is over the limit of -2147483648h")];

	if (!parse_duration(args->value, INT64_MAX, result_ms))
		return args_refuse(args, "is not a duration such as 5s");
	if (*result_ms <= max_hours * INT64_C(3600000))
		return true;
	snprintf(rule, sizeof(rule), "is over the limit of %dh", max_hours);
	return args_refuse(args, rule);
}
