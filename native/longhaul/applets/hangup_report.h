/* What hangup prints: a line for each connection, then what became of them all. */
#ifndef LONGHAUL_HANGUP_REPORT_H
#define LONGHAUL_HANGUP_REPORT_H

#include <stdbool.h>

#include "sockets/connections.h"

enum outcome {
	OUTCOME_HUNG_UP,
	OUTCOME_RESET,
	OUTCOME_DRY_RUN,
	OUTCOME_GONE,		/* it had ended before its turn came */
	OUTCOME_DENIED,
	OUTCOME_NOT_REACHED,	/* its descriptor may not be borrowed, and its process does not do it either */
	OUTCOME_UNOWNED,	/* no process to act through */
	OUTCOME_FAILED,
	OUTCOME_LEFT,		/* it was told to stop before its turn came */
	OUTCOME_COUNT,
};

struct result {
	enum outcome outcome;
	int error;		/* that led to it, if one did */
	enum obstacle obstacle;	/* of OUTCOME_NOT_REACHED */
};

struct outcome_counts {
	size_t of[OUTCOME_COUNT];
	int error;		/* the last that failed */
	size_t behind[OBSTACLE_COUNT];	/* of those not reached */
};

void print_connection(const struct connection *connection, const struct owner_map *owners,
		      const struct result *result, bool json);

/* To stderr where stdout is JSON. */
void print_summary(const struct outcome_counts *counts, size_t age_unknown, bool json);

/* What keeps a process from being asked; not of OBSTACLE_NONE. */
const char *describe_obstacle(enum obstacle obstacle);

/* Whether all went well; if not, says on stderr what is missing. */
bool explain_failures(const struct outcome_counts *counts, bool reset);

#endif
