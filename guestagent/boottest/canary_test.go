// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
)

// canaries are 64 secrets: 40 inputs, 8 secrets of the submitter as variables, 8 as files, and 8 of the identity.
type canaries struct {
	texts []string
	host  *hosttest.Host
	run   config.Config
	probe program
}

func newCanaries(t *testing.T, args ...string) canaries {
	t.Helper()
	var c canaries
	c.run, c.probe = hostile(t, append([]string{"canary"}, args...)...)
	main := &c.run.Containers[0]
	inputs := map[string][]byte{}
	next := func() []byte {
		text := make([]byte, 12)
		_, _ = rand.Read(text)
		c.texts = append(c.texts, hex.EncodeToString(text))
		return []byte(c.texts[len(c.texts)-1])
	}
	for i := range 40 {
		inputs[fmt.Sprintf("input-%02d", i)] = next()
	}
	for i := range 8 {
		variable, file := fmt.Sprintf("a-variable-%d", i), fmt.Sprintf("b-file-%d", i)
		inputs[variable], inputs[file] = next(), next()
		main.Secrets = append(main.Secrets, config.Secret{Name: variable, Env: fmt.Sprintf("CANARY%d", i)},
			config.Secret{Name: file, Path: fmt.Sprintf("/run/secrets/b-file-%d", i)})
	}
	slices.SortFunc(main.Secrets, func(a, b config.Secret) int { return strings.Compare(a.Name, b.Name) })
	h, err := hosttest.New(inputs)
	check(t, err)
	for i := range 8 {
		check(t, h.AddSecret(fmt.Sprintf("IDENTITY_%d", i), task.Secret{Version: 1}, next()))
	}
	c.host = h
	return c
}

// recorder keeps all that passes on a connection.
type recorder struct {
	net.Conn
	mu   sync.Mutex
	seen bytes.Buffer
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen.Write(p[:n])
	return n, err
}

// watched boots a machine with every channel to the host that QEMU has to offer beside those of the runner, and returns
// what came out of each.
func (c canaries) watched(t *testing.T, m vm) (map[string][]byte, console) {
	t.Helper()
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	disk := blank(t, "disk", "nothing", 1<<20)
	m.patience = 10 * time.Minute
	m.extra = append(m.extra,
		"-chardev", "file,id=second,path="+file("second serial"), "-device", "isa-serial,chardev=second",
		"-chardev", "file,id=debug,path="+file("debug port"), "-device", "isa-debugcon,chardev=debug",
		"-chardev", "file,id=parallel,path="+file("parallel"), "-device", "isa-parallel,chardev=parallel",
		"-chardev", "file,id=port,path="+file("another port"), "-device", "virtserialport,chardev=port,name=org.qemu.guest_agent.0",
		"-chardev", "file,id=hvc,path="+file("virtio console"), "-device", "virtconsole,chardev=hvc",
		"-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net", "-object", "filter-dump,id=dump,netdev=net,file="+file("network"),
		"-netdev", "user,id=net2", "-device", "e1000,netdev=net2", "-object", "filter-dump,id=dump2,netdev=net2,file="+file("network 2"),
		"-drive", "if=none,id=ide,format=raw,file="+disk, "-device", "ide-hd,drive=ide",
		"-device", "pvpanic", "-D", file("QEMU's log"), "-d", "guest_errors,unimp",
	)
	link := &recorder{}
	text := bootWith(t, m, func(ctx context.Context, conn net.Conn) error {
		link.Conn = conn
		return hostend.Serve(ctx, link, c.host)
	})
	seen := map[string][]byte{"serial": []byte(text), "host link": link.seen.Bytes()}
	for _, path := range append(list(t, dir), disk) {
		content, err := os.ReadFile(path)
		check(t, err)
		seen[filepath.Base(path)] = content
	}
	return seen, text
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(dir + "/*")
	check(t, err)
	return paths
}

// leaks looks for each canary in each channel, in each encoding.
func (c canaries) leaks(t *testing.T, seen map[string][]byte) {
	t.Helper()
	if len(c.texts) == 0 || len(seen) == 0 {
		t.Errorf("%d canaries, %d channels", len(c.texts), len(seen))
	}
	for channel, content := range seen {
		for _, text := range c.texts {
			for encoding, form := range encodings(text) {
				if bytes.Contains(content, form) {
					t.Errorf("AG-07: %s has a canary, %s", channel, encoding)
				}
			}
		}
	}
}

