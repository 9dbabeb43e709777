/*
 * The system calls the library makes, without a libc: a reference to libc's
 * setsockopt would be one more symbol to miss, to be interposed by others or
 * to change errno under the caller. Linux keeps all registers but these.
 */
#ifndef KEEPALIVE_SYSTEM_CALL_H
#define KEEPALIVE_SYSTEM_CALL_H

/* The result, or an error number negated. */
#if defined(__x86_64__)

enum {
	CALL_READ = 0,
	CALL_WRITE = 1,
	CALL_CLOSE = 3,
	CALL_FSTAT = 5,
	CALL_SIGACTION = 13,
	CALL_SOCKET = 41,
	CALL_SHUTDOWN = 48,
	CALL_SETSOCKOPT = 54,
	CALL_GETSOCKOPT = 55,
	CALL_FCNTL = 72,
	CALL_OPENAT = 257,
};

static inline long system_call(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

enum {
	CALL_FCNTL = 25,
	CALL_OPENAT = 56,
	CALL_CLOSE = 57,
	CALL_READ = 63,
	CALL_WRITE = 64,
	CALL_FSTAT = 80,
	CALL_SIGACTION = 134,
	CALL_SOCKET = 198,
	CALL_SETSOCKOPT = 208,
	CALL_GETSOCKOPT = 209,
	CALL_SHUTDOWN = 210,
};

static inline long system_call(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}

#else
#error "libkeepalive knows the system calls of x86-64 and arm64 only"
#endif

#endif
