// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// pinsLock names the packages of the distribution that go into the base. scripts/pins.sh writes it.
//
//go:embed pins.lock
var pinsLock string

// pin is one line of pins.lock: a package by the digest of its file.
type pin struct {
	input   string // what it is for: kernel, ovmf, runtime, runtime-source, source, toolchain
	name    string
	version string
	suite   string // of the distribution that has it, or had
	size    int64  // of its file in bytes
	digest  [32]byte
}

// parsePins reads lines of pins.lock; those that begin with # say nothing.
func parsePins(text string) ([]pin, error) {
	var pins []pin
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		p, err := parsePin(strings.Fields(line))
		if err != nil {
			return nil, fmt.Errorf("pin %q: %w", line, err)
		}
		pins = append(pins, p)
	}
	return pins, nil
}

func parsePin(fields []string) (pin, error) {
	if len(fields) != 6 {
		return pin{}, errors.New("not six fields")
	}
	p := pin{input: fields[0], name: fields[1], version: fields[2], suite: fields[3]}
	var err error
	if p.size, err = strconv.ParseInt(fields[4], 10, 64); err != nil || p.size <= 0 {
		return pin{}, errors.New("no size")
	}
	digest, err := hex.DecodeString(fields[5])
	if err != nil || len(digest) != sha256.Size {
		return pin{}, errors.New("no SHA-256 digest")
	}
	p.digest = [32]byte(digest)
	return p, nil
}

// file is where scripts/setup.sh puts the package below root.
func (p pin) file(root string) string {
	if p.input == runtimeSourceInput {
		return filepath.Join(root, "sources", hex.EncodeToString(p.digest[:])+".tar.gz")
	}
	return filepath.Join(root, "debs", hex.EncodeToString(p.digest[:])+".deb")
}

// check holds a package's file against its pin.
func (p pin) check(file []byte) error {
	if int64(len(file)) != p.size || sha256.Sum256(file) != p.digest {
		return fmt.Errorf("%s %s is not the file that was pinned", p.name, p.version)
	}
	return nil
}
