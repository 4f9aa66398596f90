// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const bank = `
services:
  teller:
    image: %TELLER%
    depends_on: {open: {condition: service_completed_successfully}}
    volumes: [vault:/vault:ro]
  open:
    image: %TELLER%
    entrypoint: [/bin/sh, -c, "cat /vault/seed 2>/dev/null; echo open >/vault/sign"]
    depends_on: [safe]
    volumes: [vault:/vault]
  safe:
    image: %SAFE%
    secrets: [combination]
    volumes: [vault:/vault]
volumes:
  vault: {x-escrin: {sizeMiB: 16}}
secrets:
  combination: {external: true}
`

// safeProgram answers, on the loopback interface, those who ask with a number how far it is from the secret's.
const safeProgram = `package main
import ("bufio"; "fmt"; "net"; "os"; "strings")
func main() {
	secret, err := os.ReadFile("/run/secrets/combination")
	if err != nil { panic(err) }
	l, err := net.Listen("tcp", "127.0.0.1:7000")
	if err != nil { panic(err) }
	if err := os.WriteFile("/vault/listens", nil, 0o666); err != nil { panic(err) }
	for {
		c, err := l.Accept()
		if err != nil { panic(err) }
		guess, _ := bufio.NewReader(c).ReadString('\n')
		fmt.Fprintln(c, strings.TrimSpace(guess) == strings.TrimSpace(string(secret)))
		c.Close()
	}
}`

// tellerProgram asks the safe what its input says, once it is open.
const tellerProgram = `package main
import ("io"; "net"; "os"; "time")
func main() {
	for _, err := os.Stat("/vault/listens"); err != nil; _, err = os.Stat("/vault/listens") { time.Sleep(50 * time.Millisecond) }
	sign, err := os.ReadFile("/vault/sign")
	if err != nil { panic(err) }
	c, err := net.Dial("tcp", "safe:7000")
	if err != nil { panic(err) }
	if _, err := io.Copy(c, os.Stdin); err != nil { panic(err) }
	os.Stdout.Write(sign)
	io.Copy(os.Stdout, c)
	if _, err := os.Stat("/run/secrets/combination"); err == nil { os.Exit(3) }
}`

// TestComposedEnclave: a task is done by three containers of two images, of which one alone has the submitter's secret.
func TestComposedEnclave(t *testing.T) {
	n := start(t)
	safe := static(t, safeProgram, v1.Config{Entrypoint: []string{"/app"}})
	teller := tellerImage(t)
	file := strings.NewReplacer("%TELLER%", teller, "%SAFE%", safe).Replace(bank)
	reference := n.file().Registry + "/bank"
	n.run("enclave", "--compose", n.write("compose.yaml", file), "-t", reference, "--push")
	n.run("verify", reference, "--remote", "--rebuild", safe, "--rebuild", teller)
	p := prepared{n, reference, n.run("identity", "create", "--enclave", reference, "--quiet")}
	combination := n.write("combination", "1234\n")
	for guess, want := range map[string]string{"1234\n": "open\ntrue", "4321\n": "open\nfalse"} {
		task := p.run("job", "submit", "--identity", p.identity, "--input", n.write("guess", guess), "--input", "combination="+combination, "--quiet")
		p.finishes(task, want)
	}
}

// tellerImage has the teller's program and a shell.
func tellerImage(t *testing.T) string {
	t.Helper()
	programs := map[string][]byte{"teller": compile(t, tellerProgram)}
	shell := read(t, "/usr/bin/busybox")
	for _, name := range []string{"bin/sh", "bin/cat"} {
		programs[name] = shell
	}
	return image(t, v1.Config{Entrypoint: []string{"/teller"}, Env: []string{"PATH=/bin"}}, programs)
}
