/*
 * Finds the file without a libc: the dynamic linker keeps a list of what it has
 * loaded, and from where, for debuggers. musl's has another name, and is not
 * looked for: musl loads nothing but for LD_PRELOAD.
 */
#include "settings_file.h"

#include <fcntl.h>
#include <link.h>
#include <stddef.h>

#include "system_call.h"

extern struct r_debug _r_debug __attribute__((weak));

enum { PATH_SIZE = 512 };

/* Where this library was loaded from; null where that is not known. */
static const char *own_path(void)
{
	for (const struct link_map *file = &_r_debug ? _r_debug.r_map : NULL; file; file = file->l_next)
		if (file->l_ld == _DYNAMIC)
			return file->l_name;
	return NULL;
}

/* The length of the path up to the last slash. */
static size_t folder_length(const char *path)
{
	size_t length = 0;

	for (size_t index = 0; path[index]; index++)
		if (path[index] == '/')
			length = index + 1;
	return length;
}

static bool settings_path(char path[PATH_SIZE])
{
	static const char name[] = SETTINGS_FILE;
	const char *own = own_path();
	size_t length = own ? folder_length(own) : 0;

	/* A path that is not absolute leads elsewhere from another folder. */
	if (length == 0 || own[0] != '/' || length + sizeof(name) > PATH_SIZE)
		return false;
	for (size_t index = 0; index < length; index++)
		path[index] = own[index];
	for (size_t index = 0; index < sizeof(name); index++)
		path[length + index] = name[index];
	return true;
}

bool read_settings_file(struct settings_text *text)
{
	char path[PATH_SIZE];
	long fd, length;

	if (!settings_path(path))
		return false;
	fd = system_call(CALL_OPENAT, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0, 0);
	if (fd < 0)
		return false;
	length = system_call(CALL_READ, fd, (long)text->bytes, sizeof(text->bytes) - 1, 0, 0);
	system_call(CALL_CLOSE, fd, 0, 0, 0, 0);
	if (length < 0)
		return false;
	for (long index = 0; index < length; index++)
		if (text->bytes[index] == '\n')
			length = index;
	text->bytes[length] = '\0';
	return true;
}
