// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/escrin/escrin/scripts/images/fixture"
)

// fixture makes an image of the distribution's packages, or finds it in the cache, and returns its OCI layout.
func (b *bench) fixture(name string) (string, error) {
	builder, err := fixture.NewBuilder(os.Stderr)
	if err != nil {
		return "", err
	}
	return builder.Image(b.ctx, name)
}

// tool is a program that scripts/setup.sh unpacked.
func (b *bench) tool(path string) string {
	cache := os.Getenv("ESCRIN_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			dir = ".cache"
		}
		cache = filepath.Join(dir, "escrin")
	}
	return filepath.Join(cache, "tools", path)
}

func (b *bench) peerImage() string { return filepath.Join(b.dir, "mkfs.image") }

// mkfs makes an image and its hash tree with erofs-utils and veritysetup.
func (b *bench) mkfs(source string, options ...string) error {
	arguments := append([]string{"--quiet"}, options...)
	if _, err := b.theirs(b.tool("erofs-utils/mkfs.erofs"), append(arguments, b.peerImage(), source)...); err != nil {
		return err
	}
	_, err := b.veritysetup(b.peerImage())
	return err
}

// noImages removes what earlier runs made: giving back a large file takes a tenth of a second, which is neither side's work.
func (b *bench) noImages() error {
	made, err := filepath.Glob(filepath.Join(b.dir, "*.image*"))
	for _, path := range append(made, filepath.Join(b.dir, "ours.leaves"), filepath.Join(b.dir, "ours.scratch"), filepath.Join(b.dir, "ours.tree")) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

func (b *bench) noBundle() error {
	return errors.Join(b.noImages(), os.RemoveAll(filepath.Join(b.dir, "bundle")))
}

// umoci unpacks an image and makes a file system of the result.
func (b *bench) umoci(name string) error {
	dir, err := b.fixture(name)
	if err != nil {
		return err
	}
	bundle := filepath.Join(b.dir, "bundle")
	arguments := []string{"unpack", "--image", dir + ":latest", bundle}
	if os.Geteuid() != 0 {
		arguments = append([]string{"unpack", "--rootless"}, arguments[1:]...)
	}
	if _, err := b.theirs(b.tool("umoci/root/usr/bin/umoci"), arguments...); err != nil {
		return err
	}
	return b.mkfs(filepath.Join(bundle, "rootfs"))
}

var rootHash = regexp.MustCompile(`Root hash:\s+([0-9a-f]{64})`)

// veritysetup writes the hash tree of an image beside it and returns its root hash.
func (b *bench) veritysetup(image string) (string, error) {
	out, err := b.theirs("veritysetup", "format", "--no-superblock", "--salt="+strings.Repeat("00", 32), image, image+".peer-tree")
	if err != nil {
		return "", err
	}
	found := rootHash.FindSubmatch(out)
	if found == nil {
		return "", errors.New("veritysetup prints no root hash")
	}
	return string(found[1]), nil
}

// theirs runs somebody else's program and returns its output.
func (b *bench) theirs(name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(b.ctx, name, args...)
	if path, err := exec.LookPath("/usr/sbin/" + name); err == nil {
		cmd.Path, cmd.Err = path, nil
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s(scripts/setup.sh unpacks what is missing)", name, err, stderr.String())
	}
	return out, nil
}
