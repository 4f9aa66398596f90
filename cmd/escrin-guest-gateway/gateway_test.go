// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/connect"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/gateway/plan"
	"github.com/escrin/escrin/guestagent/session"
	"github.com/escrin/escrin/jobs/guestnet"
	"github.com/escrin/escrin/keyholder/ethsig"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// running is the real program with what an agent gives it.
type running struct {
	cmd     *exec.Cmd
	channel *os.File // of the agent
	theirs  *os.File // its other end
	network net.Conn // of the host
	stderr  *bytes.Buffer
}

// build builds the program where others can reach it.
func build(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "gateway-")
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	check(t, os.Chmod(dir, 0o755))
	program := filepath.Join(dir, "gateway")
	cmd := exec.Command("go", "build", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if report, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	return program
}

// launch starts the program with a plan, as another user if this one is root.
func launch(t *testing.T, program string, p plan.Plan) *running {
	t.Helper()
	document, err := p.Encode()
	check(t, err)
	host, port := pair(t)
	defer port.Close()
	r := prepare(t, program, document, port)
	r.network, err = net.FileConn(host)
	check(t, err)
	host.Close()
	if os.Getuid() == 0 {
		r.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65533, Gid: 65533}
	}
	r.start(t)
	return r
}

// prepare makes the program ready to start, as this user, with an uplink.
func prepare(t *testing.T, program string, document []byte, port *os.File) *running {
	t.Helper()
	r := &running{cmd: exec.Command(program), stderr: new(bytes.Buffer)}
	r.channel, r.theirs = pair(t)
	r.cmd.Stdin, r.cmd.Stderr, r.cmd.ExtraFiles = bytes.NewReader(document), r.stderr, []*os.File{port, r.theirs}
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return r
}

func (r *running) start(t *testing.T) {
	t.Helper()
	check(t, r.cmd.Start())
	r.theirs.Close()
	t.Cleanup(func() {
		r.cmd.Process.Kill()
		r.cmd.Wait()
		r.channel.Close()
	})
}

func pair(t *testing.T) (a, b *os.File) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	check(t, err)
	return os.NewFile(uintptr(fds[0]), "a"), os.NewFile(uintptr(fds[1]), "b")
}

// ready waits until the gateway says that it listens and is confined.
func (r *running) ready(t *testing.T) {
	t.Helper()
	check(t, r.channel.SetReadDeadline(time.Now().Add(time.Minute)))
	if _, err := io.ReadFull(r.channel, make([]byte, 1)); err != nil {
		t.Fatalf("the gateway is not ready: %v %s", err, r.stderr)
	}
	check(t, r.channel.SetReadDeadline(time.Time{}))
}

// status is what the kernel says of the process and of each of its threads.
func (r *running) status(t *testing.T) (texts []string) {
	t.Helper()
	paths, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", r.cmd.Process.Pid))
	check(t, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		check(t, err)
		texts = append(texts, string(text))
	}
	return texts
}

// sign answers as the agent does.
func (r *running) sign(key *ethsig.Key) {
	for {
		var statement [session.StatementSize]byte
		if _, err := io.ReadFull(r.channel, statement[:]); err != nil {
			return
		}
		signature := key.Sign(session.Digest(statement))
		if _, err := r.channel.Write(signature[:]); err != nil {
			return
		}
	}
}

// listen opens a port of loopback, on which everyone is greeted.
func listen(t *testing.T, greeting string) uint16 {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, greeting)
			conn.Close()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// TestAG04GatewayHasNoPrivileges has the real program carry connections both ways, one with TLS and evidence, under its filter,
// and looks at what it could do on every thread.
func TestAG04GatewayHasNoPrivileges(t *testing.T) {
	key, err := ethsig.GenerateKey()
	check(t, err)
	inner, outer := listen(t, "inner"), listen(t, "outer")
	p := plan.Plan{
		Egress:   []plan.Listener{{Address: "127.18.0.1", Name: "127.0.0.1", Port: outer}},
		Ingress:  []plan.Service{{Port: 443, To: inner, TLS: true}},
		Evidence: []byte("evidence"),
	}
	r := launch(t, build(t), p)
	r.ready(t)
	go r.sign(key)
	host := &guestnet.Host{
		Network: config.Network{Egress: []config.Destination{{Name: "127.0.0.1", Port: outer}}, Ingress: []config.Service{{Port: 443, To: inner, TLS: true}}},
		Reach:   guestnet.Reach{Also: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	}
	endpoints, err := host.Listen("127.0.0.1")
	check(t, err)
	go host.Serve(t.Context(), r.network)
	judge := func(context.Context, []byte) ([20]byte, error) { return key.Address(), nil }
	for range 20 {
		conn, err := connect.Dialer{Judge: judge}.Dial(t.Context(), endpoints[0].Address)
		check(t, err)
		hears(t, conn, "inner")
		plain, err := net.Dial("tcp4", fmt.Sprintf("127.18.0.1:%d", outer))
		check(t, err)
		hears(t, plain, "outer")
	}
	for _, text := range r.status(t) {
		for _, line := range []string{"NoNewPrivs:\t1", "Seccomp:\t2", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000"} {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("no %q in\n%s", line, text)
			}
		}
	}
}

