// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/guestagent/session/exchange"
	"github.com/escrin/escrin/keyholder/curve"
)

// serviceSource is a server that repeats what it hears, until somebody connects with its other port.
const serviceSource = `package main
import ("fmt"; "io"; "net"; "os")
func main() {
	service, err := net.Listen("tcp", "127.0.0.1:8080")
	if err != nil { panic(err) }
	end, err := net.Listen("tcp", "127.0.0.1:9000")
	if err != nil { panic(err) }
	go func() {
		for {
			c, err := service.Accept()
			if err != nil { return }
			go func() { fmt.Fprintln(c, "workload"); io.Copy(c, c); c.Close() }()
		}
	}()
	c, err := end.Accept()
	if err != nil { panic(err) }
	c.Close()
	fmt.Println("ended")
	os.Exit(3)
}`

// TestAT03ServiceOfAnEnclave submits a task whose workload is a service, and connects with it: by its identity on chain, through
// a man in the middle, as another enclave than it is, and with its certificate alone.
func TestAT03ServiceOfAnEnclave(t *testing.T) {
	n := start(t)
	p := n.prepareAs(static(t, serviceSource, v1.Config{Entrypoint: []string{"/app"}}), "service",
		"version: 1\nnetwork: {ingress: [{port: 443, to: 8080, tls: true}, {port: 9000, to: 9000}]}\n")
	task := p.submit("nothing")
	address, end := p.services(task)

	n.until("the service answers", func() bool {
		return n.converse("hello\n", "connect", address, "--identity", p.identity, "--service", "443") == "workload\nhello\n"
	})
	if out := n.converse("hello\n", "connect", address, "--enclave", p.reference); out != "workload\nhello\n" {
		t.Errorf("by the enclave: %q", out)
	}
	n.refuse(1, []string{"not 9000"}, "connect", address, "--identity", p.identity, "--service", "9000")
	n.refuse(1, []string{"NOT acceptable"}, "connect", address, "--measurement", "0x"+strings.Repeat("5a", 32))
	n.refuse(1, []string{"NOT acceptable"}, "connect", address)
	other := curve.G2Generator().Bytes() // KR-01: the guest lives in another key network than was asked for
	n.refuse(1, []string{"binding.network"}, "connect", address, "--identity", p.identity, "--group-key", hex.EncodeToString(other[:]))
	n.refuse(1, []string{"is not at the other end"}, "connect", relay(t, address), "--identity", p.identity)
	p.withCertificate(address)
	n.refuse(1, nil, "connect", end, "--identity", p.identity) // no TLS there, and the workload takes it as its end
	if done := p.accepted(task); done.Result.ExitStatus != 3 {
		t.Errorf("exit status %d", done.Result.ExitStatus)
	}
	p.run("job", "verify", task)
}

// services waits until the guest runs, and returns where its two services are.
func (p prepared) services(task string) (first, second string) {
	p.t.Helper()
	p.until("the guest has services", func() bool {
		for _, a := range p.task(task).Attempts {
			if len(a.Services) == 2 {
				first, second = a.Services[0].Address, a.Services[1].Address
			}
		}
		return second != ""
	})
	return first, second
}

// converse runs a command with something on standard input, and returns what it prints.
func (n *network) converse(say string, args ...string) string {
	n.t.Helper()
	cmd := exec.Command(n.binary("escrin"), args...)
	cmd.Env, cmd.Dir, cmd.Stdin = n.env, "..", strings.NewReader(say)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		n.t.Logf("escrin %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// withCertificate connects as a client that trusts the service's certificate and knows nothing of evidence.
func (p prepared) withCertificate(address string) {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "enclave.pem")
	p.run("connect", address, "--identity", p.identity, "--certificate", file)
	text, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: poolOf(p.t, text), ServerName: "enclave"})
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close()
	greeting := make([]byte, 9)
	if _, err := io.ReadFull(conn, greeting); err != nil || string(greeting) != "workload\n" {
		p.t.Errorf("heard %q, %v", greeting, err)
	}
	if _, err := tls.Dial("tcp", relay(p.t, address), &tls.Config{RootCAs: poolOf(p.t, text), ServerName: "enclave"}); err == nil {
		p.t.Error("a man in the middle has the certificate")
	}
}

// relay is a man in the middle with a key of its own: what a client asks, it asks the guest, and says what the guest says.
func relay(t *testing.T, address string) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate(t)}, NextProtos: []string{exchange.ALPN}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer client.Close()
				guest, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{exchange.ALPN}})
				if err != nil {
					return
				}
				defer guest.Close()
				go io.Copy(guest, client)
				io.Copy(client, guest)
			}()
		}
	}()
	return l.Addr().String()
}
