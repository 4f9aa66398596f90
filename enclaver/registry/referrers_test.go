// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

const (
	noteType  = "application/vnd.example.note"
	otherType = "application/vnd.example.other"
)

// subject puts a manifest to which others may refer.
func subject(r *evilreg.Registry) oci.Descriptor {
	return r.Put("a", oci.MediaTypeManifest, []byte(`{"schemaVersion":2}`))
}

// refer is the manifest of a referrer.
func refer(to oci.Descriptor, artifactType string) []byte {
	return fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,"artifactType":%q,"config":{"mediaType":%q,"digest":%q,"size":2},"layers":[],"subject":{"mediaType":%q,"digest":%q,"size":%d}}`,
		oci.MediaTypeManifest, artifactType, oci.MediaTypeEmpty, oci.DescriptorOf("", []byte("{}")).Digest, to.MediaType, to.Digest, to.Size)
}

func TestReferrersComeBack(t *testing.T) {
	ctx := context.Background()
	for name, set := range map[string]func(*evilreg.Registry){
		"listed by the registry": func(*evilreg.Registry) {},
		"listed under a tag":     (*evilreg.Registry).WithoutReferrers,
	} {
		r := evilreg.Start(t)
		set(r)
		to := subject(r)
		pusher := newPusher(t, r, "a")
		for range 2 { // the second time changes nothing
			for _, kind := range []string{noteType, otherType} {
				if err := pusher.Referrer(ctx, to, kind, []byte("said by "+kind), "text/plain"); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		found, err := open(t, r, "a").Referrers(ctx, to.Digest, 10)
		if err != nil || len(found) != 2 {
			t.Fatalf("%s: %v, %v", name, found, err)
		}
		for _, d := range found {
			data, err := fetch(open(t, r, "a"), d, nil)
			if err != nil || !strings.Contains(string(data), oci.DescriptorOf("", []byte("said by "+d.ArtifactType)).Digest.String()) {
				t.Errorf("%s: %s: %s, %v", name, d.ArtifactType, data, err)
			}
		}
		if _, err := open(t, r, "a").Referrers(ctx, to.Digest, 1); !errors.Is(err, ErrMoreReferrers) {
			t.Errorf("%s: asked for one: %v", name, err)
		}
		if found, err := open(t, r, "a").Referrers(ctx, oci.DescriptorOf("", nil).Digest, 10); err != nil || len(found) != 0 {
			t.Errorf("%s: of nothing: %v, %v", name, found, err)
		}
	}
}

func TestReferrersOfAnotherImplementation(t *testing.T) {
	ctx := context.Background()
	ref := reference(t, imagetest.Registry(t)+"/a:v1")
	pusher, err := NewPusher(ref)
	if err != nil {
		t.Fatal(err)
	}
	document := []byte(`{"schemaVersion":2}`)
	to := oci.DescriptorOf(oci.MediaTypeManifest, document)
	if err := errors.Join(pusher.Manifest(ctx, to, document), pusher.Referrer(ctx, to, noteType, []byte("x"), "text/plain")); err != nil {
		t.Fatal(err)
	}
	repository, err := Open(ctx, ref.Repository())
	if err != nil {
		t.Fatal(err)
	}
	if found, err := repository.Referrers(ctx, to.Digest, 10); err != nil || len(found) != 1 || found[0].ArtifactType != noteType {
		t.Errorf("%v, %v", found, err)
	}
}

// Who is listed as a referrer must say so itself.
func TestREG11ReferrerOfSomethingElse(t *testing.T) {
	r := evilreg.Start(t)
	to := subject(r)
	honest := r.Put("a", oci.MediaTypeManifest, refer(to, noteType))
	swapped := strings.Replace(string(refer(to, noteType)), `"subject"`, `"Subject"`, 1)
	lies := []oci.Descriptor{
		r.Put("a", oci.MediaTypeManifest, refer(oci.DescriptorOf("", []byte("another")), noteType)),
		r.Put("a", oci.MediaTypeManifest, []byte(`{"schemaVersion":2}`)),
		r.Put("a", oci.MediaTypeManifest, []byte(swapped)),
		r.Put("a", oci.MediaTypeManifest, []byte(strings.Replace(string(refer(to, noteType)), `"subject"`, `"subject":null,"subject"`, 1))),
		r.Put("a", oci.MediaTypeManifest, []byte("null")),
		r.Put("a", oci.MediaTypeManifest, []byte("[]")),
		r.Put("a", oci.MediaTypeManifest, nil),
		r.Put("a", oci.MediaTypeManifest, append(refer(to, otherType), make([]byte, maxReferrer)...)),
		r.Put("a", oci.MediaTypeIndex, refer(to, otherType)),
		to,
		oci.DescriptorOf(oci.MediaTypeManifest, []byte("not there")),
	}
	changed := oci.DescriptorOf(oci.MediaTypeManifest, []byte("as announced"))
	r.PutAs("a", changed, refer(to, otherType))
	listed := append(lies, changed, honest)
	listed[len(listed)-1].ArtifactType = "application/signature" // the list's word counts for nothing
	r.Tell(evilreg.When("GET", "/referrers/", evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) { evilreg.WriteIndex(w, listed) })))
	found, err := open(t, r, "a").Referrers(context.Background(), to.Digest, 100)
	if err != nil || len(found) != 1 || found[0].Digest != honest.Digest || found[0].ArtifactType != noteType {
		t.Errorf("%v, %v", found, err)
	}
}

// However many there are, few are looked at.
func TestREG11EndlessReferrers(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	to := subject(r)
	d := r.Put("a", oci.MediaTypeManifest, refer(to, noteType))
	many := func(n int) []oci.Descriptor { return slices.Repeat([]oci.Descriptor{d}, n) }
	for name, c := range map[string]struct {
		lie   http.HandlerFunc
		found int
	}{
		"more than wanted": {func(w http.ResponseWriter, _ *http.Request) { evilreg.WriteIndex(w, many(100)) }, 10},
		"a million": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"schemaVersion":2,"manifests":[{}`)
			for range 1_000_000 {
				if _, err := fmt.Fprintf(w, `,{"mediaType":%q,"digest":%q,"size":%d}`, d.MediaType, d.Digest, d.Size); err != nil {
					return
				}
			}
		}, 0},
		"endless pages": {func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Link", fmt.Sprintf(`<%s?n=%sx>; rel="next"`, req.URL.Path, req.URL.Query().Get("n")))
			evilreg.WriteIndex(w, many(1))
		}, 10},
		"endless empty pages": {func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Link", fmt.Sprintf(`<%s>; rel=next`, req.URL.Path))
			evilreg.WriteIndex(w, nil)
		}, 0},
	} {
		r.Tell(evilreg.When("GET", "/referrers/", evilreg.Answer(c.lie)))
		before := len(r.Requests("", ""))
		found, err := open(t, r, "a").Referrers(ctx, to.Digest, 10)
		if !errors.Is(err, ErrMoreReferrers) || len(found) != c.found {
			t.Errorf("%s: %d found, %v", name, len(found), err)
		}
		if n := len(r.Requests("", "")) - before; n > maxPages+10 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

func TestREG11ListThatIsNone(t *testing.T) {
	for _, body := range []string{``, `null`, `[]`, `{}`, `{"schemaVersion":2,"manifests":[],"manifests":[]}`, `{"schemaVersion":2,"Manifests":[]}`,
		`{"schemaVersion":2,"manifests":[],"layers":[]}`, `{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:12","size":1}]}`,
		`{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"` + oci.DescriptorOf("", nil).Digest.String() + `","size":1,"urls":["http://169.254.169.254/"]}]}`} {
		r := evilreg.Start(t)
		to := subject(r)
		r.Tell(evilreg.When("GET", "/referrers/", evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })))
		if found, err := open(t, r, "a").Referrers(context.Background(), to.Digest, 10); err == nil {
			t.Errorf("%s: %v", body, found)
		}
	}
}

