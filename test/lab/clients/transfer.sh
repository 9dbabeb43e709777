# As transfer.ts, by curl: WHAT URL PAUSES PAUSE_SECONDS DOWNLOAD_BYTES
what=$1 url=$2 pauses=$3 pause=$4 bytes=$5

slowly() {
	for _ in $(seq "$pauses"); do
		echo chunk
		sleep "$pause"
	done
}

transfer() {
	case $what in
	wait) curl --fail --no-progress-meter "$url" ;;
	upload) slowly | curl --fail --no-progress-meter --upload-file . "$url" ;;
	download) curl --fail --no-progress-meter --limit-rate "$((bytes / pauses))" "$url" ;;
	esac
}

echo ready
if transfer >/dev/null; then echo answered; else echo "lost curl ended with $?"; fi
