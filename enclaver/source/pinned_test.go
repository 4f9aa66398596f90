// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"io"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source/daemontest"
	"github.com/escrin/escrin/enclaver/source/sourcetest"
)

// What a daemon gives is the image whose id or digest was asked for, by its own words and by the bytes.
func TestREG02DockerGivesWhatTheNamePromises(t *testing.T) {
	dir, want := small(t)
	id, digest := want.manifest.Config.Digest, want.descriptor.Digest
	strange := strings.Repeat("a", 64)
	old := func(w io.Writer) { w.Write(save(want).pack(t)) }
	modern := func(w io.Writer) { w.Write(packFiles(t, filesOf(t, dir)...)) }
	for name, c := range map[string]struct {
		ask     string
		id      string
		digests []string
		tags    []string
		saved   func(io.Writer)
		ok      bool
	}{
		"name":                           {ask: "app", id: id.Hex, saved: old, ok: true},
		"name, layout":                   {ask: "app", id: id.Hex, saved: modern, ok: true},
		"name, image store":              {ask: "app", id: digest.Hex, saved: modern, ok: true},
		"name, other bytes":              {ask: "app", id: strange, saved: old},
		"name, other bytes, layout":      {ask: "app", id: strange, saved: modern},
		"id":                             {ask: id.String(), id: id.Hex, saved: old, ok: true},
		"id, other image":                {ask: "sha256:" + strange, id: id.Hex, saved: old},
		"id, other bytes":                {ask: "sha256:" + strange, id: strange, saved: old},
		"id, other tag":                  {ask: "sha256:" + strange, id: id.Hex, tags: []string{"sha256:" + strange}, saved: old},
		"bare id":                        {ask: id.Hex, id: id.Hex, saved: old, ok: true},
		"bare id, other image":           {ask: strange, id: id.Hex, saved: old},
		"bare id, other tag":             {ask: strange, id: id.Hex, tags: []string{strange + ":latest"}, saved: old},
		"short id":                       {ask: id.Hex[:12], id: id.Hex, saved: old, ok: true},
		"short id, prefix":               {ask: "sha256:" + id.Hex[:4], id: id.Hex, saved: old, ok: true},
		"short id, other image":          {ask: strange[:12], id: id.Hex, saved: old},
		"short id, prefix, other image":  {ask: "sha256:aaaa", id: id.Hex, saved: old},
		"name of digits":                 {ask: strange[:12], id: id.Hex, tags: []string{strange[:12] + ":latest"}, saved: old, ok: true},
		"short name of digits":           {ask: "cafe", id: id.Hex, saved: old, ok: true},
		"digest":                         {ask: "app@" + digest.String(), id: id.Hex, digests: []string{"app@" + digest.String()}, saved: old, ok: true},
		"digest, tag":                    {ask: "app:v1@" + digest.String(), id: id.Hex, digests: []string{"app@" + digest.String()}, saved: old, ok: true},
		"digest, image store":            {ask: "app@" + digest.String(), id: digest.Hex, saved: modern, ok: true},
		"digest, unknown":                {ask: "app@" + digest.String(), id: id.Hex, saved: old},
		"digest, other":                  {ask: "app@sha256:" + strange, id: id.Hex, digests: []string{"app@" + digest.String()}, saved: old},
		"digest, other bytes":            {ask: "app@" + digest.String(), id: strange, digests: []string{"app@" + digest.String()}, saved: old},
		"digest, tag that looks like it": {ask: "app@" + digest.String(), id: id.Hex, tags: []string{"app@" + digest.String()}, saved: old},
		"no id":                          {ask: "app", id: "x", saved: old},
	} {
		found := map[string]any{"Id": "sha256:" + c.id, "RepoDigests": c.digests, "RepoTags": c.tags}
		image, err := Options{DockerHost: fakeImage(t, found, c.saved)}.Parse("docker-daemon:" + c.ask)
		if err == nil {
			_, err = readSource(image)
		}
		if c.ok != (err == nil) || err != nil && c.id != "x" && !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.HasPrefix(name, "digest, unknown") && !strings.Contains(hint.Of(err), "docker pull app@sha256:") {
			t.Errorf("%s: hint %s", name, hint.Of(err))
		}
	}
}

// In containerd, names with digests are names like others, which may lead anywhere.
func TestREG02ContainerdGivesWhatTheNamePromises(t *testing.T) {
	address := daemontest.Containerd(t)
	options := Options{ContainerdAddress: address}
	dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Small()})
	want := readImage(t, dir, Options{})
	digest, id := want.descriptor.Digest.String(), want.manifest.Config.Digest.String()
	strange := "sha256:" + strings.Repeat("a", 64)
	for i, name := range []string{"localhost:5000/app@" + digest, digest, id} {
		sourcetest.IntoContainerd(t, address, "default", name, dir)
		if got := readImage(t, "containerd:"+name, options); got.descriptor.Digest.String() != digest {
			t.Errorf("%d: %s is %s", i, name, got.descriptor.Digest)
		}
	}
	for _, name := range []string{"localhost:5000/app@" + strange, "localhost:5000/app@" + id, strange} {
		sourcetest.IntoContainerd(t, address, "default", name, dir)
		image, err := options.Parse("containerd:" + name)
		if err == nil {
			_, err = readSource(image)
		}
		if !errors.Is(err, oci.ErrMismatch) || !strings.Contains(err.Error(), digest) || !strings.Contains(hint.Of(err), "ctr --namespace default") {
			t.Errorf("%s: %v (hint: %s)", name, err, hint.Of(err))
		}
	}
	for _, name := range []string{"app@v1", "app@sha256:aa", "app@" + digest + "@" + digest, "sha256:aa", "app@sha512:" + strings.Repeat("a", 128)} {
		if _, err := options.Parse("containerd:" + name); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
