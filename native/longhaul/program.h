/* A program that is made of applets. */
#ifndef LONGHAUL_PROGRAM_H
#define LONGHAUL_PROGRAM_H

#include "applet.h"

/* Runs the applet that the arguments name, of those in a table that ends with NULL; the exit status. */
int run_program(const char *name, const struct applet *const *applets, int argc, char **argv);

#endif
