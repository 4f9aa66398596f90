// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/trialhost"
)

// several is a workload of containers that run these scripts; the last is the main one.
func several(names []string, scripts ...string) config.Config {
	run := shellWorkload("")
	main := run.Main()
	run.Containers = nil
	for i, script := range scripts {
		c := main
		c.Name, c.Process.Args = names[i], []string{"/bin/sh", "-c", script}
		if i < len(scripts)-1 {
			c.IO = config.IO{}
		}
		run.Containers = append(run.Containers, c)
	}
	return run
}

// TestContainersOfAGuest starts three containers of two images: one that completes, a server, and the main one. They share a
// network and a volume and nothing else, and end in reverse; the main one alone may ask the agent (AG-01).
func TestContainersOfAGuest(t *testing.T) {
	t.Parallel()
	run := several([]string{"prepare", "server", "main"}, `
cat /data/seed; echo prepared > /data/prepared; test -n "$ESCRIN_CAPABILITY" && echo capable; test -e /run/escrin/agent.sock && echo capable
test -e /input && echo input; echo x > /tmp/own; cat /which; echo said`, `
trap 'echo stopped; exit 0' TERM
echo "$PASSWORD" > /data/served; echo x > /fixed/x || echo refused; cat /fixed/seed; cat /data/prepared; cat /which; test -n "$ESCRIN_CAPABILITY" && echo capable; test -e /run/escrin/agent.sock && echo capable
/bin/busybox httpd -p 127.0.0.1:8080 -h /srv; while true; do sleep 0.1; done`, `
cat; while ! /bin/busybox wget -q -O - http://server:8080/page; do sleep 0.1; done
cat /data/prepared; cat /which; test -e /data/served && echo served; test -e /tmp/own && echo shares
test -n "$ESCRIN_CAPABILITY" && test -S /run/escrin/agent.sock && echo capable
ls /input; echo out > /output/out; list=$(ps); echo "$list" | wc -l; echo "$PASSWORD"; exit 7`)
	shared := config.Volume{Path: "/data", SizeMiB: 8, Name: "data"}
	for i := range run.Containers {
		run.Containers[i].Volumes = []config.Volume{shared}
	}
	run.Containers[1].Volumes = append(run.Containers[1].Volumes, config.Volume{Path: "/fixed", SizeMiB: 4, Name: "fixed", ReadOnly: true})
	run.Containers[2].Volumes = append(run.Containers[2].Volumes, config.Volume{Path: "/var/fixed", SizeMiB: 4, Name: "fixed"})
	run.Containers[0].Completes, run.Containers[0].Process.User = true, config.User{UID: 1000, GID: 1000}
	run.Containers[1].Process.User = config.User{}
	run.Containers[1].Secrets = []config.Secret{{Name: "password", Env: "PASSWORD"}}
	h, err := hosttest.New(map[string][]byte{"bid": []byte("42\n"), "password": []byte("secret")})
	check(t, err)
	page := []program{{name: "srv/page", content: []byte("page\n")}, {name: "which", content: []byte("second\n")}, {name: "fixed/seed", content: []byte("fixed\n")}}
	status, out := finishWith(t, h, vm{disk: makeDiskOf(t, run, []program{{name: "which", content: []byte("first\n")}}, page)})
	want := "42\npage\nprepared\nsecond\nserved\ncapable\nbid\n3\n\n" // a title, and two processes: its own
	if status != 7 || string(out.Stdout) != want {
		t.Errorf("status %d, stdout %q, want %q", status, out.Stdout, want)
	}
	said := strings.Split(strings.TrimSuffix(string(out.Stderr), "\n"), "\n")
	for _, line := range []string{"prepare: seed", "prepare: first", "prepare: said", "server: refused", "server: fixed", "server: second", "server: prepared", "server: stopped"} {
		if !slices.Contains(said, line) {
			t.Errorf("nobody said %q: %q", line, said)
		}
	}
	if strings.Contains(string(out.Stderr), "capable") {
		t.Errorf("a container beside the main one can ask the agent: %q", said)
	}
}

// TestContainerThatDoesNotCompleteEndsTheTask: with its status; what comes after it is not started.
func TestContainerThatDoesNotCompleteEndsTheTask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args   []string
		waits  bool
		status uint32
	}{
		"fails":        {[]string{"/bin/sh", "-c", "exit 9"}, true, 9},
		"not found":    {[]string{"/missing"}, false, 127},
		"never starts": {[]string{"/missing"}, true, 127},
		"no program":   {[]string{"/no-program"}, false, 255},
	} {
		t.Run(name, func(t *testing.T) {
			run := several([]string{"first", "main"}, "", "echo ran")
			run.Containers[0].Process.Args, run.Containers[0].Completes = c.args, c.waits
			status, out := finish(t, vm{disk: makeDisk(t, run, program{name: "no-program", content: []byte("text")})})
			if status != c.status || len(out.Stdout) > 0 || !strings.Contains(string(out.Stderr), "escrin: the container first ended with exit status") {
				t.Errorf("status %d, stdout %q, stderr %q", status, out.Stdout, out.Stderr)
			}
		})
	}
}

// TestTrialOfContainers: what the others say comes as they say it.
func TestTrialOfContainers(t *testing.T) {
	t.Parallel()
	run := several([]string{"beside", "main"}, "echo hello; while true; do sleep 1; done", "cat; exit 3")
	stdout, stderr := newScreen(), newScreen()
	status, _ := trial(t, run, map[string][]byte{"in": []byte("in\n")}, trialhost.Streams{Stdout: stdout, Stderr: stderr}, func(context.Context, *trialhost.Host) {})
	if status != 3 || stdout.String() != "in\n" || stderr.String() != "beside: hello\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout.String(), stderr.String())
	}
}
