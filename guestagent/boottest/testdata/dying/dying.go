// SPDX-License-Identifier: Apache-2.0

// Package main is laid over the agent's sources by TestAG07AG12AgentThatDies: with this file, and one line of main.go changed, the agent
// dies at one point of its life. Nothing of it is in the agent that is measured.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/machine"
	"github.com/escrin/escrin/guestagent/workload"
)

// dying is a machine whose agent dies before or after something that it does, or before it asks its host for something.
type dying struct {
	machine.Machine
	*fate
}

// fate is where the agent dies, and how.
type fate struct {
	at, how string // at is empty for an agent that lives, and lists its points

	mu     sync.Mutex
	passed map[string]int
	known  []string // secrets
}

// newDying reads the fate of the agent from the initrd.
func newDying() dying {
	text, err := os.ReadFile("/fate")
	if err != nil {
		panic(err)
	}
	at, how, _ := strings.Cut(string(text), "\n")
	return dying{fate: &fate{at: at, how: how, passed: map[string]int{}}}
}

// point is one of the points, each time with another number.
func (f *fate) point(name string) {
	f.mu.Lock()
	f.passed[name]++
	name = fmt.Sprint(name, " ", f.passed[name])
	f.mu.Unlock()
	switch f.at {
	case "":
		fmt.Println("point:", name)
	case name:
		f.die()
	}
}

// around are the points before and after something.
func (f *fate) around(name string) (after func()) {
	f.point("before " + name)
	return func() { f.point("after " + name) }
}

// die ends the agent with all that it knows on its lips.
func (f *fate) die() {
	f.mu.Lock()
	secrets := strings.Join(f.known, " ")
	f.mu.Unlock()
	switch f.how {
	case "panic":
		panic(secrets)
	case "fault":
		*(*string)(nil) = secrets
	case "fatal":
		new(sync.Mutex).Unlock() // nothing recovers from that
	case "stack":
		debug.SetMaxStack(1 << 20)
		fmt.Fprint(io.Discard, deeper(secrets))
	case "signal":
		_ = unix.Kill(1, unix.SIGABRT)
		select {}
	}
	os.Exit(3)
}

func deeper(secrets string) string { return deeper(secrets+".") + secrets }

func (f *fate) learn(secret string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = append(f.known, secret)
}

func (d dying) LockDown() error {
	defer d.around("lock down")()
	return d.Machine.LockDown()
}

func (d dying) OpenDisk() (config.Config, [32]byte, error) {
	defer d.around("open disk")()
	return d.Machine.OpenDisk()
}

func (d dying) OpenLink() (io.ReadWriteCloser, error) {
	defer d.around("open link")()
	conn, err := d.Machine.OpenLink()
	return link{conn, d.fate}, err
}

func (d dying) SettleClock(ctx context.Context) error {
	defer d.around("settle clock")()
	return d.Machine.SettleClock(ctx)
}

func (d dying) Quote(reportData [64]byte) ([]byte, error) {
	defer d.around("quote")()
	return d.Machine.Quote(reportData)
}

func (d dying) PutInput(name string, content []byte) error {
	defer d.around("put input")()
	d.learn(string(content))
	return d.Machine.PutInput(name, content)
}

func (d dying) PutSecret(container int, name string, owner config.User, content []byte) error {
	defer d.around("put secret")()
	d.learn(string(content))
	return d.Machine.PutSecret(container, name, owner, content)
}

func (d dying) OpenNetwork(ctx context.Context, n config.Network, evidence []byte, sign func([32]byte) [65]byte) (context.Context, func(), error) {
	defer d.around("open network")()
	return d.Machine.OpenNetwork(ctx, n, evidence, sign)
}

func (d dying) Listen() (api.Listener, error) {
	defer d.around("listen")()
	return d.Machine.Listen()
}

func (d dying) Run(ctx context.Context, c config.Config, heard workload.Listener) (uint32, error) {
	defer d.around("run")()
	first := sync.OnceFunc(func() { d.point("while the workload speaks") })
	return d.Machine.Run(ctx, c, func(s workload.Stream, piece []byte) {
		d.learn(string(piece))
		heard(s, piece)
		first()
	})
}

func (d dying) Scratch() (*os.File, error) {
	defer d.around("scratch")()
	return d.Machine.Scratch()
}

func (d dying) Wipe() error {
	defer d.around("wipe")()
	return d.Machine.Wipe()
}

// link is that to the host.
type link struct {
	io.ReadWriteCloser
	*fate
}

var asking = regexp.MustCompile(`\{"op":"([a-z]+)","params":\{(?:"epoch":\d+,"index":\d+,"path":"/v1/([a-z]+)"|"step":"([a-z-]+)")?`)

func (l link) Write(p []byte) (int, error) {
	for _, m := range asking.FindAllStringSubmatch(string(p), -1) {
		l.point("before asking for " + strings.TrimSpace(m[1]+" "+m[2]+m[3]))
	}
	return l.ReadWriteCloser.Write(p)
}
