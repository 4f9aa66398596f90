// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
)

// partKey and dirKey tell a process that a test started what it is.
const (
	partKey = "ESCRIN_SERVER_TEST_PART"
	dirKey  = "ESCRIN_SERVER_TEST_AUDIT"
)

// TestPart is what such a process does: it serves until it gets SIGTERM. It prints
// its address and the body of a request that it would grant, and logs to standard
// error. In any other process it has nothing to do.
func TestPart(t *testing.T) {
	if os.Getenv(partKey) != "server" {
		return
	}
	audit, err := auditlog.Open(os.Getenv(dirKey))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	w := newWorld(t, func(c *Config) { c.Audit, c.Log = audit, log })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
	defer stop()
	request := base64.StdEncoding.EncodeToString(body(t, w.signed(keyholder.PathRelease, w.release())))
	fmt.Printf("\nserving %s %s\n", l.Addr(), request)
	if err := Serve(ctx, l, w.server.Handler(), nil, Drain, log); err != nil {
		t.Fatal(err)
	}
	if err := audit.Close(); err != nil {
		t.Fatal(err)
	}
}

// child is a process that serves.
type child struct {
	cmd     *exec.Cmd
	address string
	request []byte
	log     *bufio.Scanner
	audit   string
}

func startChild(t *testing.T) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0], "-test.run=^TestPart$"), audit: t.TempDir()}
	c.cmd.Env = append(os.Environ(), partKey+"=server", dirKey+"="+c.audit)
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	c.log = bufio.NewScanner(log)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) != 3 || words[0] != "serving" {
			continue
		}
		c.address = words[1]
		if c.request, err = base64.StdEncoding.DecodeString(words[2]); err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.Copy(io.Discard, out) }()
		return c
	}
	t.Fatal("the process does not serve")
	return nil
}

// await reads the log up to a line with these words.
func (c *child) await(t *testing.T, words string) {
	t.Helper()
	for c.log.Scan() {
		if strings.Contains(c.log.Text(), words) {
			return
		}
	}
	t.Fatalf("the log ended before %q", words)
}

func (c *child) granted(t *testing.T) (n int) {
	t.Helper()
	if _, err := auditlog.Verify(c.audit, func(e auditlog.Entry) error {
		if e.Decision == auditlog.Granted {
			n++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// A process that is told to end answers the request that it has half received, and
// no new one, and ends well.
func TestGracefulDrain(t *testing.T) {
	t.Parallel()
	c := startChild(t)
	conn, err := net.Dial("tcp", c.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", keyholder.PathRelease, len(c.request))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // it reads the body
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	half := len(c.request) / 2
	if _, err := conn.Write(c.request[:half]); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	c.await(t, "stopping")
	if _, err := conn.Write(c.request[half:]); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	var reply keyholder.ReleaseReply
	if err != nil || resp.StatusCode != 200 || json.Unmarshal(b, &reply) != nil {
		t.Fatalf("%d %s, %v", resp.StatusCode, b, err)
	}
	for c.log.Scan() {
	}
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	if _, err := net.Dial("tcp", c.address); err == nil {
		t.Error("somebody listens still")
	}
	if n := c.granted(t); n != 1 {
		t.Errorf("%d answers on record", n)
	}
}

// What was answered is on record, though the process is killed in the next moment.
func TestKilledAfterItsAnswer(t *testing.T) {
	t.Parallel()
	c := startChild(t)
	go func() {
		for c.log.Scan() {
		}
	}()
	resp, err := http.Post("http://"+c.address+keyholder.PathRelease, "application/json", bytes.NewReader(c.request))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%d %s, %v", resp.StatusCode, b, err)
	}
	_ = c.cmd.Wait() // it was killed
	if n := c.granted(t); n != 1 {
		t.Errorf("%d answers on record", n)
	}
}
