/* The functions behind the ones that this library interposes. */
#ifndef KEEPALIVE_NEXT_FUNCTION_H
#define KEEPALIVE_NEXT_FUNCTION_H

/* The function of that name in the libraries behind this one; fallback where there is none but own. */
void *next_function(const char *name, void *own, void *fallback);

/* What libc returns for the result of a system call: -1 for an error, with errno set. */
int as_libc(long result);

#endif
