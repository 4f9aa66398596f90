// SPDX-License-Identifier: Apache-2.0

package imagetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Busybox is an image that runs a shell script as user 1000, with the tools of the machine's static busybox.
func Busybox(script string) (v1.Image, error) {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return nil, fmt.Errorf("busybox is not installed: run scripts/setup.sh: %w", err)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	files := []File{
		{Name: "bin/"}, {Name: "work/", Mode: 0o777}, {Name: "bin/busybox", Data: string(program), Mode: 0o755},
		{Name: "etc/"}, {Name: "etc/passwd", Data: "worker:x:1000:1000::/work:/bin/sh\n"},
	}
	for _, applet := range []string{"sh", "cat", "id", "wc", "tr"} {
		files = append(files, File{Name: "bin/" + applet, Link: "busybox"})
	}
	return Image(v1.Config{
		Entrypoint: []string{"/bin/sh", "-c"}, Cmd: []string{script}, User: "worker", WorkingDir: "/work",
		Env: []string{"PATH=/bin", "GREETING=hello"},
	}, Tar(files...)), nil
}

const scratchProgram = `package main

import "os"

func main() {
	data, err := os.ReadFile("/input/name")
	if err != nil {
		os.Exit(3)
	}
	os.Stdout.WriteString("hello " + string(data))
}
`

// Scratch is an image of one static Go program and nothing else, which greets whom /input/name names. It is
// compiled in dir.
func Scratch(dir string) (v1.Image, error) {
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte(scratchProgram), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile the scratch program: %w\n%s", err, out)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	return Image(Run("/program"), Tar(File{Name: "program", Data: string(data), Mode: 0o755})), nil
}
