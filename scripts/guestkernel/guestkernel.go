// SPDX-License-Identifier: Apache-2.0

// Package guestkernel builds the kernel of a guest from the distribution's source package, with the distribution's
// compiler, both named by digest in scripts/guestbase/pins.lock. The file options says what the kernel is to have and why,
// the file implied what comes with that; a configuration with anything else is not built.
//
// Package pinnedbuild says how; it takes about fifteen minutes of one processor.
package guestkernel

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/escrin/escrin/scripts/pinnedbuild"
)

//go:embed options
var options string

//go:embed implied
var implied string

// built is the key of what these files and pins.lock make, and the SHA-256 digest of the image that it gave.
//
//go:embed built
var built string

//go:embed build.sh
var buildScript string

// Kernel is a kernel that was built.
type Kernel struct {
	Image   []byte // bzImage
	Release string // as uname -r says
	Config  []byte // as the build left it
}

// Cached returns the kernel that is built of these packages, building it if the folder cache does not have it. The packages
// are the source and the toolchain; they are read only to build. Progress, in lines, goes to say.
func Cached(cache string, packages []pinnedbuild.Package, say func(string)) (Kernel, error) {
	k, err := cached(cache, packages, say)
	if err != nil {
		return Kernel{}, err
	}
	return k, pinnedbuild.Check(built, key(packages), k.Image)
}

func cached(cache string, packages []pinnedbuild.Package, say func(string)) (Kernel, error) {
	dir, err := pinnedbuild.Once(cache, key(packages), func(root, out string) error { return build(root, out, packages, say) })
	if err != nil {
		return Kernel{}, fmt.Errorf("build the guest's kernel: %w", err)
	}
	return read(dir)
}

// Built is the line that the file built ought to have for an image that was built of these packages.
func Built(packages []pinnedbuild.Package, image []byte) (line string, right bool) {
	line = pinnedbuild.Line(key(packages), image)
	return line, line == strings.TrimSpace(built)
}

// key names what is built of these packages.
func key(packages []pinnedbuild.Package) string {
	return pinnedbuild.Key(packages, options, buildScript)
}

// read reads what a build left in dir, and checks the configuration again: the list may have changed since.
func read(dir string) (Kernel, error) {
	var k Kernel
	var err error
	if k.Image, err = os.ReadFile(filepath.Join(dir, "image")); err != nil {
		return k, err
	}
	release, err := os.ReadFile(filepath.Join(dir, "release"))
	if err != nil {
		return k, err
	}
	k.Release = strings.TrimSpace(string(release))
	if k.Config, err = os.ReadFile(filepath.Join(dir, "config")); err != nil {
		return k, err
	}
	return k, checkConfig(k.Config)
}
