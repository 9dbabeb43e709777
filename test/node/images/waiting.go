// waiting off|system HOST:PORT: a connection that waits for what never comes, without keepalive, which Go's net
// package would switch on, or with the system's timers in place of Go's own.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	dialer := net.Dialer{KeepAlive: -1}
	if os.Args[1] == "system" {
		dialer.KeepAliveConfig = net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1}
	}
	connection, err := dialer.Dial("tcp", os.Args[2])
	if err == nil {
		_, err = connection.Read(make([]byte, 1))
	}
	log.Fatal(err)
}
