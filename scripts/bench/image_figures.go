// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/klauspost/compress/gzip"

	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/verity"
)

// repetitions of each comparison; the best of each side counts, since noise only ever adds.
const repetitions = 3

// layers compares our conversion of the auction's layers with merely inflating and hashing them, and our hash tree with
// veritysetup's.
func (b *bench) layers() error {
	blobs, err := b.layerBlobs()
	if err != nil {
		return err
	}
	image := filepath.Join(b.dir, "layer.erofs")
	convert, err := best(func() error { return convertAll(blobs, image) })
	if err != nil {
		return err
	}
	inflate, err := best(func() error { return inflateAll(blobs) })
	if err != nil {
		return err
	}
	ratio(figureOf{"enclave.vs_limit", convert}, figureOf{"inflating and hashing the same layers", inflate})
	return b.verity(image)
}

// verity builds the hash tree of the largest layer and checks that veritysetup finds the same root.
func (b *bench) verity(image string) error {
	var root [32]byte
	ours, err := best(func() (err error) {
		root, err = tree(image)
		return err
	})
	if err != nil {
		return err
	}
	var out []byte
	theirs, err := best(func() (err error) {
		cmd := exec.CommandContext(b.ctx, "veritysetup", "format", "--no-superblock", "--salt="+strings.Repeat("00", 32), image, image+".tree")
		cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
		out, err = cmd.Output()
		return err
	})
	if err != nil {
		return err
	}
	if found := rootHash.FindSubmatch(out); found == nil || string(found[1]) != fmt.Sprintf("%x", root) {
		return errors.New("veritysetup has another root hash")
	}
	ratio(figureOf{"enclave.verity_vs_veritysetup", ours}, figureOf{"veritysetup format", theirs})
	return nil
}

var rootHash = regexp.MustCompile(`Root hash:\s+([0-9a-f]{64})`)

type figureOf struct {
	name string
	took time.Duration
}

func ratio(a, b figureOf) {
	compared(a.name, a.took.Seconds(), "s", fmt.Sprintf("%.2f", a.took.Seconds()/b.took.Seconds()),
		fmt.Sprintf("%s (%.2f s)", b.name, b.took.Seconds()))
}

func best(f func() error) (shortest time.Duration, err error) {
	for range repetitions {
		started := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		if took := time.Since(started); shortest == 0 || took < shortest {
			shortest = took
		}
	}
	return shortest, nil
}

// layerBlobs lists the compressed layers of the auction's image, the smallest first.
func (b *bench) layerBlobs() ([]string, error) {
	dir := strings.TrimSuffix(b.image, ":latest")
	path, err := layout.FromPath(dir)
	if err != nil {
		return nil, err
	}
	index, err := path.ImageIndex()
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	image, err := path.Image(manifest.Manifests[0].Digest)
	if err != nil {
		return nil, err
	}
	parts, err := image.Manifest()
	if err != nil {
		return nil, err
	}
	var blobs []string
	for _, l := range parts.Layers {
		blobs = append([]string{filepath.Join(dir, "blobs/sha256", l.Digest.Hex)}, blobs...)
	}
	return blobs, nil
}

func convertAll(blobs []string, to string) error {
	return each(blobs, func(tar io.Reader) error {
		out, err := os.Create(to)
		if err != nil {
			return err
		}
		defer out.Close()
		leaves, err := os.Create(to + ".leaves")
		if err != nil {
			return err
		}
		defer leaves.Close()
		scratch, err := os.Create(to + ".scratch")
		if err != nil {
			return err
		}
		defer scratch.Close()
		_, err = layer.Convert(tar, layer.Output{Image: out, Leaves: leaves, Scratch: scratch}, layer.DefaultLimits())
		return err
	})
}

func inflateAll(blobs []string) error {
	return each(blobs, func(tar io.Reader) error {
		_, err := io.Copy(sha256.New(), tar)
		return err
	})
}

func each(blobs []string, f func(tar io.Reader) error) error {
	for _, path := range blobs {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		tar, err := gzip.NewReader(file)
		if err == nil {
			err = f(tar)
		}
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

func tree(image string) ([32]byte, error) {
	file, err := os.Open(image)
	if err != nil {
		return [32]byte{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return [32]byte{}, err
	}
	out, err := os.Create(image + ".ours")
	if err != nil {
		return [32]byte{}, err
	}
	defer out.Close()
	return verity.Tree(file, info.Size(), make([]byte, 32), out)
}
