// SPDX-License-Identifier: Apache-2.0

// Package steady keeps a keyholder listening while the system has no connection to give.
package steady

import (
	"errors"
	"log/slog"
	"net"
	"syscall"
	"time"
)

// How long to wait until the system is asked again: twice as long each time.
const (
	firstPause   = 5 * time.Millisecond
	longestPause = time.Second
)

// Listener returns a listener whose Accept fails only where it can never succeed again. Whatever else is wrong, such as want
// of file descriptors or memory, or a visitor who has left again, is logged and waited out: many visitors must not end what
// they visit. (net/http waits for descriptors, and gives up on the rest.)
func Listener(l net.Listener, log *slog.Logger) net.Listener {
	return listener{l, func(err error, pause time.Duration) {
		log.Warn("no connection can be taken for now", "error", err.Error(), "again in", pause.String())
		time.Sleep(pause)
	}}
}

type listener struct {
	net.Listener
	wait func(err error, pause time.Duration)
}

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		c, err := l.Listener.Accept()
		if err == nil || over(err) {
			return c, err
		}
		l.wait(err, pause)
	}
}

// over reports whether a listener is of no use any more: it was closed, or is none.
func over(err error) bool {
	for _, of := range []error{net.ErrClosed, syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK} {
		if errors.Is(err, of) {
			return true
		}
	}
	return false
}
