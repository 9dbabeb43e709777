#!/bin/sh
# down.sh FOLDER CGROUP LINK: ends a cluster, however it was left, and removes what it made.
folder=$1 cgroup=$2 link=$3

# Process 1 of a machine takes everything in the machine along. Its number may be another's by now.
for file in "$folder"/*/pid; do
	pid=$(cat "$file" 2>/dev/null) || continue
	grep -qs -- "$folder/" "/proc/$pid/cmdline" || continue
	kill -KILL "$pid"
	while [ -e "/proc/$pid" ]; do sleep 0.1; done
done

# The link goes with the other end's network namespace, a moment later.
for _ in $(seq 100); do
	[ -e "/sys/class/net/$link" ] || break
	sleep 0.1
done
find /sys/fs/cgroup -mindepth 1 -depth -type d \( -path "*/$cgroup" -o -path "*/$cgroup/*" \) -exec rmdir {} \;
rm -rf --one-file-system "$folder"
