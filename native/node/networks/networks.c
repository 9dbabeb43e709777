/*
 * Each namespace is entered once: a netlink socket goes on speaking with the
 * one that it was opened in.
 */
#include "node/networks/networks.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "growing.h"
#include "sockets/sock_diag.h"

struct known_namespaces {
	ino_t *inodes;	/* all are of one file system, the kernel's own */
	size_t count;
	size_t capacity;
};

/* Whether it is one, and a new one; it is known from then on. */
static bool is_new_namespace(int file, struct known_namespaces *known)
{
	struct stat status;
	ino_t *grown;

	if (ioctl(file, NS_GET_NSTYPE) != CLONE_NEWNET || fstat(file, &status) < 0)
		return false;
	for (size_t index = 0; index < known->count; index++)
		if (known->inodes[index] == status.st_ino)
			return false;
	grown = grow(known->inodes, known->count, &known->capacity, sizeof(*known->inodes));
	/* Looked into a second time, it does no harm; passed over, it would. */
	if (!grown)
		return true;
	known->inodes = grown;
	known->inodes[known->count++] = status.st_ino;
	return true;
}

static bool hold(struct networks *networks, const struct whole_address *address, int sock_diag)
{
	struct held_address *grown =
		grow(networks->items, networks->count, &networks->capacity, sizeof(*networks->items));

	if (!grown)
		return false;
	networks->items = grown;
	networks->items[networks->count++] = (struct held_address){ *address, sock_diag };
	return true;
}

/* Of the namespace that the process is in. */
static bool add_this_network(struct networks *networks)
{
	struct own_addresses own = { 0 };
	int sock_diag = sock_diag_open();
	bool held = sock_diag >= 0 && read_own_addresses(&own);

	for (size_t index = 0; held && index < own.count; index++)
		held = hold(networks, &own.items[index], sock_diag);
	free(own.items);
	return held;
}

/* What is bound there may go away at any time: that is no problem. */
static bool add_network(const char *path, int file, const char *applet, struct networks *networks)
{
	if (setns(file, CLONE_NEWNET) == 0 && add_this_network(networks))
		return true;
	warn("%s: --netns: %s%s", applet, path, errno == EPERM ? ": needs CAP_SYS_ADMIN" : "");
	return false;
}

static bool add_bound(DIR *folder, const char *name, const char *applet, struct known_namespaces *known,
		      struct networks *networks)
{
	int file = openat(dirfd(folder), name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool added = true;

	if (file < 0 && errno == EACCES) {
		warn("%s: --netns: %s: needs CAP_DAC_READ_SEARCH", applet, name);
		return false;
	}
	if (file < 0)
		return true;
	if (is_new_namespace(file, known))
		added = add_network(name, file, applet, networks);
	close(file);
	return added;
}

static int compare_held(const void *one, const void *other)
{
	const struct held_address *first = one, *second = other;

	return compare_addresses(&first->address, &second->address);
}

static bool add_all_bound(const char *path, const char *applet, struct known_namespaces *known,
			  struct networks *networks)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool added = true;

	if (!folder) {
		warn("%s: --netns: %s", applet, path);
		return false;
	}
	while (added && (entry = readdir(folder)))
		added = add_bound(folder, entry->d_name, applet, known, networks);
	closedir(folder);
	return added;
}

bool find_networks(const char *folder, const char *applet, struct networks *networks)
{
	struct known_namespaces known = { 0 };
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	bool found = own >= 0 && is_new_namespace(own, &known) && add_this_network(networks);

	if (!found)
		warn("%s: reading the addresses of this network", applet);
	found = found && add_all_bound(folder, applet, &known, networks);
	free(known.inodes);
	if (own >= 0)
		close(own);
	if (networks->count)
		qsort(networks->items, networks->count, sizeof(*networks->items), compare_held);
	return found;
}

enum holder find_holder(const struct networks *networks, const struct whole_address *address, int *sock_diag)
{
	size_t low = 0, high = networks->count;
	enum holder holder = HELD_NOWHERE;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_addresses(&networks->items[middle].address, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < networks->count && !compare_addresses(&networks->items[low].address, address); low++) {
		if (holder == HELD_ONCE && networks->items[low].sock_diag != *sock_diag)
			return HELD_SEVERAL_TIMES;
		*sock_diag = networks->items[low].sock_diag;
		holder = HELD_ONCE;
	}
	return holder;
}