// encodings are the forms in which a text may be found. Of base64 there are three, by where the text begins.
func encodings(text string) map[string][]byte {
	raw, _ := hex.DecodeString(text)
	reversed := []byte(text)
	slices.Reverse(reversed)
	wide := new(bytes.Buffer)
	_ = binary.Write(wide, binary.LittleEndian, utf16.Encode([]rune(text)))
	forms := map[string][]byte{"plain": []byte(text), "upper case": []byte(strings.ToUpper(text)), "bytes": raw, "hexadecimal": []byte(hex.EncodeToString([]byte(text))), "wide": wide.Bytes(), "reversed": reversed}
	for shift := range 3 {
		whole := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
		forms[fmt.Sprintf("base64 at %d", shift)] = []byte(whole[(shift*8+5)/6 : len(whole)-1])
	}
	return forms
}

// TestAG07AG08MB16NoCanaryLeaves: a workload that shouts all it knows, and crashes again and again, tells the host nothing.
func TestAG07AG08MB16NoCanaryLeaves(t *testing.T) {
	t.Parallel()
	c := newCanaries(t)
	seen, text := c.watched(t, vm{disk: makeDisk(t, c.run, c.probe)})
	heard := c.host.Heard()
	if heard.Result == nil {
		t.Fatalf("no result: %q\n%s", heard.Failure, text)
	}
	_, results, err := readback.ParseReport(heard.Result.Report)
	check(t, err)
	out, err := c.host.OpenOutput(results[0].OutputDigest)
	check(t, err)
	for i, canary := range c.texts { // the control: the owner has them all
		if !strings.Contains(string(out.Stdout), canary) || !strings.Contains(string(out.Stderr), canary) {
			t.Fatalf("canary %d did not reach the workload:\n%s", i, out.Stdout)
		}
	}
	if len(out.Files) != 65 || results[0].ExitStatus != 128+11 {
		t.Errorf("%d files, status %d", len(out.Files), results[0].ExitStatus)
	}
	if c.leaks(t, seen); len(c.texts) != 64 || len(seen) < 9 {
		t.Errorf("%d canaries, %d channels", len(c.texts), len(seen))
	}
	silent(t, c.host, text)
	for _, name := range []string{"network", "network 2"} {
		if len(seen[name]) > 24 { // the head of a file of packets
			t.Errorf("%s: the guest sent %d bytes", name, len(seen[name]))
		}
	}
	for _, name := range []string{"second serial", "parallel", "another port", "virtio console"} {
		if len(seen[name]) > 0 {
			t.Errorf("%s: %q", name, seen[name])
		}
	}
}

// TestAG07PanicTellsNothing: a kernel that dies while the workload holds its secrets, from a block that is not the measured one.
func TestAG07PanicTellsNothing(t *testing.T) {
	t.Parallel()
	c := newCanaries(t, "panic")
	d := makeDisk(t, c.run, c.probe)
	replaceOnDisk(t, d, "escrin!\nescrin!\n", "escrin!\nEscrin!\n")
	seen, text := c.watched(t, vm{disk: d})
	endsInWorkload(t, c.host)
	c.leaks(t, seen)
	silent(t, c.host, text)
}

// TestAG07CanariesAreFound: the search finds what it is to find.
func TestAG07CanariesAreFound(t *testing.T) {
	const text = "0123456789abcdef01234567"
	for shift := range 4 {
		padded := append(bytes.Repeat([]byte("x"), shift), text+"tail"...)
		encoded := []byte(base64.StdEncoding.EncodeToString(padded))
		if !slices.ContainsFunc(values(encodings(text)), func(form []byte) bool { return bytes.Contains(encoded, form) }) {
			t.Errorf("not found in base64 at %d", shift)
		}
	}
}

