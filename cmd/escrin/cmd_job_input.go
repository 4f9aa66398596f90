// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
)

const mebibyte = 1 << 20

// inputFile is one --input: a file, and the name under which the workload finds it.
type inputFile struct {
	name string // the workload reads /input/<name>
	path string // "-" is standard input
}

// parseInput reads FILE or NAME=FILE. Without a name it is the file's, without ".sealed".
func parseInput(cmd *cobra.Command, text string) (inputFile, error) {
	name, path, named := strings.Cut(text, "=")
	if !named {
		path = text
		name = strings.TrimSuffix(filepath.Base(path), ".sealed")
	}
	switch {
	case path == "":
		return inputFile{}, usageError{cmd.CommandPath(), fmt.Sprintf("--input %q names no file", text)}
	case path == "-" && !named:
		return inputFile{}, usageError{cmd.CommandPath(), "standard input needs a name: --input NAME=-"}
	case !task.ValidName(name):
		return inputFile{}, usageError{cmd.CommandPath(),
			fmt.Sprintf("cannot call an input %.70q: want up to 64 of a-z 0-9 . _ - beginning with a letter or digit; give a name with --input NAME=FILE", name)}
	}
	return inputFile{name, path}, nil
}

// read returns the file's bytes. What cannot be sealed into task.MaxInput bytes is refused before it is read.
func (in inputFile) read(cmd *cobra.Command) ([]byte, error) {
	file, err := in.open(cmd)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if f, ok := file.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && tooLarge(info.Size()) {
			return nil, in.tooLarge(info.Size())
		}
	}
	data, err := io.ReadAll(io.LimitReader(file, task.MaxInput+1))
	if err != nil {
		return nil, fmt.Errorf("read input %s: %w", in.name, err)
	}
	if tooLarge(int64(len(data))) {
		return nil, in.tooLarge(int64(len(data)))
	}
	return data, nil
}

func (in inputFile) open(cmd *cobra.Command) (io.ReadCloser, error) {
	if in.path == "-" {
		return io.NopCloser(stdin(cmd)), nil
	}
	f, err := os.Open(in.path)
	if err != nil {
		return nil, fmt.Errorf("read input %s: %w", in.name, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, withHint(fmt.Errorf("cannot use %s as an input: it is a directory", in.path), "pack it into one file, e.g. with tar")
	}
	return f, nil
}

// tooLarge tells whether so many bytes of plain or sealed input exceed the limit. An envelope is at least as large as
// what it holds, so the limit on sealed bytes holds for both.
func tooLarge(size int64) bool { return size > task.MaxInput }

func (in inputFile) tooLarge(size int64) error {
	return withHint(fmt.Errorf("input %s is too large: it has %.1f MiB, at most %d MiB are accepted once it is sealed", in.name, float64(size)/mebibyte, task.MaxInput/mebibyte),
		"split it into several inputs, or compress it; what is not secret can be part of the image")
}

// isSealed tells envelopes from plain files by their first bytes.
func isSealed(data []byte) (keyDigest [32]byte, sealed bool) {
	digest, err := envelope.NameDigest(bytes.NewReader(data))
	return digest, err == nil
}

// seal encrypts an input to the key name of one task.
func (in inputFile) seal(n network.Network, name keyname.Name, plain []byte) ([]byte, error) {
	group, err := n.KeyNetwork.Group()
	if err != nil {
		return nil, fmt.Errorf("seal input %s: %w", in.name, err)
	}
	if size := envelope.SealedToNameSize(uint64(len(plain))); size > task.MaxInput {
		return nil, in.tooLarge(int64(size))
	}
	var sealed bytes.Buffer
	if err := envelope.SealToName(&sealed, rand.Reader, group, name, bytes.NewReader(plain)); err != nil {
		return nil, fmt.Errorf("seal input %s: %w", in.name, err)
	}
	return sealed.Bytes(), nil
}

// sealed returns the input as an envelope to name: sealed here, or as it is if it was sealed to name before.
func (in inputFile) sealed(n network.Network, name keyname.Name, data []byte) ([]byte, error) {
	digest, ready := isSealed(data)
	switch {
	case !ready:
		return in.seal(n, name, data)
	case digest != name.Digest():
		return nil, withHint(fmt.Errorf("cannot use input %s: it was sealed to another task, another identity or an earlier policy of it", in.name),
			"seal it anew with `escrin job encrypt` for this task")
	}
	return data, nil
}

var errTerminal = errors.New("cannot write an encrypted file to a terminal")
