// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/escrin/escrin/scripts/guestkernel"
	"github.com/escrin/escrin/scripts/guestruntime"
	"github.com/escrin/escrin/scripts/pinnedbuild"
)

// inputs is what other projects put into the base.
type inputs struct {
	variant  variant
	packages []pin // that were read
	pinned   bool  // they are those of pins.lock
	trees    map[string]tree
	built    map[string][]pinnedbuild.Package // of which others are built, by input
	cache    string
}

// variant is one of the two kernels that a base can have.
type variant string

const (
	small  variant = "small"  // built from source for guests
	debian variant = "debian" // the distribution's cloud kernel
)

// leavesOut says that a base with this kernel has nothing of an input.
func (v variant) leavesOut(input string) bool {
	if v == debian {
		return input == sourceInput
	}
	return input == kernelInput
}

// Inputs of pins.lock.
const (
	kernelInput   = "kernel"
	firmwareInput = "ovmf"

	sourceInput        = "source"         // of the small kernel
	runtimeSourceInput = "runtime-source" // of the container runtime
	runtimeInput       = "runtime"        // libraries that are linked into it
	toolchainInput     = "toolchain"      // that both are built with
)

// unpinnedVariable lets other versions take the place of pinned ones that have left the archive.
const unpinnedVariable = "ESCRIN_UNPINNED"

// loadInputs reads the packages that scripts/setup.sh left in the cache and holds each against its pin. Those that the small
// kernel and the container runtime are built of are read and checked when that is done.
func loadInputs(cache string, v variant, unpinned bool) (inputs, error) {
	pins, err := parsePins(pinsLock)
	if err != nil {
		return inputs{}, err
	}
	in := inputs{variant: v, cache: cache, pinned: true, built: map[string][]pinnedbuild.Package{},
		trees: map[string]tree{kernelInput: newTree(), firmwareInput: newTree()}}
	root := filepath.Join(cache, "guest-inputs")
	for _, p := range pins {
		if v.leavesOut(p.input) {
			continue
		}
		if err := in.load(root, p, unpinned); err != nil {
			return inputs{}, fmt.Errorf("read %s %s: %w", p.name, p.version, err)
		}
	}
	return in, nil
}

// load reads one package, or, where that may be, the one that took its place.
func (in *inputs) load(root string, p pin, unpinned bool) error {
	_, err := os.Stat(p.file(root))
	if errors.Is(err, fs.ErrNotExist) && unpinned {
		if p, err = instead(root, p); err != nil {
			return err
		}
		in.pinned = false
		_, err = os.Stat(p.file(root))
	}
	if err != nil {
		return err
	}
	switch p.input {
	case sourceInput, toolchainInput, runtimeInput, runtimeSourceInput:
		in.packages = append(in.packages, p)
		in.built[p.input] = append(in.built[p.input], pinnedbuild.Package{Digest: p.digest, Path: p.file(root)})
		return nil
	}
	deb, err := os.ReadFile(p.file(root))
	if err != nil {
		return err
	}
	if err := p.check(deb); err != nil {
		return err
	}
	t, ok := in.trees[p.input]
	if !ok {
		return fmt.Errorf("pins.lock names an input %q", p.input)
	}
	in.packages = append(in.packages, p)
	return t.unpack(deb)
}

// instead is what scripts/setup.sh took for a package that has left the archive.
func instead(root string, lost pin) (pin, error) {
	line, err := os.ReadFile(filepath.Join(root, "instead", lost.input+"-"+hex.EncodeToString(lost.digest[:])))
	if err != nil {
		return pin{}, err
	}
	p, err := parsePin(strings.Fields(string(line)))
	if err == nil && p.input != lost.input {
		err = fmt.Errorf("a package of %s takes its place", p.input)
	}
	return p, err
}

// kernel returns the kernel and its release, such as 6.12.107-escrin or 6.12.107+deb13-cloud-amd64.
func (in inputs) kernel() (image []byte, release string, err error) {
	if in.variant == small {
		k, err := guestkernel.Cached(filepath.Join(in.cache, "guest-kernel"), in.kernelPackages(), say)
		return k.Image, k.Release, err
	}
	t := in.trees[kernelInput]
	name, err := t.find("boot/vmlinuz-*")
	if err != nil {
		return nil, "", err
	}
	image, err = t.read(name)
	return image, strings.TrimPrefix(path.Base(name), "vmlinuz-"), err
}

func (in inputs) kernelPackages() []pinnedbuild.Package {
	return slices.Concat(in.built[sourceInput], in.built[toolchainInput])
}

// runtime returns the container runtime.
func (in inputs) runtime() ([]byte, error) {
	return guestruntime.Cached(filepath.Join(in.cache, "guest-runtime"), in.runtimePackages(), say)
}

func (in inputs) runtimePackages() []pinnedbuild.Package {
	return slices.Concat(in.built[toolchainInput], in.built[runtimeInput], in.built[runtimeSourceInput])
}

func say(line string) { fmt.Fprintln(os.Stderr, "guestbase:", line) }

func (in inputs) firmware() ([]byte, error) {
	return in.trees[firmwareInput].read("usr/share/ovmf/OVMF.fd")
}

// version is that of a package.
func (in inputs) version(name string) string {
	for _, p := range in.packages {
		if p.name == name {
			return p.version
		}
	}
	return ""
}
