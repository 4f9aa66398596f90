// SPDX-License-Identifier: Apache-2.0

// Keyholderimage puts a static escrin-keyholder into a container image with nothing else in it, and writes it as an
// OCI layout. The same program gives the same image, byte for byte.
//
//	go run ./scripts/keyholderimage [-binary bin/escrin-keyholder] -o DIR
//
// An RPC endpoint with a certificate of a public authority needs that authority's certificate: mount the host's
// /etc/ssl/certs. State is in /var/lib/escrin-keyholder: mount a volume of user 65532 there. Nothing else is written, and no
// capability needed (cmd/escrin-keyholder's TestHolderInAContainer runs it so):
//
//	docker run --read-only --cap-drop ALL --security-opt no-new-privileges --volume STATE:/var/lib/escrin-keyholder IMAGE run …
package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	program = "/escrin-keyholder"
	state   = "/var/lib/escrin-keyholder"
	user    = 65532 // of the container; it owns the state directory
)

func main() {
	binary := flag.String("binary", "bin/escrin-keyholder", "static escrin-keyholder")
	out := flag.String("o", "", "directory of the OCI layout; must not be there")
	flag.Parse()
	digest, err := run(*binary, *out)
	if err != nil {
		fmt.Fprintln(os.Stderr, "keyholderimage:", err)
		os.Exit(1)
	}
	fmt.Println(digest)
}

// run writes the layout and returns the digest of the image's manifest.
func run(binary, out string) (string, error) {
	if out == "" {
		return "", errors.New("-o is missing")
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return "", err
	}
	if err := static(content); err != nil {
		return "", fmt.Errorf("%s: %w", binary, err)
	}
	image, err := build(content)
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(out, 0o755); err != nil {
		return "", err
	}
	to, err := layout.Write(out, empty.Index)
	if err != nil {
		return "", err
	}
	if err := to.AppendImage(image, layout.WithPlatform(v1.Platform{OS: "linux", Architecture: "amd64"})); err != nil {
		return "", err
	}
	digest, err := image.Digest()
	return digest.String(), err
}

// static refuses a program that needs anything of the image.
func static(content []byte) error {
	f, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		return err
	}
	if f.Machine != elf.EM_X86_64 {
		return fmt.Errorf("is for %s", f.Machine)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return errors.New("is not static: build it with CGO_ENABLED=0")
		}
	}
	return nil
}

func build(content []byte) (v1.Image, error) {
	files, err := archive(content)
	if err != nil {
		return nil, err
	}
	opener := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil }
	layer, err := tarball.LayerFromOpener(opener, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	image = mutate.ConfigMediaType(image, types.OCIConfigJSON)
	if image, err = mutate.AppendLayers(image, layer); err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, describe(image))
}

// describe returns the image's configuration, without a time.
func describe(image v1.Image) *v1.ConfigFile {
	config, err := image.ConfigFile()
	if err != nil { // of an image made here
		config = &v1.ConfigFile{}
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = "linux", "amd64", v1.Time{Time: time.Unix(0, 0).UTC()}
	config.History = []v1.History{{CreatedBy: "scripts/keyholderimage", Created: v1.Time{Time: time.Unix(0, 0).UTC()}}}
	config.Config = v1.Config{
		User: fmt.Sprintf("%d:%d", user, user), WorkingDir: "/", Entrypoint: []string{program}, Cmd: []string{"--help"},
		Volumes: map[string]struct{}{state: {}},
		Labels: map[string]string{
			"org.opencontainers.image.title": "escrin-keyholder", "org.opencontainers.image.licenses": "Apache-2.0",
		},
	}
	return config
}

// archive returns the files of the image: the program, and the directory of its
// state.
func archive(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	entry := func(name string, mode int64, owner int, body []byte) error {
		h := &tar.Header{Name: name, Mode: mode, Uid: owner, Gid: owner, Size: int64(len(body)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if body == nil {
			h.Typeflag, h.Name = tar.TypeDir, name+"/"
		} else {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		_, err := w.Write(body)
		return err
	}
	parent := path.Dir(state)
	err := errors.Join(
		entry(program[1:], 0o755, 0, content),
		entry(path.Dir(parent)[1:], 0o755, 0, nil),
		entry(parent[1:], 0o755, 0, nil),
		entry(state[1:], 0o700, user, nil),
		w.Close(),
	)
	return b.Bytes(), err
}
