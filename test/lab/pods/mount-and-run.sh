#!/bin/sh
# The first process of a container: makes the mounts given as OPTIONS:SOURCE:TARGET, and becomes the program after --.
set -e
while [ "$1" != -- ]; do
	options=${1%%:*} rest=${1#*:}
	mount --bind -o "$options" "${rest%%:*}" "${rest#*:}"
	shift
done
shift
exec "$@"
