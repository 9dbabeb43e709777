/*
 * Files that are put into a folder which others read from.
 *
 * One is written under a temporary name and renamed, so that no program ever
 * loads half of it, and one that runs from there can be replaced (opening it
 * for writing would be ETXTBSY). There is no fsync: the folder is in memory,
 * and is gone after a crash anyway.
 *
 * A file that is there already stays: when a pod's sandbox is made anew its
 * init containers run again, and the volume is too small for two copies.
 *
 * All return false once the error is printed.
 */
#ifndef LONGHAUL_INSTALLED_FILE_H
#define LONGHAUL_INSTALLED_FILE_H

#include <stdbool.h>

/* Prints the error in errno, of a path. Returns false. */
bool install_failed(const char *path);

/* Puts a copy of a program or library into the folder, under that name. */
bool install_copy(const char *source_path, const char *folder, const char *name);

/* Puts a file that holds the text into the folder. */
bool install_text(const char *text, const char *folder, const char *name);

#endif
