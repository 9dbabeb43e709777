#!/bin/sh
# Builds native/build for this machine, where that is possible; the TypeScript side works without it.
cd "$(dirname "$0")" || exit
for tool in make cc; do
	command -v "$tool" >/dev/null && continue
	echo "longhaul: native/ is not built, as there is no $tool (Debian: apt-get install gcc make musl-tools)" >&2
	exit 0
done
make -s all || echo "longhaul: native/ is not built; the messages above say why" >&2
