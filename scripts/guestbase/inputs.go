// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
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
	in := inputs{pinned: true, trees: map[string]tree{}}
	for _, input := range []string{kernelInput, firmwareInput, runtimeInput} {
		want := slices.DeleteFunc(slices.Clone(pins), func(p pin) bool { return p.input != input })
		if err := in.load(filepath.Join(root, input), input, want, unpinned); err != nil {
			return inputs{}, fmt.Errorf("read %s: %w", input, err)
		}
	}
	return in, nil
}

// load reads the packages of one input.
func (in *inputs) load(dir, input string, want []pin, unpinned bool) error {
	text, err := os.ReadFile(filepath.Join(dir, "fetched"))
	if err != nil {
		return err
	}
	have, err := parsePins(string(text))
	if err != nil {
		return err
	}
	if !slices.Equal(have, want) {
		if !unpinned {
			return errors.New("what was fetched is not what pins.lock names")
		}
		in.pinned = false
	}
	t := newTree()
	for _, p := range have {
		deb, err := os.ReadFile(filepath.Join(dir, "deb", p.name+".deb"))
		if err != nil {
			return err
		}
		if err := p.check(deb); err != nil {
			return err
		}
		if err := t.unpack(deb); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	in.packages = append(in.packages, have...)
	in.trees[input] = t
	return nil
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
