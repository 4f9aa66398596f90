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
	"strings"
)

// inputs is what other projects put into the base.
type inputs struct {
	packages []pin // that were read
	pinned   bool  // they are those of pins.lock
	trees    map[string]tree
}

// Inputs of pins.lock.
const (
	kernelInput   = "kernel"
	firmwareInput = "ovmf"
	runtimeInput  = "runtime"
)

// unpinnedVariable lets other versions take the place of pinned ones that have left the archive.
const unpinnedVariable = "ESCRIN_UNPINNED"

// loadInputs reads the packages that scripts/setup.sh left below root and holds each against its pin.
func loadInputs(root string, unpinned bool) (inputs, error) {
	pins, err := parsePins(pinsLock)
	if err != nil {
		return inputs{}, err
	}
	in := inputs{pinned: true, trees: map[string]tree{kernelInput: newTree(), firmwareInput: newTree(), runtimeInput: newTree()}}
	for _, p := range pins {
		if err := in.load(root, p, unpinned); err != nil {
			return inputs{}, fmt.Errorf("read %s %s: %w", p.name, p.version, err)
		}
	}
	return in, nil
}

// load reads one package, or, where that may be, the one that took its place.
func (in *inputs) load(root string, p pin, unpinned bool) error {
	deb, err := os.ReadFile(filepath.Join(root, "debs", hex.EncodeToString(p.digest[:])+".deb"))
	if errors.Is(err, fs.ErrNotExist) && unpinned {
		if p, err = instead(root, p); err != nil {
			return err
		}
		in.pinned = false
		deb, err = os.ReadFile(filepath.Join(root, "debs", hex.EncodeToString(p.digest[:])+".deb"))
	}
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
	line, err := os.ReadFile(filepath.Join(root, "instead", hex.EncodeToString(lost.digest[:])))
	if err != nil {
		return pin{}, err
	}
	p, err := parsePin(strings.Fields(string(line)))
	if err == nil && p.input != lost.input {
		err = fmt.Errorf("a package of %s takes its place", p.input)
	}
	return p, err
}

// kernel returns the kernel and its release, such as 6.12.107+deb13-cloud-amd64.
func (in inputs) kernel() (image []byte, release string, err error) {
	t := in.trees[kernelInput]
	name, err := t.find("boot/vmlinuz-*")
	if err != nil {
		return nil, "", err
	}
	image, err = t.read(name)
	return image, strings.TrimPrefix(path.Base(name), "vmlinuz-"), err
}

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
