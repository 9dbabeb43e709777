/* What /proc shows: the target of a descriptor's link, and a name that its process chose. */
#include "fuzz.h"
#include "longhaul/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	char name[PROCESS_NAME_SIZE];
	uint32_t inode = 0;

	if (parse_socket_link(text, &inode))
		must(inode > 0 && strlen(text) <= strlen("socket:[4294967295]") + strspn(text + 8, "0"));
	else
		must(inode == 0);
	parse_process_name(text, size, name);
	must(strlen(name) <= size);
	free(text);
	return 0;
}
