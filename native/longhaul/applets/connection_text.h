/* How connections and their processes are written, for people and for programs. */
#ifndef LONGHAUL_CONNECTION_TEXT_H
#define LONGHAUL_CONNECTION_TEXT_H

#include "sockets/connections.h"
#include "text/text.h"

/* "10.0.0.7:80", "[fd00::7]:80" */
void add_endpoint(struct text *text, uint8_t family, const void *address, uint16_t port);

/* "nginx[7]" */
void add_process_name(struct text *text, const struct process *process);

/* Prints the text as a line. */
void print_line(struct text *text);

/* The members of a JSON object that has not ended yet; process: NULL if none is known. */
void add_json_connection(struct text *text, const struct tcp_socket *socket, const struct process *process);

#endif