func values[V any](m map[string]V) []V {
	var all []V
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// TestAG11StarvedAgentReports: whoever takes all descriptors, inodes, queues, memory, processes and processor time of a guest
// does not keep the agent from sealing what there is, and from reporting.
func TestAG11StarvedAgentReports(t *testing.T) {
	t.Parallel()
	run, p := hostile(t, "starve")
	run.Bounds.MaxProcesses, run.Bounds.OutputMiB = 48, 16
	status, out := finish(t, vm{disk: makeDisk(t, run, p), patience: 20 * time.Minute})
	want := "descriptors true\ninodes true\nqueues true\nsegments true\nbytes /dev/shm ENOSPC\nbytes /dev ENOSPC\nbytes /tmp ENOSPC\nbytes /output ENOSPC\nprocesses true\nagent done\nconnections true\n"
	if string(out.Stdout) != want || status != 5 && status != 137 {
		t.Errorf("status %d, stdout:\n%s\nstderr %.2000s", status, out.Stdout, out.Stderr)
	}
	if len(out.Files) != 1 || len(out.Files[0].Data) < 15<<20 {
		t.Errorf("%d files", len(out.Files))
	}
}

// TestAG11WhatTheAgentWritesIsNotTheWorkloads: a workload that has taken all the memory that it may have, after 62 MiB of inputs, and then has the
// agent write all outputs that fit, takes none that the agent and the runtime need. The smallest machine has the least to spare.
func TestAG11WhatTheAgentWritesIsNotTheWorkloads(t *testing.T) {
	t.Parallel()
	run, p := hostile(t, "crowd")
	run.Bounds.MinMemoryMiB, run.Bounds.ScratchMiB = 512, 1000
	input := make([]byte, 31<<20)
	_, err := rand.Read(input)
	check(t, err)
	status, out := finishWith(t, newHostWith(t, map[string][]byte{"big": input, "other": input}), vm{memory: 512, disk: makeDisk(t, run, p), patience: 20 * time.Minute})
	want := "room true\nfilled <nil>\n" + strings.Repeat("HTTP/1.1 204 \n", 7)
	if status != 3 || string(out.Stdout) != want || len(out.Files) != 3 {
		t.Errorf("status %d, %d files, stdout:\n%s\nstderr %.2000s", status, len(out.Files), out.Stdout, out.Stderr)
	}
}

// TestAG04RuntimeIsOutOfReach: an image whose entrypoint is the runtime itself, as a link or as the interpreter of a script, and whose
// loader is hostile (CVE-2019-5736), starts the runtime, which asks for no loader and so runs nothing of the image; nor does it write to
// itself when its arguments say so. A workload that runs finds no process, file, descriptor or memory of the runtime's, to write,
// replace or trace.
func TestAG04RuntimeIsOutOfReach(t *testing.T) {
	t.Parallel()
	const runtime = "/proc/self/exe"
	link, script := program{name: "entry", link: runtime}, program{name: "entry", content: []byte("#!" + runtime + "\n")}
	bundle := program{name: "config.json", content: []byte(`{"ociVersion": "1.0.0"}`)}
	for name, c := range map[string]struct {
		entry program
		args  []string
		said  string
	}{
		"link":   {link, []string{"self"}, "not the agent's command"},
		"script": {script, []string{"self"}, "not the agent's command"},
		"log":    {link, []string{"--root", "/", "--log", runtime, "run", "--bundle", "/", "--pid-file", "/pid", "x"}, "Text file busy"},
	} {
		t.Run(name, func(t *testing.T) {
			run, p := hostile(t)
			run.Containers[0].Process.Args = append([]string{"/entry"}, c.args...)
			loader := p
			loader.name = "lib64/ld-linux-x86-64.so.2"
			_, out := finish(t, vm{disk: makeDisk(t, run, p, loader, bundle, c.entry)})
			if len(out.Stdout) != 0 || !strings.Contains(string(out.Stderr), c.said) {
				t.Errorf("stdout %q, stderr %.300q", out.Stdout, out.Stderr)
			}
		})
	}
	t.Run("workload", func(t *testing.T) {
		run, p := hostile(t, "grasp")
		_, out := finish(t, vm{disk: makeDisk(t, run, p)})
		want := `parent 0
processes of its own true
trace false EPERM
write memory false EPERM
trace false EPERM
write memory false EPERM
trace true EPERM
write memory true EPERM
write its own program ETXTBSY
== end
`
		if string(out.Stdout) != want {
			t.Errorf("stdout:\n%s\nwant:\n%s\nstderr %.300s", out.Stdout, want, out.Stderr)
		}
	})
}
