// SPDX-License-Identifier: Apache-2.0

package imagetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/oci"
)

// Flaws are the kinds of image that WriteLayout knows, by name. All but "small" and "changed" must be refused.
func Flaws() map[string]func(dir string) {
	write := func(image v1.Image) func(string) {
		return func(dir string) { Layout(dir, map[string]v1.Image{"latest": image}) }
	}
	return map[string]func(string){
		"small":             write(Small()),
		"changed":           write(Changed()),
		"no-command":        write(Image(v1.Config{}, Tar(File{Name: "a"}))),
		"no-user":           write(Image(v1.Config{Cmd: []string{"/a"}, User: "nobody"}, Tar(File{Name: "a"}))),
		"arm64":             write(forArchitecture("arm64")),
		"swapped-diff-ids":  write(swappedDiffIDs()),
		"corrupted-layer":   corrupted,
		"missing-layer":     func(dir string) { os.Remove(largestBlob(write(Small()), dir)) },
		"duplicate-keys":    rewritten(`"layers":`, `"layers":[],"layers":`),
		"case-variant-keys": rewritten(`"layers":`, `"LAYERS":[],"layers":`),
		"foreign-urls":      rewritten(`"layers":[{`, `"layers":[{"urls":["http://169.254.169.254/layer"],`),
		"unknown-layer":     rewritten("application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.example.layer"),
		"escaping-names":    write(Image(v1.Config{Cmd: []string{"/a"}}, Tar(File{Name: "../../outside", Data: "x"}))),
	}
}

func forArchitecture(name string) v1.Image {
	image := Small()
	file, err := image.ConfigFile()
	must(err)
	file = file.DeepCopy()
	file.Architecture = name
	return WithConfig(image, file)
}

func swappedDiffIDs() v1.Image {
	image := Small()
	file, err := image.ConfigFile()
	must(err)
	file = file.DeepCopy()
	ids := file.RootFS.DiffIDs
	ids[0], ids[1] = ids[1], ids[0]
	return WithConfig(image, file)
}

func corrupted(dir string) {
	path := largestBlob(Flaws()["small"], dir)
	data, err := os.ReadFile(path)
	must(err)
	data[len(data)/2] ^= 1
	must(os.WriteFile(path, data, 0o644))
}

// largestBlob writes a layout and returns the path of its largest layer.
func largestBlob(write func(string), dir string) string {
	write(dir)
	m, err := Small().Manifest()
	must(err)
	largest := m.Layers[0]
	for _, layer := range m.Layers {
		if layer.Size > largest.Size {
			largest = layer
		}
	}
	return filepath.Join(dir, "blobs", "sha256", largest.Digest.Hex)
}

// rewritten is the small image with its manifest's text changed, and the index naming the changed one.
func rewritten(old, new string) func(dir string) {
	return func(dir string) {
		image := Small()
		Layout(dir, map[string]v1.Image{"latest": image})
		manifest, err := image.RawManifest()
		must(err)
		if !bytes.Contains(manifest, []byte(old)) {
			panic(fmt.Sprintf("manifest has no %s", old))
		}
		before := oci.DescriptorOf("", manifest)
		manifest = []byte(strings.Replace(string(manifest), old, new, 1))
		after := oci.DescriptorOf("", manifest)
		must(os.WriteFile(filepath.Join(dir, "blobs", "sha256", after.Digest.Hex), manifest, 0o644))
		renameInIndex(filepath.Join(dir, "index.json"), before, after)
	}
}

func renameInIndex(path string, before, after oci.Descriptor) {
	data, err := os.ReadFile(path)
	must(err)
	var index v1.IndexManifest
	must(json.Unmarshal(data, &index))
	for i := range index.Manifests {
		if index.Manifests[i].Digest == before.Digest {
			index.Manifests[i].Digest, index.Manifests[i].Size = after.Digest, after.Size
		}
	}
	data, err = json.Marshal(index)
	must(err)
	must(os.WriteFile(path, data, 0o644))
}
