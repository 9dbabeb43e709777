/* The log that "kubectl logs" shows. */
#ifndef LONGHAUL_CONTAINER_LOG_H
#define LONGHAUL_CONTAINER_LOG_H

/*
 * Writes a line to standard output of process 1, which is the container's log
 * (a hook's own output is thrown away), or to its standard error; to our own
 * output where neither can be done or both go to /dev/null.
 */
void write_container_log(const char *line);

#endif
