/*
 * How the binary asks the library in another process to shut a socket down: by a
 * signal, sent with pidfd_send_signal(2), whose siginfo holds what is asked.
 *
 * It is SIGURG since its default action is to ignore it: a process that has just
 * exec'd a program without the library takes no harm.
 */
#ifndef KEEPALIVE_HANGUP_SIGNAL_H
#define KEEPALIVE_HANGUP_SIGNAL_H

#include <signal.h>
#include <stdint.h>

/* In si_errno, of which a signal with SI_QUEUE has no use: this, and the second argument of shutdown(2). */
enum { HANGUP_MARK = 0x4c480000, HANGUP_MARK_MASK = 0x7fff0000 };

/* The value: which descriptor, and the inode of the socket that it must stand for. */
static inline union sigval hangup_value(uint32_t inode, int fd)
{
	return (union sigval){ .sival_ptr = (void *)(uintptr_t)((uint64_t)inode << 32 | (uint32_t)fd) };
}

static inline uint32_t hangup_inode(union sigval value)
{
	return (uint32_t)((uint64_t)(uintptr_t)value.sival_ptr >> 32);
}

static inline int hangup_fd(union sigval value)
{
	return (int)(uint32_t)(uintptr_t)value.sival_ptr;
}

#endif
