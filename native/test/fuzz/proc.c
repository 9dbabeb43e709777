/* What /proc shows: the target of a descriptor's link, a name that its process chose, a line about a mount. */
#include "fuzz.h"
#include "longhaul/processes/hidden_processes.h"
#include "longhaul/processes/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	char name[PROCESS_NAME_SIZE];
	uint32_t inode = 0;
	bool leaves_out = false;

	if (parse_socket_link(text, &inode))
		must(inode > 0 && strlen(text) <= strlen("socket:[4294967295]") + strspn(text + 8, "0"));
	else
		must(inode == 0);
	parse_process_name(text, size, name);
	must(strlen(name) <= size);
	must(parse_proc_mount(text, &leaves_out) || !leaves_out);
	free(text);
	return 0;
}
