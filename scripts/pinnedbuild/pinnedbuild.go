// SPDX-License-Identifier: Apache-2.0

// Package pinnedbuild builds a program from the distribution's source with the distribution's compiler, all of it pinned by
// digest. The build runs in a root directory that holds the packages and nothing else, in namespaces of its own without a
// network, with no variable of the builder's, so that the same inputs give the same bytes on any machine. What was built is
// kept in a cache under a digest of all that went in.
package pinnedbuild

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Package is a package or a source archive of the distribution: the digest that it is pinned by, and its file.
type Package struct {
	Digest [sha256.Size]byte
	Path   string
}

// layout names how Root lays out the packages, for Key: a change there changes it.
const layout = "1"

// Key names what is built of packages by the files of a recipe.
func Key(packages []Package, files ...string) string {
	h := sha256.New()
	for _, text := range append(files, layout) {
		sum := sha256.Sum256([]byte(text))
		h.Write(sum[:])
	}
	for _, p := range packages {
		h.Write(p.Digest[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Once returns the folder of the cache that has what is built under a key. If there is none, build makes it: it has a folder
// root of its own to work in, and leaves in the folder out what is to be kept.
func Once(cache, key string, build func(root, out string) error) (dir string, err error) {
	dir = filepath.Join(cache, key)
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return dir, err
	}
	unlock, err := lock(cache)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) { // another process has built it meanwhile
		return dir, err
	}
	work, err := os.MkdirTemp(cache, "build-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	root, out := filepath.Join(work, "root"), filepath.Join(work, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		return "", err
	}
	if err := build(root, out); err != nil {
		return "", err
	}
	return dir, os.Rename(out, dir) // all of it or nothing
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

// Line is what a recipe's file built says for what was made under a key: the key and the SHA-256 digest.
func Line(key string, content []byte) string {
	return fmt.Sprintf("%s %x", key, sha256.Sum256(content))
}

// Check holds content against the line of others who built it of the same, if they did: whoever builds, and so each test of
// a clean checkout, checks that the build is reproducible.
func Check(built, key string, content []byte) error {
	known, digest, _ := strings.Cut(strings.TrimSpace(built), " ")
	if got := fmt.Sprintf("%x", sha256.Sum256(content)); key == known && got != digest {
		return fmt.Errorf("what was built here has the SHA-256 digest %s; others who built it of the same got %s", got, digest)
	}
	return nil
}
