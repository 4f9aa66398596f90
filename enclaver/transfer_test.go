// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/provenance"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

// sent are the digests of the blobs that were uploaded to a repository, byte by byte.
func sent(r *evilreg.Registry, repo string) []string {
	var digests []string
	for _, request := range r.Requests(http.MethodPut, "/v2/"+repo+"/blobs/uploads/") {
		_, digest, _ := strings.Cut(request.Query, "digest=sha256%3A")
		digests = append(digests, "sha256:"+digest)
	}
	return digests
}

func TestLayersAreMountedFromTheSourceAndNotSent(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	image := imagetest.Small()
	serve(t, r, "source", layoutOf(t, image))
	ref := reference(t, r.Host+"/target:v1")
	store := openStore(t)
	made, err := build(t, store, "docker://"+r.Host+"/source:v1", ref)
	if err != nil {
		t.Fatal(err)
	}
	var last enclaver.Step
	if err := enclaver.Push(ctx, made, ref, func(s enclaver.Step) {
		if s.Total > 0 {
			last = s
		}
	}); err != nil {
		t.Fatal(err)
	}
	if last.Done != last.Total || last.Total == 0 {
		t.Errorf("counted %d of %d bytes", last.Done, last.Total)
	}
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		digest, err := layer.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if kind, err := layer.MediaType(); err != nil || kind != types.OCILayer {
			t.Fatal(kind, err)
		}
		if _, ok := r.Content("target", digest); !ok || slices.Contains(sent(r, "target"), digest.String()) {
			t.Errorf("layer %s is there: %v; sent: %v", digest, ok, sent(r, "target"))
		}
	}
	before := len(sent(r, "target"))
	if err := enclaver.Push(ctx, made, ref, nil); err != nil || len(sent(r, "target")) != before {
		t.Errorf("pushed again: %v; sent %d blobs", err, len(sent(r, "target"))-before)
	}
	pulled, err := enclaver.Pull(ctx, ref, openStore(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := enclaver.Verify(ctx, pulled, nil).Err(); err != nil {
		t.Error(err)
	}
}

// attached are the blobs of an enclave's referrers, by artifact type.
func attached(t *testing.T, r *evilreg.Registry, d enclaver.Description) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, referrer := range d.Referrers {
		document, _ := r.Content("app", referrer.Digest)
		var m struct {
			Layers []oci.Descriptor `json:"layers"`
		}
		if err := json.Unmarshal(document, &m); err != nil || len(m.Layers) != 1 {
			t.Fatalf("%s: %v", document, err)
		}
		found[referrer.ArtifactType], _ = r.Content("app", m.Layers[0].Digest)
	}
	return found
}

// Provenance is the same whoever pushes, and names what the enclave's documents name.
func TestProvenanceIsAttached(t *testing.T) {
	ctx := context.Background()
	for name, set := range map[string]func(*evilreg.Registry){
		"listed by the registry": func(*evilreg.Registry) {},
		"listed under a tag":     (*evilreg.Registry).WithoutReferrers,
	} {
		var first map[string][]byte
		for range 2 {
			r := evilreg.Start(t)
			set(r)
			ref, made, _ := pushed(t, r)
			d, err := enclaver.Inspect(ctx, ref, nil)
			if err != nil {
				t.Fatal(err)
			}
			all := attached(t, r, d)
			if len(all) != 2 || d.More {
				t.Fatalf("%s: %d attached", name, len(all))
			}
			for _, want := range []string{made.Digest().Hex, d.Config.Images[0].Source.Manifest.Hex, d.Config.Images[0].Layers[0].DiffID.Hex, d.Config.GuestBase.Firmware.Hex} {
				if !bytes.Contains(all[provenance.MediaType], []byte(want)) {
					t.Errorf("%s: the statement does not name %s", name, want)
				}
			}
			if !bytes.Contains(all[provenance.SourceType], []byte(d.Config.Images[0].Source.Manifest.String())) {
				t.Errorf("%s: source image: %s", name, all[provenance.SourceType])
			}
			if first != nil && fmt.Sprintf("%s", first) != fmt.Sprintf("%s", all) {
				t.Errorf("%s: two statements about one enclave", name)
			}
			first = all
		}
	}
}

// TestPruneWaitsForPush: what is being pushed may have lost its name, and yet must stay until it is sent.
func TestPruneWaitsForPush(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	store, ref := openStore(t), reference(t, r.Host+"/app:v1")
	made := mustBuild(t, store, enclaver.Reference{})
	var pruned []error
	r.Tell(evilreg.Times(1, func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			_, err := enclaver.Prune(ctx, store, true)
			pruned = append(pruned, err)
			honest.ServeHTTP(w, req)
		})
	}))
	if err := enclaver.Push(ctx, made, ref, nil); err != nil {
		t.Error(err)
	}
	if len(pruned) != 1 || pruned[0] == nil {
		t.Errorf("pruned during the push: %v", pruned)
	}
	if freed, err := enclaver.Prune(ctx, store, true); err != nil || freed == 0 {
		t.Errorf("after the push %d bytes were freed: %v", freed, err)
	}
}

// REG-11: whatever is attached to it, or said to be, an enclave is what it is.
func TestREG11ReferrersHideNothing(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	ref, made, _ := pushed(t, r)
	foreign := oci.DescriptorOf(oci.MediaTypeManifest, []byte("of something else"))
	foreign.ArtifactType = "application/\x1b[2Jsignature"
	for name, lie := range map[string]evilreg.Lie{
		"none":        evilreg.Busy(http.StatusNotFound, ""),
		"no list":     evilreg.Change(func([]byte) []byte { return []byte("null") }),
		"not allowed": evilreg.Busy(http.StatusForbidden, ""),
		"hung up":     evilreg.Busy(http.StatusBadRequest, ""),
		"elsewhere":   evilreg.Redirect(307, "https://169.254.169.254/"),
		"of others":   evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) { evilreg.WriteIndex(w, []oci.Descriptor{foreign}) }),
		"very many": evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) {
			evilreg.WriteIndex(w, slices.Repeat([]oci.Descriptor{foreign}, 50_000))
		}),
		"endless pages": evilreg.SetHeader("Link", `<?x>; rel="next"`),
	} {
		r.Tell(evilreg.When("GET", "/referrers/", lie))
		before := len(r.Requests("", ""))
		d, err := enclaver.Inspect(ctx, ref, nil)
		if err != nil || d.Digest != made.Digest() {
			t.Errorf("%s: %v", name, err)
		}
		for _, referrer := range d.Referrers {
			if referrer.Digest == foreign.Digest {
				t.Errorf("%s: shows what refers to something else", name)
			}
		}
		if n := len(r.Requests("", "")) - before; n > 60 {
			t.Errorf("%s: %d requests", name, n)
		}
		if _, err := enclaver.Pull(ctx, ref, openStore(t), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
