/*
 * A process chooses its own name, so it is printed with nothing in it that a
 * terminal or a JSON parser would act on.
 */
#include "applets/connection_text.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>

static bool is_plain(char character)
{
	return character >= ' ' && character <= '~';
}

/* Bytes that are no ASCII stand for themselves as if they were Latin-1: a name may be any bytes. */
static void add_json_name(struct text *text, const char *name)
{
	static const char digits[] = "0123456789abcdef";

	add_character(text, '"');
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			add_character(text, '\\');
		if (is_plain(*name)) {
			add_character(text, *name);
			continue;
		}
		add_string(text, "\\u00");
		add_character(text, digits[(unsigned char)*name >> 4]);
		add_character(text, digits[(unsigned char)*name & 15]);
	}
	add_character(text, '"');
}

void add_json_connection(struct text *text, const struct tcp_socket *socket, const struct process *process)
{
	add_string(text, "{\"localAddress\":\"");
	add_address(text, socket->family, socket->id.idiag_src);
	add_string(text, "\",\"localPort\":");
	add_number(text, ntohs(socket->id.idiag_sport));
	add_string(text, ",\"remoteAddress\":\"");
	add_address(text, socket->family, socket->id.idiag_dst);
	add_string(text, "\",\"remotePort\":");
	add_number(text, ntohs(socket->id.idiag_dport));
	add_string(text, ",\"pid\":");
	if (process) {
		add_number(text, (uint32_t)process->pid);
		add_string(text, ",\"process\":");
		add_json_name(text, process->name);
	} else {
		add_string(text, "null,\"process\":null");
	}
	add_string(text, ",\"minimumAgeSeconds\":");
	add_seconds(text, connection_known_age_ms(socket));
	add_string(text, ",\"idleSeconds\":");
	add_seconds(text, connection_idle_ms(socket));
}

void add_endpoint(struct text *text, uint8_t family, const void *address, uint16_t port)
{
	bool brackets = family == AF_INET6 && !is_ipv4_mapped(address);

	add_string(text, brackets ? "[" : "");
	add_address(text, family, address);
	add_string(text, brackets ? "]:" : ":");
	add_number(text, ntohs(port));
}

void add_process_name(struct text *text, const struct process *process)
{
	for (const char *name = process->name; *name; name++)
		add_character(text, is_plain(*name) ? *name : '?');
	add_character(text, '[');
	add_number(text, (uint32_t)process->pid);
	add_character(text, ']');
}

void print_line(struct text *text)
{
	add_character(text, '\n');
	fwrite(text->bytes, 1, text->length, stdout);
}
