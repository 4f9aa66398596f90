// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// listeners are open before anything else starts, so that a taken port is known at once.
type listeners struct{ http, ws, registry, tee net.Listener }

func listen(o options) (listeners, error) {
	var l listeners
	var err error
	for _, tcp := range []struct {
		to           *net.Listener
		flag, server string
	}{{&l.http, "--http", o.http}, {&l.ws, "--ws", o.ws}, {&l.registry, "--registry", o.registry}} {
		if *tcp.to, err = listenTCP(tcp.flag, tcp.server); err != nil {
			l.close()
			return listeners{}, err
		}
	}
	if l.tee, err = listenUnix(o.teeSocket); err != nil {
		l.close()
		return listeners{}, err
	}
	return l, nil
}

func listenTCP(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: the port is taken; stop what uses it or choose another with %s", address, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("listen (%s): %w", flag, err)
	}
	return l, nil
}

// listenUnix listens on a socket that only this user can connect to. One that a killed process left is removed: the
// state is locked, so nobody listens on it.
func listenUnix(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("listen (--tee-socket): %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen (--tee-socket): %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("listen (--tee-socket): %w", err)
	}
	return l, nil
}

func (l listeners) close() {
	for _, one := range []net.Listener{l.http, l.ws, l.registry, l.tee} {
		if one != nil {
			one.Close()
		}
	}
}