func hears(t *testing.T, conn net.Conn, want string) {
	t.Helper()
	defer conn.Close()
	if said, err := io.ReadAll(conn); err != nil || string(said) != want {
		t.Errorf("heard %q, %v, want %q", said, err, want)
	}
}

// TestAG13HostileHostEndsTheGatewayAlone: whatever a host sends, the program carries on or ends; it does not spin, and does not grow.
func TestAG13HostileHostEndsTheGatewayAlone(t *testing.T) {
	program := build(t)
	for name, sent := range map[string][]byte{
		"nonsense": bytes.Repeat([]byte{0xa5}, 1<<20), "another version": {9, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0},
		"window of 4 GiB": {0, 1, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff}, "data of 4 GiB": {0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff},
		"go away": {0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
	} {
		r := launch(t, program, plan.Plan{Egress: []plan.Listener{}, Ingress: []plan.Service{}})
		r.ready(t)
		go io.Copy(io.Discard, r.network)
		r.network.SetWriteDeadline(time.Now().Add(5 * time.Second))
		r.network.Write(sent)
		r.network.Close()
		ended := make(chan error, 1)
		go func() { ended <- r.cmd.Wait() }()
		select {
		case <-ended:
			if usage := r.cmd.ProcessState.SysUsage().(*syscall.Rusage); usage.Maxrss > 64<<10 {
				t.Errorf("%s: %d KiB", name, usage.Maxrss)
			}
		case <-time.After(time.Minute):
			t.Errorf("%s: the gateway goes on without an uplink", name)
		}
	}
}

// TestGatewayRefuses a plan that it cannot carry out.
func TestGatewayRefuses(t *testing.T) {
	r := launch(t, build(t), plan.Plan{Egress: []plan.Listener{{Address: "192.0.2.255", Name: "a", Port: 1}}, Ingress: []plan.Service{}})
	if err := r.cmd.Wait(); err == nil || !strings.Contains(r.stderr.String(), "listen for a:1") {
		t.Errorf("an address of nobody: %v %s", err, r.stderr)
	}
}

// TestAG13NothingIsReadBeforeConfinement: a gateway that cannot be confined, or does not get so far, leaves in the port all that
// a host has sent.
func TestAG13NothingIsReadBeforeConfinement(t *testing.T) {
	program := build(t)
	plans := map[string]plan.Plan{"listen for a:4000": many(plan.Listener{Address: "127.19.1.1", Name: "a", Port: 4000})} // taken
	if os.Getuid() == 0 {
		plans["does not run as root"] = many(plan.Listener{Address: "127.19.0.1", Name: "a", Port: 1})
	}
	for name, p := range plans { // by the reason that it gives
		document, err := p.Encode()
		check(t, err)
		host, port := pair(t)
		sent := bytes.Repeat([]byte{0xa5}, 16<<10)
		_, err = host.Write(sent)
		check(t, err)
		r := prepare(t, program, document, port)
		r.start(t)
		if err := r.cmd.Wait(); err == nil || !strings.Contains(r.stderr.String(), name) {
			t.Errorf("%s: %v %s", name, err, r.stderr)
		}
		host.Close()
		if left, err := io.ReadAll(port); err != nil || !bytes.Equal(left, sent) {
			t.Errorf("%s: %d bytes of %d are left, %v", name, len(left), len(sent), err)
		}
		port.Close()
	}
}

// many is a plan that takes a while, with this listener at its end.
func many(last plan.Listener) plan.Plan {
	p := plan.Plan{Egress: []plan.Listener{}, Ingress: []plan.Service{{Port: 443, To: 1, TLS: true}}}
	for i := range 200 {
		p.Egress = append(p.Egress, plan.Listener{Address: fmt.Sprintf("127.19.1.%d", i+1), Name: "b", Port: 4000})
	}
	p.Egress = append(p.Egress, last)
	return p
}
