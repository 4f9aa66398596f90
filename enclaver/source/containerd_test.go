// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/source/daemontest"
	"github.com/escrin/escrin/enclaver/source/sourcetest"
)

func TestContainerd(t *testing.T) {
	address := daemontest.Containerd(t)
	dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Small()})
	want := readImage(t, dir, Options{})
	sourcetest.IntoContainerd(t, address, "default", "docker.io/library/small:latest", dir)
	sourcetest.IntoContainerd(t, address, "k8s.io", "localhost:5000/other:v1", dir)
	options := Options{ContainerdAddress: address}
	for _, name := range []string{"docker.io/library/small:latest", "small", "small:latest", "docker.io/library/small"} {
		readImage(t, "containerd:"+name, options).mustBe(t, want)
	}
	readImage(t, "containerd:localhost:5000/other:v1", Options{ContainerdAddress: "unix://" + address, ContainerdNamespace: "k8s.io"}).mustBe(t, want)
	for _, c := range []struct {
		name    string
		options Options
		message string
		advice  string
	}{
		{"localhost:5000/other:v1", options, "in the namespace default", "--containerd-namespace k8s.io"},
		{"small:v2", options, "no image of that name", "ctr --namespace default images list"},
		{"small", Options{ContainerdAddress: address, ContainerdNamespace: "elsewhere"}, "namespace elsewhere", "--containerd-namespace default"},
		{"nothing", Options{ContainerdAddress: address, ContainerdNamespace: "elsewhere"}, "namespace elsewhere", "default, k8s.io"},
		{"small", Options{ContainerdAddress: filepath.Join(t.TempDir(), "nobody")}, "no containerd listens", "--containerd-address"},
	} {
		image, err := c.options.Parse("containerd:" + c.name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = image.Resolve(context.Background())
		if err == nil || !strings.Contains(err.Error(), c.message) || !strings.Contains(hint.Of(err), c.advice) {
			t.Errorf("%s: %v (hint: %s)", c.name, err, hint.Of(err))
		}
		image.Close()
	}
}

// containerd may drop what it has unpacked; the error says so.
func TestContainerdWithoutItsLayers(t *testing.T) {
	address := daemontest.Containerd(t)
	dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Small()})
	want := readImage(t, dir, Options{})
	layer := want.manifest.Layers[0]
	if err := os.Remove(filepath.Join(dir, "blobs", "sha256", layer.Digest.Hex)); err != nil {
		t.Fatal(err)
	}
	sourcetest.IntoContainerd(t, address, "default", "docker.io/library/small:latest", dir)
	image, err := Options{ContainerdAddress: address}.Parse("containerd:small")
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	if _, err := image.Open(context.Background(), layer); err == nil {
		t.Error("opened before it was resolved")
	}
	if _, err := image.Resolve(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := image.Open(context.Background(), layer); err == nil || !strings.Contains(hint.Of(err), "discard_unpacked_layers") {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
}

// A socket that accepts and says nothing must not hold us when the user ends the command.
func TestContainerdEndsWithItsContext(t *testing.T) {
	socket := silentSocket(t)
	image, err := Options{ContainerdAddress: socket}.Parse("containerd:small")
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := image.Resolve(ctx); err == nil {
		t.Error("resolved")
	}
}
