/*
 * The settings of programs that have lost their environment: those that are
 * reached by /etc/ld.so.preload. `longhaul install --keepalive` writes them.
 */
#ifndef KEEPALIVE_SETTINGS_FILE_H
#define KEEPALIVE_SETTINGS_FILE_H

#include <stdbool.h>

/* Lies beside the library, and holds what LONGHAUL_KEEPALIVE would. */
#define SETTINGS_FILE "libkeepalive.conf"

/* Holds the longest text that says everything once. */
struct settings_text {
	char bytes[128];
};

/* Reads the file, up to the end of its line; false where there is none. */
bool read_settings_file(struct settings_text *text);

#endif