// A list under a tag that others have filled up is left as it is.
func TestREG11ListUnderATagIsBounded(t *testing.T) {
	r := evilreg.Start(t)
	r.WithoutReferrers()
	to := subject(r)
	var full strings.Builder
	for i := range maxReferrers {
		fmt.Fprintf(&full, `,{"mediaType":%q,"digest":"sha256:%064d","size":1}`, oci.MediaTypeManifest, i)
	}
	index := r.Put("a", oci.MediaTypeIndex, fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,"manifests":[%s]}`, oci.MediaTypeIndex, full.String()[1:]))
	r.Tag("a", tagOf(to.Digest), index.Digest)
	err := newPusher(t, r, "a").Referrer(context.Background(), to, noteType, []byte("x"), "text/plain")
	if !errors.Is(err, ErrMoreReferrers) {
		t.Errorf("%v", err)
	}
}

func FuzzNextPage(f *testing.F) {
	f.Add(`</v2/a/referrers/x?n=1>; rel="next"`)
	f.Add(`<https://elsewhere.example/>; rel=next`)
	c := newClient(oci.Reference{}.Repository(), "pull")
	f.Fuzz(func(t *testing.T, link string) {
		ref, err := oci.ParseReference("registry.example/a")
		if err != nil {
			t.Fatal(err)
		}
		c.repository = ref.Repository()
		next, err := c.next(c.url("referrers/x", nil), link)
		if err == nil && next != nil && !isHome(c.repository.Registry, next) {
			t.Errorf("%q leads to %s", link, next)
		}
	})
}

func TestReferrerIsTheVector(t *testing.T) {
	r := evilreg.Start(t)
	to := subject(r)
	if err := newPusher(t, r, "a").Referrer(context.Background(), to, noteType, []byte("note"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "referrer.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := r.Content("a", oci.DescriptorOf("", want).Digest); !ok || string(got) != string(want) {
		for _, digest := range r.Digests("a") {
			hash, err := v1.NewHash(digest)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := r.Content("a", hash)
			t.Logf("the registry has %s", got)
		}
		t.Errorf("none of them is %s", want)
	}
}
