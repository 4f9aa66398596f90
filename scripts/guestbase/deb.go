// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strconv"
	"strings"
)

// tree is what packages install: regular files by path, and the paths that are symbolic links.
type tree struct {
	files map[string][]byte
	links map[string]string // to clean paths in the tree
}

func newTree() tree { return tree{map[string][]byte{}, map[string]string{}} }

// unpack adds what a package of Debian's format (deb(5)) installs.
func (t tree) unpack(deb []byte) error {
	packed, err := archiveMember(deb, "data.tar.xz")
	if err != nil {
		return err
	}
	content, err := unxz(packed)
	if err != nil {
		return fmt.Errorf("unpack data.tar.xz: %w", err)
	}
	for r := tar.NewReader(bytes.NewReader(content)); ; {
		header, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		name := path.Clean(header.Name)
		switch header.Typeflag {
		case tar.TypeSymlink:
			t.links[name] = path.Join(path.Dir(name), header.Linkname)
		case tar.TypeReg:
			if t.files[name], err = io.ReadAll(r); err != nil {
				return err
			}
		}
	}
}

// read returns the file at a path, through at most one symbolic link.
func (t tree) read(name string) ([]byte, error) {
	if target, ok := t.links[name]; ok {
		name = target
	}
	content, ok := t.files[name]
	if !ok {
		return nil, fmt.Errorf("no package has %s", name)
	}
	return content, nil
}

// find returns the one path that matches a pattern of path.Match.
func (t tree) find(pattern string) (string, error) {
	var found []string
	for name := range t.files {
		if ok, err := path.Match(pattern, name); err != nil {
			return "", err
		} else if ok {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%d files match %s, want 1", len(found), pattern)
	}
	return found[0], nil
}

const (
	arMagic      = "!<arch>\n"
	arHeaderSize = 60
)

// archiveMember returns a member of an archive of ar(5).
func archiveMember(archive []byte, name string) ([]byte, error) {
	rest, ok := bytes.CutPrefix(archive, []byte(arMagic))
	if !ok {
		return nil, errors.New("not an ar archive")
	}
	for len(rest) >= arHeaderSize {
		header := string(rest[:arHeaderSize])
		rest = rest[arHeaderSize:]
		size, err := strconv.Atoi(strings.TrimSpace(header[48:58]))
		if err != nil || size < 0 || size > len(rest) {
			return nil, errors.New("a member of no size")
		}
		if strings.TrimRight(header[:16], " /") == name {
			return rest[:size], nil
		}
		rest = rest[min(size+size%2, len(rest)):]
	}
	return nil, fmt.Errorf("no member %s", name)
}

// unxz calls the program: neither the standard library nor a module that escrin uses knows the format.
func unxz(packed []byte) ([]byte, error) {
	cmd := exec.Command("xz", "--decompress", "--stdout")
	cmd.Stdin = bytes.NewReader(packed)
	return cmd.Output()
}
