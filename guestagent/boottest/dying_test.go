// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/imagebuild/initrd"
)

// dyingAgents build the agent from its own sources, with one line of them changed and a file more, once per test run: as it is otherwise, and
// with the console open to what the Go runtime says.
var (
	dyingAgent = sync.OnceValues(func() ([]byte, error) { return makeDyingAgent("dying") })
	loudAgent  = sync.OnceValues(func() ([]byte, error) {
		return makeDyingAgent("loud", "\tconsole := quiet()\n", "\t_, console := quiet, os.Stderr\n")
	})
)

// makeDyingAgent builds an agent with more lines replaced by others.
func makeDyingAgent(name string, lines ...string) ([]byte, error) {
	folder, err := filepath.Abs("../../cmd/escrin-guest")
	if err != nil {
		return nil, err
	}
	source, err := os.ReadFile(filepath.Join(folder, "main.go"))
	if err != nil {
		return nil, err
	}
	lines = append(lines, "\tvar m machine.Machine\n", "\tm := newDying()\n", "\t\"github.com/escrin/escrin/guestagent/machine\"\n", "")
	for i := 0; i < len(lines); i += 2 {
		if !bytes.Contains(source, []byte(lines[i])) {
			return nil, fmt.Errorf("%s/main.go does not have the line %q", folder, lines[i])
		}
		source = bytes.Replace(source, []byte(lines[i]), []byte(lines[i+1]), 1)
	}
	more, err := filepath.Abs("testdata/dying/dying.go")
	if err != nil {
		return nil, err
	}
	out := filepath.Join(scratch, name)
	over := map[string]string{filepath.Join(folder, "main.go"): out + ".go", filepath.Join(folder, "dying.go"): more}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": over})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.WriteFile(out+".go", source, 0o600), os.WriteFile(out+".json", overlay, 0o600)); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-overlay", out+".json", "-o", out, folder)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if report, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the agent that dies: %w\n%s", err, report)
	}
	return os.ReadFile(out)
}

// fated is the initrd with an agent that dies there, so; or that lives, and lists where it could, if at is empty.
func fated(t *testing.T, build func() ([]byte, error), at, how string) string {
	t.Helper()
	base, err := guestBases[smallKernel]()
	check(t, err)
	own, err := os.ReadFile(filepath.Join(base, "initrd"))
	check(t, err)
	agent, err := build()
	check(t, err)
	var archive bytes.Buffer
	check(t, initrd.Write(&archive, []initrd.Entry{{Name: "init", Mode: 0o500, Data: agent}, {Name: "fate", Mode: 0o400, Data: []byte(at + "\n" + how)}}))
	path := filepath.Join(t.TempDir(), "initrd")
	check(t, os.WriteFile(path, behind(own, archive.Bytes()), 0o600))
	return path
}

// mortal is a task with a secret of each kind, whose workload says and leaves all that it has, in a machine that may have another.
func mortal(t *testing.T) (c canaries) {
	t.Helper()
	next := func() []byte {
		text := make([]byte, 12)
		_, _ = rand.Read(text)
		c.texts = append(c.texts, hex.EncodeToString(text))
		return []byte(c.texts[len(c.texts)-1])
	}
	c.run = shellWorkload(`cat /input/* /run/secrets/file; echo "$TOKEN" >&2; cat /input/* > /output/all`)
	c.run.Tasks.PerBoot = 2
	c.run.Containers[0].Secrets = []config.Secret{{Name: "file", Path: "/run/secrets/file"}, {Name: "token", Env: "TOKEN"}}
	var err error
	c.host, err = hosttest.New(map[string][]byte{"a": next(), "b": next(), "file": next()})
	check(t, err)
	check(t, c.host.AddSecret("token", task.Secret{Version: 1}, next()))
	return c
}

// points lists those of a life that ends well.
func points(t *testing.T) (names []string) {
	t.Helper()
	c := mortal(t)
	console := boot(t, c.host, vm{disk: makeDisk(t, c.run), initrd: fated(t, dyingAgent, "", "")})
	unsure := regexp.MustCompile(`^before asking for keyholder [a-z]+ [3-9]$`) // two shares are enough
	for _, m := range regexp.MustCompile(`point: ([a-z -]+ [0-9]+)`).FindAllStringSubmatch(string(console), -1) {
		if !unsure.MatchString(m[1]) {
			names = append(names, m[1])
		}
	}
	if c.host.Heard().Result == nil || len(names) < 50 || names[len(names)-1] != "before asking for step poweroff 1" {
		t.Fatalf("%d points: %q\n%s", len(names), names, console)
	}
	return names
}

