// SPDX-License-Identifier: Apache-2.0

// Package imagetest makes real things for tests: small OCI images in layouts, a registry, and a guest base
// with the real kernel and firmware. Only tests and the bench import it.
package imagetest

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver/oci"
)

// File is one entry of a layer: a directory if the name ends in a slash, a symbolic link if Link is set.
type File struct {
	Name string
	Data string
	Link string
	Mode int64 // 0 means 0644, or 0755 for a directory
}

// Tar is a layer's tar stream.
func Tar(files ...File) []byte {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, f := range files {
		h := &tar.Header{Name: f.Name, Mode: f.Mode, Size: int64(len(f.Data)), Typeflag: tar.TypeReg, ModTime: time.Unix(1700000000, 0)}
		switch {
		case f.Link != "":
			h.Typeflag, h.Linkname = tar.TypeSymlink, f.Link
		case f.Name[len(f.Name)-1] == '/':
			h.Typeflag = tar.TypeDir
		}
		if h.Mode == 0 {
			h.Mode = map[bool]int64{true: 0o755, false: 0o644}[h.Typeflag == tar.TypeDir]
		}
		must(w.WriteHeader(h))
		_, err := io.WriteString(w, f.Data)
		must(err)
	}
	must(w.Close())
	return buf.Bytes()
}

// Image is an image of linux/amd64 with one gzip layer per tar stream, bottom first.
func Image(config v1.Config, layers ...[]byte) v1.Image {
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.ConfigFile(image, &v1.ConfigFile{
		Architecture: "amd64", OS: "linux", Config: config, RootFS: v1.RootFS{Type: "layers"},
	})
	must(err)
	for _, data := range layers {
		layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(data)), nil
		}, tarball.WithMediaType(types.OCILayer))
		must(err)
		image, err = mutate.AppendLayers(image, layer)
		must(err)
	}
	return image
}

// Small is a two-layer image: accounts below, a program above, run as a named user.
func Small() v1.Image { return small("#!program\n", "MODE=test") }

// Changed is Small with another program in the upper layer, and another variable.
func Changed() v1.Image { return small("#!changed\n", "MODE=other") }

func small(program, variable string) v1.Image {
	return Image(
		v1.Config{Entrypoint: []string{"/bin/app"}, Cmd: []string{"--serve"}, User: "app", WorkingDir: "/srv",
			Env: []string{"PATH=/bin", variable}},
		Tar(File{Name: "etc/"}, File{Name: "srv/"}, File{Name: "etc/passwd", Data: "root:x:0:0::/:\napp:x:1000:1001::/srv:\n"},
			File{Name: "etc/group", Data: "app:x:1001:\nextra:x:44:root,app\n"}),
		Tar(File{Name: "bin/"}, File{Name: "bin/app", Data: program, Mode: 0o755}),
	)
}

// Layout writes images into a new OCI layout under their tags and returns its folder.
func Layout(dir string, images map[string]v1.Image) string {
	path, err := layout.Write(dir, empty.Index)
	must(err)
	for tag, image := range images {
		must(path.AppendImage(image, layout.WithAnnotations(map[string]string{oci.AnnotationRefName: tag})))
	}
	return dir
}

// Registry starts a registry, empty and in memory, and returns its host and port.
func Registry(t testing.TB) string {
	host, stop := StartRegistry()
	t.Cleanup(stop)
	return host
}

// StartRegistry is Registry for those who end it themselves.
func StartRegistry() (host string, stop func()) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	return server.Listener.Addr().String(), server.Close
}

// GuestBase writes a guest base with the real kernel and firmware and an initrd that boots nothing.
func GuestBase(dir string) error { return guestBase(dir, "initrd", true) }

// OtherGuestBase is GuestBase with another initrd, and not pinned.
func OtherGuestBase(dir string) error { return guestBase(dir, "another", false) }

func guestBase(dir, initrd string, pinned bool) error {
	cache, err := guestInputs()
	if err != nil {
		return err
	}
	files := map[string][]byte{"initrd": bytes.Repeat([]byte(initrd), 1000), "initrd-network": bytes.Repeat([]byte(initrd+" network"), 1000)}
	for name, pattern := range map[string]string{
		"kernel":   "kernel/root/boot/vmlinuz-*",
		"firmware": "ovmf/root/usr/share/ovmf/OVMF.fd",
	} {
		if files[name], err = readOne(filepath.Join(cache, pattern)); err != nil {
			return err
		}
	}
	return writeBase(dir, files, pinned)
}

func writeBase(dir string, files map[string][]byte, pinned bool) error {
	type file struct {
		Digest v1.Hash `json:"digest"`
		Size   int     `json:"size"`
	}
	about := struct {
		Version int             `json:"version"`
		Kernel  string          `json:"kernel"`
		Runtime string          `json:"runtime"`
		Go      string          `json:"go"`
		Pinned  bool            `json:"pinned"`
		Files   map[string]file `json:"files"`
	}{1, "6.12-test", "none", "go-test", pinned, map[string]file{}}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		about.Files[name] = file{oci.DescriptorOf("", data).Digest, len(data)}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	document, err := json.Marshal(about)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "base.json"), document, 0o644)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// WithConfig is image with another config file, as it is: what it says about the layers is not mended.
func WithConfig(image v1.Image, file *v1.ConfigFile) v1.Image {
	changed, err := mutate.ConfigFile(image, file)
	must(err)
	return changed
}

// Run is an image's config that runs a program as root.
func Run(args ...string) v1.Config { return v1.Config{Entrypoint: args} }
