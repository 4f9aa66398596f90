// SPDX-License-Identifier: Apache-2.0

package steady

import (
	"errors"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// failing fails with one error after the other, and then has connections.
type failing struct {
	net.Listener
	errors []error
}

// Accept implements net.Listener.
func (f *failing) Accept() (net.Conn, error) {
	if len(f.errors) == 0 {
		ours, _ := net.Pipe()
		return ours, nil
	}
	err := f.errors[0]
	f.errors = f.errors[1:]
	return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", err)}
}

func TestWhatPassesIsWaitedOut(t *testing.T) {
	t.Parallel()
	passing := []error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.EPERM,
		// Of the new connection: see accept(2).
		syscall.EPROTO, syscall.ENETDOWN, syscall.ENOPROTOOPT, syscall.EHOSTDOWN, syscall.ENONET, syscall.EHOSTUNREACH, syscall.EOPNOTSUPP, syscall.ENETUNREACH,
	}
	f := &failing{errors: passing}
	var told []error
	var pauses []time.Duration
	l := listener{f, func(err error, pause time.Duration) {
		told, pauses = append(told, err), append(pauses, pause)
	}}
	c, err := l.Accept()
	if err != nil || c.Close() != nil {
		t.Fatalf("%v after %v", err, told)
	}
	if len(told) != len(passing) {
		t.Fatalf("told of %v", told)
	}
	for i, want := range passing {
		if !errors.Is(told[i], want) {
			t.Errorf("told of %v, not of %v", told[i], want)
		}
	}
	if pauses[0] != firstPause || pauses[1] != 2*firstPause || slices.Max(pauses) != longestPause || !slices.IsSorted(pauses) {
		t.Errorf("waits %v", pauses)
	}
}

func TestWhatIsOverEnds(t *testing.T) {
	t.Parallel()
	for _, of := range []error{net.ErrClosed, syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK} {
		l := listener{&failing{errors: []error{of}}, func(err error, _ time.Duration) { t.Errorf("waits for the end of %v", err) }}
		if _, err := l.Accept(); !errors.Is(err, of) {
			t.Errorf("%v instead of %v", err, of)
		}
	}
}