func said(h *hosttest.Host, step hostlink.Step) bool {
	return slices.ContainsFunc(h.Heard().Steps, func(r hostlink.StepReport) bool { return r.Step == step })
}

// TestAG07AG12AgentThatDies has the agent die at each point of its life, in one way or another: the machine ends, and no
// secret is on any channel that the host has.
func TestAG07AG12AgentThatDies(t *testing.T) {
	t.Parallel()
	ways := []string{"panic", "fault", "fatal", "stack", "signal", "exit"}
	for i, at := range points(t) {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			c := mortal(t)
			seen, console := c.watched(t, vm{disk: makeDisk(t, c.run), initrd: fated(t, dyingAgent, at, ways[i%len(ways)])})
			c.leaks(t, seen)
			heard := c.host.Heard()
			if bytes.Contains(seen["host link"], []byte(`"poweroff"`)) || heard.Failure != "" {
				t.Errorf("the agent did not die there: %+v, failure %q", heard.Steps, heard.Failure)
			}
			if len(heard.Steps) > 1 {
				silent(t, c.host, console)
			}
		})
	}
}

// TestAG07AnAgentThatDiesLoudlyIsHeard is the control: where nothing keeps the Go runtime's report from the console, a secret is on it.
func TestAG07AnAgentThatDiesLoudlyIsHeard(t *testing.T) {
	t.Parallel()
	c := mortal(t)
	console := boot(t, c.host, vm{disk: makeDisk(t, c.run), initrd: fated(t, loudAgent, "after put secret 1", "panic")})
	if !slices.ContainsFunc(c.texts, func(text string) bool { return strings.Contains(string(console), text) }) {
		t.Errorf("console:\n%s", console)
	}
}

// asker hangs up when the guest has asked for something.
type asker struct {
	net.Conn
	what *regexp.Regexp
	said []byte
}

// Read implements io.Reader.
func (a *asker) Read(p []byte) (int, error) {
	n, err := a.Conn.Read(p)
	if a.said = append(a.said, p[:n]...); err == nil && a.what.Match(a.said) {
		err = net.ErrClosed
		a.Conn.Close()
	}
	return n, err
}

// TestAG07AG12HostThatGoes: with the agent as it is measured, a host that goes when it is asked for something hears nothing more, and
// the machine ends; why is not said once inputs are open.
func TestAG07AG12HostThatGoes(t *testing.T) {
	t.Parallel()
	of := func(path string) string { return `keyholder","params":\{"epoch":\d+,"index":\d+,"path":"/v1/` + path }
	for at, what := range map[string]string{
		"launch": "launch", "quote": "quote", "evidence": "evidence", "certificate": of("certificate"), "permit": "permit", "manifest": "fetch", "key": of("release"),
		"workload": `step","params":\{"step":"workload`, "output": "store", "result": "result", "wiped": `step","params":\{"step":"wiped`,
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			c := mortal(t)
			var heard *asker
			console := bootWith(t, vm{disk: makeDisk(t, c.run), patience: 10 * time.Minute}, func(ctx context.Context, conn net.Conn) error {
				heard = &asker{Conn: conn, what: regexp.MustCompile(`"op":"` + what + `"`)}
				return hostend.Serve(ctx, heard, c.host)
			})
			c.leaks(t, map[string][]byte{"serial": []byte(console), "host link": heard.said})
			if !heard.what.Match(heard.said) || bytes.Contains(heard.said, []byte(`"poweroff"`)) {
				t.Errorf("the guest did not end there: %+v", c.host.Heard().Steps)
			}
			discreet := regexp.MustCompile(`^escrin-guest: ([a-z ]+ failed|run workload: the container runtime did not run to its end: context canceled)\r?$`)
			lines := regexp.MustCompile(`(?m)^escrin-guest: .*$`).FindAllString(string(console), -1)
			opened := said(c.host, hostlink.StepInput)
			if len(lines) > 1 || opened && len(lines) == 1 && !discreet.MatchString(lines[0]) {
				t.Errorf("the last words are %q", lines)
			}
		})
	}
}
