// SPDX-License-Identifier: Apache-2.0

// Package guestruntime builds the container runtime of a guest: crun from the source archive that the distribution has, as
// one static program, with the distribution's compiler and the C library musl, all named by digest in
// scripts/guestbase/pins.lock. The file config.h says what crun is to use; systemd, CRIU, other handlers and anything that is
// loaded at run time are left out, and so are all commands but the one that the agent gives (source/command.c). musl makes it a quarter
// as large as glibc did, and an eighth of what runs of it fewer; it does not have glibc's checks of lengths (_FORTIFY_SOURCE). Package
// pinnedbuild says how it is built; it takes half a minute of one processor.
package guestruntime

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/escrin/escrin/scripts/pinnedbuild"
)

//go:embed config.h
var config string

//go:embed build.sh
var buildScript string

// command is crun's command line, and libraries what takes the place of libraries that it asks for.
//
//go:embed source/command.c
var command string

//go:embed source/libraries.c
var libraries string

// built is the key of what these files and pins.lock make, and the SHA-256 digest of the program that it gave.
//
//go:embed built
var built string

// Cached returns the program that is built of these packages, building it if the folder cache does not have it. The packages
// are the toolchain, the libraries and the source archive. Progress, in lines, goes to say.
func Cached(cache string, packages []pinnedbuild.Package, say func(string)) ([]byte, error) {
	dir, err := pinnedbuild.Once(cache, key(packages), func(root, out string) error { return build(root, out, packages, say) })
	if err != nil {
		return nil, fmt.Errorf("build the container runtime: %w", err)
	}
	program, err := os.ReadFile(filepath.Join(dir, "crun"))
	if err != nil {
		return nil, err
	}
	return program, pinnedbuild.Check(built, key(packages), program)
}

func build(root, out string, packages []pinnedbuild.Package, say func(string)) error {
	say("building the container runtime: half a minute of one processor, once")
	if err := pinnedbuild.Root(root, packages, map[string]string{"config.h": config, "build.sh": buildScript, "command.c": command, "libraries.c": libraries}); err != nil {
		return err
	}
	if err := pinnedbuild.Inside(root, strconv.Itoa(runtime.NumCPU())); err != nil {
		return err
	}
	return os.Rename(filepath.Join(root, "build/crun"), filepath.Join(out, "crun"))
}

// Built is the line that the file built ought to have for a program that was built of these packages.
func Built(packages []pinnedbuild.Package, program []byte) (line string, right bool) {
	line = pinnedbuild.Line(key(packages), program)
	return line, line == strings.TrimSpace(built)
}

// key names what is built of these packages.
func key(packages []pinnedbuild.Package) string {
	return pinnedbuild.Key(packages, config, buildScript, command, libraries)
}
