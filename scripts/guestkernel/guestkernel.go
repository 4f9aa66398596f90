// SPDX-License-Identifier: Apache-2.0

// Package guestkernel builds the kernel of a guest from the distribution's source package, with the distribution's
// compiler, both named by digest in scripts/guestbase/pins.lock. The file options says what the kernel is to have and why,
// the file implied what comes with that; a configuration with anything else is not built.
//
// The same packages and the same files give the same bytes on any machine: the build runs in a root directory that holds
// the packages and nothing else, in namespaces of its own without a network, with no variable of the builder's. It takes
// about fifteen minutes of one processor, and is kept in the cache under a digest of all that went in.
package guestkernel

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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

// Package is a package of the distribution: the digest that it is pinned by, and its file.
type Package struct {
	Digest [sha256.Size]byte
	Path   string
}

// Kernel is a kernel that was built.
type Kernel struct {
	Image   []byte // bzImage
	Release string // as uname -r says
	Config  []byte // as the build left it
}

// Cached returns the kernel that is built of these packages, building it if the folder cache does not have it. The packages
// are the source and the toolchain; they are read only to build. Progress, in lines, goes to say.
func Cached(cache string, packages []Package, say func(string)) (Kernel, error) {
	k, err := cached(cache, packages, say)
	if err != nil {
		return Kernel{}, err
	}
	return k, checkImage(key(packages), k.Image)
}

func cached(cache string, packages []Package, say func(string)) (Kernel, error) {
	dir := filepath.Join(cache, key(packages))
	if k, err := read(dir); !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	unlock, err := lock(cache)
	if err != nil {
		return Kernel{}, err
	}
	defer unlock()
	if k, err := read(dir); !errors.Is(err, fs.ErrNotExist) { // another process has built it meanwhile
		return k, err
	}
	if err := build(cache, dir, packages, say); err != nil {
		return Kernel{}, fmt.Errorf("build the guest's kernel: %w", err)
	}
	return read(dir)
}

// checkImage holds an image against that of others who built it of the same: whoever builds, and so each test of a clean
// checkout, checks that the build is reproducible.
func checkImage(key string, image []byte) error {
	knownKey, knownImage, _ := strings.Cut(strings.TrimSpace(built), " ")
	if digest := fmt.Sprintf("%x", sha256.Sum256(image)); key == knownKey && digest != knownImage {
		return fmt.Errorf("the kernel built here has the SHA-256 digest %s; others who built it of the same got %s", digest, knownImage)
	}
	return nil
}

// Built is the line that the file built ought to have for an image that was built of these packages.
func Built(packages []Package, image []byte) (line string, right bool) {
	line = fmt.Sprintf("%s %x", key(packages), sha256.Sum256(image))
	return line, line == strings.TrimSpace(built)
}

// key names what is built of these packages.
func key(packages []Package) string {
	h := sha256.New()
	for _, text := range []string{options, buildScript, layout} {
		sum := sha256.Sum256([]byte(text))
		h.Write(sum[:])
	}
	for _, p := range packages {
		h.Write(p.Digest[:])
	}
	return hex.EncodeToString(h.Sum(nil))
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

// lock keeps other processes from building at the same time.
func lock(cache string) (unlock func() error, err error) {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(cache, ".lock"), os.O_CREATE|os.O_RDWR|syscall.O_CLOEXEC, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file.Close, nil
}
