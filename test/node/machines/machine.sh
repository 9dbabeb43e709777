#!/bin/bash
# machine.sh FOLDER NAME: process 1 of a machine, in namespaces of its own. Gives it file systems of its own where
# the programs of a node write, says so in FOLDER/ready, and reaps what is left to it.
set -eu
folder=$1

mount --make-rprivate /
mount -t proc proc /proc
hostname "$2"

mkdir -p "$folder"/{lib,log,sysctl}
mount --bind "$folder/lib" /var/lib
mount --bind "$folder/log" /var/log
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/netns
mount -t tmpfs tmpfs /run/netns

# What the kubelet sets for the whole machine, which is the host: it reads here that all of it is set already.
hide() {
	[ ! -e "/proc/sys/$1" ] || {
		echo "$2" >"$folder/sysctl/${1//\//-}"
		mount --bind "$folder/sysctl/${1//\//-}" "/proc/sys/$1"
	}
}
hide vm/overcommit_memory 1
hide vm/panic_on_oom 0
hide kernel/panic 10
hide kernel/panic_on_oops 1
hide kernel/keys/root_maxkeys 1000000
hide kernel/keys/root_maxbytes 25000000

echo 1 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
echo 0 >/proc/sys/net/ipv4/conf/default/rp_filter

# The kubelet wants the mounts of its pods to be shared.
mount --make-rshared /
touch "$folder/ready"
while :; do
	sleep 1000 &
	wait $! || true
done
