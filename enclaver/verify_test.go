// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
)

// madeOf is an enclave of an image whose one layer has a media type.
func madeOf(t *testing.T, mediaType string) *Enclave {
	t.Helper()
	base := t.TempDir()
	if err := imagetest.GuestBase(base); err != nil {
		t.Fatal(err)
	}
	tar := imagetest.Tar(imagetest.File{Name: "app", Data: "app", Mode: 0o755})
	image := imagetest.Of(types.OCIManifestSchema1, imagetest.Run("/app"), imagetest.Layer(mediaType, tar))
	from, err := source.Parse(imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": image}))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	in, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e, err := Build(context.Background(), []source.Source{from}, BuildOptions{Store: in, GuestBase: base, Spec: spec.Default()})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// withSource is the enclave with another manifest of its source image, and documents that agree with it.
func (e *Enclave) withSource(t *testing.T, change func(layer map[string]any)) *Enclave {
	t.Helper()
	document, err := e.store.ReadDocument(t.Context(), e.manifest.Images[0].Manifest)
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]any
	if err := json.Unmarshal(document, &manifest); err != nil {
		t.Fatal(err)
	}
	change(manifest["layers"].([]any)[0].(map[string]any))
	if document, err = json.Marshal(manifest); err != nil {
		t.Fatal(err)
	}
	m, c := e.manifest, e.config
	m.Images, c.Images = slices.Clone(m.Images), slices.Clone(c.Images)
	if m.Images[0].Manifest, err = e.store.PutBytes(artifact.MediaTypeSourceManifest, document); err != nil {
		t.Fatal(err)
	}
	c.Images[0].Source.Manifest = m.Images[0].Manifest.Digest
	forged, err := (&builder{store: e.store}).write(m, c)
	if err != nil {
		t.Fatal(err)
	}
	return forged
}

// TestVerifyHoldsCarriedLayersAgainstTheSourceImage: only a plain tar may travel in another blob, and only in one of itself.
func TestVerifyHoldsCarriedLayersAgainstTheSourceImage(t *testing.T) {
	ctx := context.Background()
	plain, gzip := madeOf(t, oci.MediaTypeLayer), madeOf(t, oci.MediaTypeLayerGzip)
	diffID, blob := plain.config.Images[0].Layers[0].DiffID.String(), gzip.manifest.Images[0].Layers[0]
	for name, c := range map[string]struct {
		made   *Enclave
		change func(layer map[string]any)
		want   string // empty if it is right
	}{
		"plain":            {plain, func(map[string]any) {}, ""},
		"docker's plain":   {plain, func(l map[string]any) { l["mediaType"] = oci.DockerLayer }, ""},
		"gzip":             {gzip, func(map[string]any) {}, ""},
		"docker's gzip":    {gzip, func(l map[string]any) { l["mediaType"] = oci.DockerLayerGzip }, ""},
		"said to be gzip":  {plain, func(l map[string]any) { l["mediaType"] = oci.MediaTypeLayerGzip }, "is in the blob"},
		"said to be zstd":  {plain, func(l map[string]any) { l["mediaType"] = oci.MediaTypeLayerZstd }, "is in the blob"},
		"tar of 7 bytes":   {plain, func(l map[string]any) { l["size"] = 7 }, "the source image's tar has 7 bytes"},
		"longer tar":       {plain, func(l map[string]any) { l["size"] = 1 << 20 }, "the source image's tar has 1048576 bytes"},
		"another tar":      {plain, func(l map[string]any) { l["digest"] = blob.Digest.String() }, "is in the blob"},
		"gzip as plain":    {gzip, func(l map[string]any) { l["mediaType"] = oci.MediaTypeLayer }, "is in the blob"},
		"gzip as its tar":  {gzip, func(l map[string]any) { l["mediaType"], l["digest"] = oci.MediaTypeLayer, diffID }, "is in the blob"},
		"gzip of its tar":  {gzip, func(l map[string]any) { l["digest"] = diffID }, "is in the blob"},
		"gzip as zstd":     {gzip, func(l map[string]any) { l["mediaType"] = oci.MediaTypeLayerZstd }, "is in the blob"},
		"gzip of one more": {gzip, func(l map[string]any) { l["size"] = blob.Size + 1 }, "is in the blob"},
	} {
		err := Verify(ctx, c.made.withSource(t, c.change), nil).Err()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: want %q, got %v", name, c.want, err)
		}
	}
}

// turning is a file whose content is another from the second time on that its beginning is read.
type turning struct {
	first, then *bytes.Reader
	reads       int
}

func (f *turning) Read(p []byte) (int, error) {
	if f.reads++; f.reads > 1 {
		_, _ = f.then.Seek(f.first.Size()-int64(f.first.Len()), 0)
		n, err := f.then.Read(p)
		_, _ = f.first.Seek(int64(n), 1)
		return n, err
	}
	return f.first.Read(p)
}

// TestIMG18MeasuredBytesAreTheOnesThatWereChecked: the files are right when verify begins, and others when they are measured.
func TestIMG18MeasuredBytesAreTheOnesThatWereChecked(t *testing.T) {
	dir := t.TempDir()
	if err := imagetest.GuestBase(dir); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range []string{"kernel", "initrd", "firmware"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	base := guestBase{kernel: oci.DescriptorOf("", files["kernel"]), initrd: oci.DescriptorOf("", files["initrd"])}
	measure := func(kernel, initrd []byte) error {
		return base.measureFiles(t.Context(), files["firmware"], &turning{first: bytes.NewReader(files["kernel"]), then: bytes.NewReader(kernel)}, bytes.NewReader(initrd))
	}
	if err := measure(files["kernel"], files["initrd"]); err != nil {
		t.Fatal(err)
	}
	measured := base.files
	kernel, initrd := slices.Clone(files["kernel"]), slices.Clone(files["initrd"])
	kernel[len(kernel)-1] ^= 1
	initrd[0] ^= 1
	for name, err := range map[string]error{"kernel": measure(kernel, files["initrd"]), "initrd": measure(files["kernel"], initrd)} {
		if !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	line, err := base.files.Marshal()
	if before, _ := measured.Marshal(); err != nil || !bytes.Equal(before, line) {
		t.Errorf("other files were measured: %v", err)
	}
}
