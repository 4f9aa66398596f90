// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
)

// tars are the layers of a small image; the last one replaces and removes files of the others.
func tars() [][]byte {
	return [][]byte{
		imagetest.Tar(imagetest.File{Name: "bin/"}, imagetest.File{Name: "bin/app", Data: strings.Repeat("program ", 1000), Mode: 0o755},
			imagetest.File{Name: "bin/old", Data: "old"}),
		imagetest.Tar(),
		imagetest.Tar(imagetest.File{Name: "etc/"}, imagetest.File{Name: "etc/motd", Data: "hello\n"}, imagetest.File{Name: "etc/link", Link: "motd"}),
		imagetest.Tar(imagetest.File{Name: "bin/.wh.old"}, imagetest.File{Name: "etc/motd", Data: "other\n"}),
	}
}

// packedAs is the image of tars with every layer in one of the media types, in turn.
func packedAs(manifest types.MediaType, mediaTypes ...string) v1.Image {
	var layers []v1.Layer
	for i, tar := range tars() {
		layers = append(layers, imagetest.Layer(mediaTypes[i%len(mediaTypes)], tar))
	}
	return imagetest.Of(manifest, imagetest.Run("/bin/app"), layers...)
}

func TestLayersTravelAsTheyAreAndMeasureTheSameHoweverTheyArePacked(t *testing.T) {
	store := openStore(t)
	plain, err := build(t, store, layoutOf(t, packedAs(types.OCIManifestSchema1, oci.MediaTypeLayer)), enclaver.Reference{})
	if err != nil {
		t.Fatal(err)
	}
	for name, image := range map[string]v1.Image{
		"gzip":      packedAs(types.OCIManifestSchema1, oci.MediaTypeLayerGzip),
		"zstd":      packedAs(types.OCIManifestSchema1, oci.MediaTypeLayerZstd),
		"all":       packedAs(types.OCIManifestSchema1, oci.MediaTypeLayerGzip, oci.MediaTypeLayerZstd, oci.MediaTypeLayer),
		"docker":    packedAs(types.DockerManifestSchema2, oci.DockerLayerGzip),
		"docker's,": packedAs(types.DockerManifestSchema2, oci.DockerLayerGzip, oci.DockerLayer),
	} {
		e, err := build(t, store, layoutOf(t, image), enclaver.Reference{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e.MeasurementRoot() != plain.MeasurementRoot() || e.Digest() == plain.Digest() {
			t.Errorf("%s: other measurements, or another image with the same digest", name)
		}
		checkCarried(t, name, e, image)
		if err := enclaver.Verify(context.Background(), e, nil).Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// checkCarried requires that layers which were packed are the image's own.
func checkCarried(t *testing.T, name string, e *enclaver.Enclave, image v1.Image) {
	t.Helper()
	d, err := e.Description(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	m, err := image.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range m.Layers {
		isPlain := l.MediaType == oci.MediaTypeLayer || l.MediaType == oci.DockerLayer
		if got := d.Images[0].Layers[i]; (got.Digest == l.Digest) == isPlain || !strings.HasPrefix(got.MediaType, oci.MediaTypeLayer+"+") {
			t.Errorf("%s: layer %d of %s travels as %s of %s", name, i, l.MediaType, got.MediaType, got.Digest)
		}
	}
}

// counting is a source that counts what of it is read.
type counting struct {
	source.Source
	mu    sync.Mutex
	reads map[string]int
}

func (c *counting) Open(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads[d.Digest.String()]++
	return c.Source.Open(ctx, d)
}

// readLayers builds an image and returns how many of its layers were read.
func readLayers(t *testing.T, store *enclaver.Store, image v1.Image) (e *enclaver.Enclave, layers int) {
	t.Helper()
	from, err := source.Parse(layoutOf(t, image))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	c := &counting{Source: from, reads: map[string]int{}}
	if e, err = enclaver.Build(context.Background(), []source.Source{c}, enclaver.BuildOptions{Store: store, GuestBase: guestBase(t), Spec: spec.Default()}); err != nil {
		t.Fatal(err)
	}
	m, err := image.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range m.Layers {
		layers += c.reads[l.Digest.String()]
	}
	return e, layers
}

func TestOnlyLayersThatAreNewAreRead(t *testing.T) {
	store := openStore(t)
	if _, read := readLayers(t, store, imagetest.Small()); read != 2 {
		t.Errorf("first: %d layers were read", read)
	}
	if _, read := readLayers(t, store, imagetest.Small()); read != 0 {
		t.Errorf("again: %d layers were read", read)
	}
	if _, read := readLayers(t, store, imagetest.Changed()); read != 1 {
		t.Errorf("changed: %d layers were read", read)
	}
}

func TestSameLayerTwiceIsReadOnce(t *testing.T) {
	same := imagetest.Layer(oci.MediaTypeLayerGzip, tars()[0])
	image := imagetest.Of(types.OCIManifestSchema1, imagetest.Run("/bin/app"), same, imagetest.Layer(oci.MediaTypeLayerGzip, tars()[2]), same)
	e, read := readLayers(t, openStore(t), image)
	if read != 3 { // the one read of the same layer counts for both
		t.Errorf("%d layers were read", read)
	}
	if err := enclaver.Verify(context.Background(), e, nil).Err(); err != nil {
		t.Error(err)
	}
	if _, err := e.Assemble(context.Background(), t.TempDir()); err != nil {
		t.Error(err)
	}
}

func TestManyLayers(t *testing.T) {
	var layers []v1.Layer
	for i := range 127 {
		layers = append(layers, imagetest.Layer(oci.MediaTypeLayerGzip, imagetest.Tar(imagetest.File{Name: fmt.Sprintf("file%d", i%50), Data: fmt.Sprint(i)})))
	}
	e, err := build(t, openStore(t), layoutOf(t, imagetest.Of(types.OCIManifestSchema1, imagetest.Run("/file1"), layers...)), enclaver.Reference{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Assemble(context.Background(), t.TempDir()); err != nil {
		t.Error(err)
	}
}

// REG-02: what a blob unpacks to is known from the first time on; another image cannot claim something else.
func TestREG02KnownLayerKeepsItsDiffID(t *testing.T) {
	store := openStore(t)
	genuine := tars()[0]
	layer := imagetest.Layer(oci.MediaTypeLayerGzip, genuine)
	if _, err := build(t, store, layoutOf(t, imagetest.Of(types.OCIManifestSchema1, imagetest.Run("/bin/app"), layer)), enclaver.Reference{}); err != nil {
		t.Fatal(err)
	}
	packed, err := layer.Compressed()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	other := imagetest.Blob(oci.MediaTypeLayerGzip, data, tars()[2])
	_, err = build(t, store, layoutOf(t, imagetest.Of(types.OCIManifestSchema1, imagetest.Run("/bin/app"), other)), enclaver.Reference{})
	if err == nil || !strings.Contains(err.Error(), "but the image config says") {
		t.Errorf("got %v", err)
	}
}

// cached are the files of a store's converted layers.
func cached(t *testing.T, store *enclaver.Store, name string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(store.Dir(), "layers", "*", "*", name))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file %s in the cache: %v", name, err)
	}
	return paths
}

func TestIMG18CorruptedCacheIsNoticedAndMadeAgain(t *testing.T) {
	ctx, store := context.Background(), openStore(t)
	image := packedAs(types.OCIManifestSchema1, oci.MediaTypeLayerGzip)
	made, err := build(t, store, layoutOf(t, image), enclaver.Reference{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"image", "leaves", "about.json", "../../../packed/*"} {
		for _, damage := range []func(path string){
			func(path string) { flip(t, path, size(t, path)/2) },
			func(path string) { flip(t, path, size(t, path)-2) },
			func(path string) { os.Truncate(path, size(t, path)/2) },
			func(path string) { os.Remove(path) },
		} {
			for _, path := range cached(t, store, name) {
				damage(path)
			}
			again, err := build(t, store, layoutOf(t, image), enclaver.Reference{})
			if err != nil || again.Digest() != made.Digest() {
				t.Fatalf("%s: build: %v", name, err)
			}
			if _, err := made.Assemble(ctx, t.TempDir()); err != nil {
				t.Errorf("%s: assemble: %v", name, err)
			}
		}
	}
}

func TestCorruptedBlobInTheStoreIsReplaced(t *testing.T) {
	ctx := context.Background()
	store := openStore(t)
	ref := reference(t, imagetest.Registry(t)+"/app:v1")
	made := mustBuild(t, store, ref)
	for _, path := range blobs(t, store.Dir()) {
		flip(t, path, size(t, path)/2)
	}
	for range blobs(t, store.Dir()) {
		err := enclaver.Push(ctx, made, ref, nil)
		if err == nil {
			return
		}
		if !errors.Is(err, oci.ErrMismatch) && !strings.Contains(hint.Of(err), "make the enclave again") {
			t.Fatalf("%v (hint: %s)", err, hint.Of(err))
		}
		if made, err = build(t, store, layoutOf(t, imagetest.Small()), ref); err != nil {
			t.Fatal(err)
		}
	}
	t.Error("making it again does not help")
}

func TestPushMountsLayersFromWhereTheImageIs(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	dir := layoutOf(t, imagetest.Small())
	serve(t, r, "image", dir)
	store, ref := openStore(t), reference(t, r.Host+"/enclave:v1")
	made, err := build(t, store, "docker://"+r.Host+"/image:v1", ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := enclaver.Push(ctx, made, ref, nil); err != nil {
		t.Fatal(err)
	}
	d, err := made.Description(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range d.Images[0].Layers {
		for _, request := range r.Requests("PUT", "/blobs/") {
			if strings.Contains(fmt.Sprint(request), l.Digest.Hex) {
				t.Errorf("layer %s was sent", l.Digest)
			}
		}
		if _, there := r.Content("enclave", l.Digest); !there {
			t.Errorf("layer %s is not there", l.Digest)
		}
	}
}
