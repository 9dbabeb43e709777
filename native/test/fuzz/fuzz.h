/* What each target implements, and how it says that a promise was broken. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* abort() rather than assert(): it must not vanish with NDEBUG. */
static inline void must(int condition)
{
	if (!condition)
		abort();
}

/* The input as a string on the heap, where a read past its end is seen. */
static inline char *input_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
