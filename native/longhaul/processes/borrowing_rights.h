/* Why sockets of other processes can't be borrowed. */
#ifndef LONGHAUL_BORROWING_RIGHTS_H
#define LONGHAUL_BORROWING_RIGHTS_H

/* What forbids pidfd_getfd(2) here, as far as can be told; to be followed by "forbids". */
const char *what_forbids_borrowing(void);

#endif
