// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry"
	"github.com/escrin/escrin/enclaver/release"
)

func releases(t *testing.T, versions map[byte][]uint64) enclaver.Releases {
	t.Helper()
	found := enclaver.Releases{MeasurementRoot: [32]byte{1}}
	for key, list := range versions {
		for _, version := range list {
			r, err := release.Sign(release.Statement{MeasurementRoot: found.MeasurementRoot, Version: version}, [32]byte{31: key})
			if err != nil {
				t.Fatal(err)
			}
			found.All = append(found.All, r)
		}
	}
	return found
}

// REG-11: whatever others attach, the newest release is the author's own.
func TestREG11NewestReleaseIsTheAuthors(t *testing.T) {
	mine := releases(t, map[byte][]uint64{1: {0}})
	author, err := mine.All[0].Author()
	if err != nil {
		t.Fatal(err)
	}
	found := releases(t, map[byte][]uint64{1: {3, 5, 4}, 2: {9}})
	if r, err := found.Newest(author, 5); err != nil || r.Version != 5 {
		t.Errorf("%+v, %v", r, err)
	}
	for name, c := range map[string]struct {
		found   enclaver.Releases
		atLeast uint64
	}{"too old": {found, 6}, "by another": {releases(t, map[byte][]uint64{2: {9}}), 0}, "none": {enclaver.Releases{}, 0}} {
		if r, err := c.found.Newest(author, c.atLeast); !errors.Is(err, enclaver.ErrNotReleased) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if r, err := mine.Newest(author, 0); err != nil || r.Version != 0 {
		t.Errorf("version 0: %+v, %v", r, err)
	}
}

// REG-11: documents that are no releases of the enclave, whoever attached them, are passed over.
func TestREG11ForeignDocumentsAreNoReleases(t *testing.T) {
	ref := reference(t, imagetest.Registry(t)+"/app:v1")
	made := mustBuild(t, openStore(t), ref)
	if err := enclaver.Push(t.Context(), made, ref, nil); err != nil {
		t.Fatal(err)
	}
	genuine, pinned, err := enclaver.Release(t.Context(), ref, 3, [32]byte{31: 1})
	if err != nil || genuine.MeasurementRoot != made.MeasurementRoot() || pinned != ref.WithDigest(made.Digest()) {
		t.Fatalf("%+v, %s, %v", genuine, pinned, err)
	}
	document, err := genuine.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	other, err := release.Sign(release.Statement{MeasurementRoot: [32]byte{9}, Version: 9}, [32]byte{31: 1})
	if err != nil {
		t.Fatal(err)
	}
	ofAnother, err := other.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	from, err := registry.Open(t.Context(), ref.Repository())
	if err != nil {
		t.Fatal(err)
	}
	subject, _, err := from.Resolve(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	pusher, err := registry.NewPusher(ref)
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []struct {
		artifact, blob string
		data           []byte
	}{
		{release.MediaType, release.MediaType, ofAnother},
		{release.MediaType, release.MediaType, []byte("{}")},
		{release.MediaType, release.MediaType, bytes.Replace(document, []byte(`:3`), []byte(`:4`), 1)[1:]},
		{release.MediaType, release.MediaType, append(bytes.Clone(document), bytes.Repeat([]byte(" "), release.MaxSize)...)},
		{release.MediaType, "text/plain", document},
		{"text/plain", release.MediaType, document},
	} {
		d := oci.Descriptor{MediaType: subject.MediaType, Digest: subject.Digest, Size: subject.Size}
		if err := pusher.Referrer(t.Context(), d, foreign.artifact, foreign.data, foreign.blob); err != nil {
			t.Fatal(err)
		}
	}
	found, err := enclaver.FetchReleases(t.Context(), ref)
	if err != nil || len(found.All) != 1 || found.All[0] != genuine || found.More || found.Enclave != pinned {
		t.Fatalf("%+v, %v", found, err)
	}
}
