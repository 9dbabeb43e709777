/* What list prints: a table for people, or JSON. */
#ifndef LONGHAUL_LIST_REPORT_H
#define LONGHAUL_LIST_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "applets/connection_view.h"

/* The widths of the columns that depend on what stands in them. */
struct columns {
	size_t local;
	size_t remote;
};

struct columns measure_columns(const struct connection_list *list);

void print_row(const struct columns *columns, const struct connection_view *view, bool with_head);
void print_json(const struct connection_view *view);

#endif
