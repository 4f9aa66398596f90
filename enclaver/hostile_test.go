// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

// serve puts the content of a layout into a repository, the manifest under the tag "v1".
func serve(t *testing.T, r *evilreg.Registry, repo, layout string) oci.Descriptor {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(layout, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := v1.ParseIndexManifest(bytes.NewReader(index))
	if err != nil {
		t.Fatal(err)
	}
	top := parsed.Manifests[0]
	blobs, err := os.ReadDir(filepath.Join(layout, "blobs", "sha256"))
	if err != nil {
		t.Fatal(err)
	}
	for _, blob := range blobs {
		data, err := os.ReadFile(filepath.Join(layout, "blobs", "sha256", blob.Name()))
		if err != nil {
			t.Fatal(err)
		}
		d := oci.Descriptor{MediaType: "application/x", Digest: v1.Hash{Algorithm: "sha256", Hex: blob.Name()}, Size: int64(len(data))}
		if d.Digest == top.Digest {
			d.MediaType = string(top.MediaType)
		}
		r.PutAs(repo, d, data)
	}
	r.Tag(repo, "v1", top.Digest)
	return oci.Descriptor{MediaType: string(top.MediaType), Digest: top.Digest, Size: top.Size}
}

// REG-02, -03, -04, -06, -07: an image that is refused where it is a folder is refused where it is in a registry.
func TestREGImagesOfARegistryAreHeldToTheSameRules(t *testing.T) {
	r := evilreg.Start(t)
	for name, write := range imagetest.Flaws() {
		dir := t.TempDir()
		write(dir)
		serve(t, r, name, dir)
		store := openStore(t)
		_, err := build(t, store, "docker://"+r.Host+"/"+name+":v1", enclaver.Reference{})
		if (err == nil) != (name == "small" || name == "changed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, request := range r.Requests("", "") {
		if request.Method != "GET" && request.Method != "HEAD" {
			t.Errorf("to read an image it sent %+v", request)
		}
	}
}

// REG-01: whatever a registry does to one of the answers, an image is read right or not at all.
func TestREG01ImageOfALyingRegistry(t *testing.T) {
	r := evilreg.Start(t)
	image := imagetest.Small()
	serve(t, r, "a", layoutOf(t, image))
	want, err := build(t, openStore(t), "docker://"+r.Host+"/a:v1", enclaver.Reference{})
	if err != nil {
		t.Fatal(err)
	}
	flip := func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 1; return b }
	for name, c := range map[string]struct {
		lie evilreg.Lie
		ok  bool
	}{
		"one bit":       {evilreg.Change(flip), false},
		"one byte less": {evilreg.Change(func(b []byte) []byte { return b[:len(b)-1] }), false},
		"one byte more": {evilreg.Change(func(b []byte) []byte { return append(bytes.Clone(b), '\n') }), false},
		"cut":           {evilreg.Times(1, evilreg.Cut(20)), true},
		"hung up":       {evilreg.Times(1, evilreg.HangUp()), true},
		"redirected":    {evilreg.Redirect(307, "https://169.254.169.254/"), false},
		"renamed":       {evilreg.SetHeader("Content-Type", "application/vnd.oci.image.index.v1+json"), false},
	} {
		for _, kind := range []string{"/manifests/", "/blobs/"} {
			r.Tell(evilreg.When("GET", kind, c.lie))
			got, err := build(t, openStore(t), "docker://"+r.Host+"/a:v1", enclaver.Reference{})
			ok := c.ok || name == "renamed" && kind == "/blobs/" // a blob's type is what the manifest says
			if (err == nil) != ok || err == nil && got.Digest() != want.Digest() {
				t.Errorf("%s of %s: %v", name, kind, err)
			}
		}
	}
}

// REG-05: the tag moves between every two requests, and yet what is made is of one image.
func TestREG05TagThatMovesBetweenAnyTwoRequests(t *testing.T) {
	r := evilreg.Start(t)
	images := []v1.Image{
		imagetest.Small(),
		imagetest.Image(imagetest.Run("/other"), imagetest.Tar(imagetest.File{Name: "other", Mode: 0o755}), imagetest.Tar(imagetest.File{Name: "more"})),
	}
	var tags []oci.Descriptor
	right := map[v1.Hash]bool{}
	for _, image := range images {
		layout := layoutOf(t, image)
		tags = append(tags, serve(t, r, "a", layout))
		e, err := build(t, openStore(t), layout, enclaver.Reference{})
		if err != nil {
			t.Fatal(err)
		}
		right[e.Digest()] = true
	}
	count := 0
	r.Tell(func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			r.Tag("a", "v1", tags[count%2].Digest)
			count++
			honest.ServeHTTP(w, req)
		})
	})
	for range 3 {
		e, err := build(t, openStore(t), "docker://"+r.Host+"/a:v1", enclaver.Reference{})
		if err != nil || !right[e.Digest()] {
			t.Errorf("neither the one nor the other: %v", err)
		}
	}
}

// pushed is an enclave in a registry, and the largest of its blobs.
func pushed(t *testing.T, r *evilreg.Registry) (enclaver.Reference, *enclaver.Enclave, string) {
	t.Helper()
	ref := reference(t, r.Host+"/app:v1")
	made := mustBuild(t, openStore(t), ref)
	if err := enclaver.Push(context.Background(), made, ref, nil); err != nil {
		t.Fatal(err)
	}
	largest, size := "", 0
	for _, digest := range r.Digests("app") {
		hash, err := v1.NewHash(digest)
		if err != nil {
			t.Fatal(err)
		}
		if data, _ := r.Content("app", hash); len(data) > size {
			largest, size = digest, len(data)
		}
	}
	return ref.WithDigest(made.Digest()), made, largest
}

// cutAt ends the connection in the middle of a blob, and refuses to go on.
func cutAt(digest string, n int, first evilreg.Lie) []evilreg.Lie {
	gone := evilreg.OnRange(evilreg.Busy(http.StatusForbidden, ""))
	return []evilreg.Lie{evilreg.When("GET", digest, gone), evilreg.When("GET", digest, evilreg.Cut(n)), evilreg.When("GET", digest, first)}
}

func honest(inner http.Handler) http.Handler { return inner }

const cut = 3_000_000

func TestREG01PullGoesOnWhereItWasCut(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	ref, made, largest := pushed(t, r)
	store := openStore(t)
	r.Tell(cutAt(largest, cut, honest)...)
	if _, err := enclaver.Pull(ctx, ref, store, nil); err == nil {
		t.Fatal("pulled without the largest blob")
	}
	r.Tell()
	before := len(r.Requests("GET", largest))
	pulled, err := enclaver.Pull(ctx, ref, store, nil)
	if err != nil {
		t.Fatal(err)
	}
	requests := r.Requests("GET", largest)[before:]
	var offset int
	if len(requests) != 1 {
		t.Fatalf("asked %d times", len(requests))
	}
	if _, err := fmt.Sscanf(requests[0].Range, "bytes=%d-", &offset); err != nil || offset <= 0 || offset > cut {
		t.Errorf("asked for %q", requests[0].Range)
	}
	if err := enclaver.Verify(ctx, pulled, nil).Err(); err != nil || pulled.Digest() != made.Digest() {
		t.Error(err)
	}
}

// A pull that goes on gets the right bytes in the end, or none.
func TestREG01PullGoesOnWithALyingRegistry(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	ref, _, largest := pushed(t, r)
	flip := func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 1; return b }
	for name, c := range map[string]struct {
		first, then evilreg.Lie
		mayFail     bool
	}{
		"whole instead":        {honest, evilreg.NoRange(), false},
		"not satisfiable":      {honest, evilreg.OnRange(evilreg.Busy(http.StatusRequestedRangeNotSatisfiable, "")), false},
		"another range":        {honest, evilreg.ShiftRange(4096), false},
		"earlier range":        {honest, evilreg.ShiftRange(-4096), false},
		"range without name":   {honest, evilreg.OnRange(evilreg.SetHeader("Content-Range", "")), false},
		"other bytes":          {honest, evilreg.OnRange(evilreg.Change(flip)), true},
		"too few":              {honest, evilreg.OnRange(evilreg.Change(func(b []byte) []byte { return b[:len(b)-1] })), true},
		"too many":             {honest, evilreg.OnRange(evilreg.Change(func(b []byte) []byte { return append(bytes.Clone(b), 0) })), true},
		"wrong from the start": {evilreg.Change(func(b []byte) []byte { b = bytes.Clone(b); b[5] ^= 1; return b }), honest, true},
		"cut again":            {honest, evilreg.Times(1, evilreg.Cut(1_000_000)), false},
	} {
		store := openStore(t)
		r.Tell(cutAt(largest, cut, c.first)...)
		if _, err := enclaver.Pull(ctx, ref, store, nil); err == nil {
			t.Fatalf("%s: pulled without the largest blob", name)
		}
		r.Tell(evilreg.When("GET", largest, c.then))
		pulled, err := enclaver.Pull(ctx, ref, store, nil)
		if err != nil && (!c.mayFail || !errors.Is(err, oci.ErrMismatch)) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil { // what was wrong is not kept: an honest registry is enough
			r.Tell()
			pulled, err = enclaver.Pull(ctx, ref, store, nil)
		}
		if err != nil {
			t.Errorf("%s, then honest: %v", name, err)
			continue
		}
		if err := enclaver.Verify(ctx, pulled, nil).Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two pulls of the same enclave into one store do not disturb each other.
func TestTwoPullsAtATime(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	ref, _, largest := pushed(t, r)
	store := openStore(t)
	r.Tell(cutAt(largest, cut, honest)...)
	if _, err := enclaver.Pull(ctx, ref, store, nil); err == nil {
		t.Fatal("pulled without the largest blob")
	}
	r.Tell()
	results := make(chan error)
	for range 2 {
		go func() {
			pulled, err := enclaver.Pull(ctx, ref, store, nil)
			if err == nil {
				err = enclaver.Verify(ctx, pulled, nil).Err()
			}
			results <- err
		}()
	}
	if err := errors.Join(<-results, <-results); err != nil {
		t.Error(err)
	}
}

func TestOnlyMissingBlobsAreFetchedAndSent(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	ref, made, _ := pushed(t, r)
	store := openStore(t)
	if _, err := enclaver.Pull(ctx, ref, store, nil); err != nil {
		t.Fatal(err)
	}
	other, err := build(t, openStore(t), layoutOf(t, imagetest.Image(imagetest.Run("/other"), imagetest.Tar(imagetest.File{Name: "other", Mode: 0o755}))), ref)
	if err != nil {
		t.Fatal(err)
	}
	puts, gets := len(r.Requests("PUT", "/blobs/")), len(r.Requests("GET", "/blobs/"))
	if err := enclaver.Push(ctx, other, reference(t, r.Host+"/app:v2"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := enclaver.Pull(ctx, reference(t, r.Host+"/app:v2"), store, nil); err != nil {
		t.Fatal(err)
	}
	puts, gets = len(r.Requests("PUT", "/blobs/"))-puts, len(r.Requests("GET", "/blobs/"))-gets
	if made.Digest() == other.Digest() || puts == 0 || puts > 8 || gets > 6 {
		t.Errorf("sent %d and fetched %d blobs", puts, gets)
	}
}

// REG-12: nothing that enclaver says has the password, nor does anybody else hear it.
func TestREG12PasswordStaysWithItsRegistry(t *testing.T) {
	ctx := context.Background()
	const canary = "canary-77d1a0"
	r, thief := evilreg.Start(t), evilreg.Lurk(t)
	ref, made, _ := pushed(t, r)
	home := t.TempDir()
	config := fmt.Sprintf(`{"auths":{%q:{"username":"user","password":%q}}}`, r.Host, canary)
	if err := os.WriteFile(filepath.Join(home, "config.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("DOCKER_CONFIG", home)
	var said strings.Builder
	progress := func(step enclaver.Step) { fmt.Fprintln(&said, step) }
	for _, lies := range [][]evilreg.Lie{
		{evilreg.Login(`Basic realm="x"`, "never")},
		{evilreg.Login(fmt.Sprintf(`Bearer realm="http://%s/"`, thief.Host), "never")},
		{evilreg.When("", "/v2/", evilreg.Times(1, evilreg.Login(`Basic realm="x"`, "never"))), evilreg.Echo(http.StatusForbidden)},
		{evilreg.Redirect(307, "http://"+thief.Host+"/")},
	} {
		r.Tell(lies...)
		for _, try := range []func() error{
			func() error { _, err := enclaver.Pull(ctx, ref, openStore(t), progress); return err },
			func() error { return enclaver.Push(ctx, made, reference(t, r.Host+"/new:v1"), progress) },
			func() error {
				_, err := build(t, openStore(t), "docker://"+ref.String(), enclaver.Reference{})
				return err
			},
		} {
			err := try()
			if err == nil {
				t.Error("it worked")
			}
			fmt.Fprintf(&said, "%v %+v %#v\n", err, err, err)
		}
	}
	if strings.Contains(said.String(), canary) || len(thief.Credentials(canary)) != 0 {
		t.Errorf("said: %s\nstolen: %q", said.String(), thief.Credentials(canary))
	}
}

// SC-03: nothing, and what is as good as nothing, is no enclave: pulling it is an error, and there is nothing to verify.
func TestSC03NothingIsNoEnclave(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	ref, made, _ := pushed(t, r)
	genuine, _ := r.Content("app", made.Digest())
	documents := map[string][]byte{"changed": bytes.Replace(genuine, []byte("sha256:"), []byte("sha256:0"), 1), "longer": append(bytes.Clone(genuine), ' ')}
	for _, text := range []string{"", " ", "{}", "[]", "null", "0", `""`, "[{}]", `{"schemaVersion":2}`} {
		documents[text] = []byte(text)
	}
	for name, document := range documents {
		r.Tag("app", "nothing", r.Put("app", oci.MediaTypeManifest, document).Digest)
		if e, err := enclaver.Pull(ctx, reference(t, r.Host+"/app:nothing"), openStore(t), nil); err == nil {
			t.Errorf("%q is the enclave %s", name, e.Digest())
		}
		// The same in place of each of the parts.
		for _, digest := range r.Digests("app") {
			hash, err := v1.NewHash(digest)
			if err != nil {
				t.Fatal(err)
			}
			whole, _ := r.Content("app", hash)
			if !bytes.Contains(genuine, []byte(digest)) || bytes.Equal(whole, document) {
				continue
			}
			r.Tell(evilreg.When("GET", digest, evilreg.Change(func([]byte) []byte { return document })))
			if _, err := enclaver.Pull(ctx, ref, openStore(t), nil); err == nil {
				t.Errorf("%q will do for %s", name, digest)
			}
			r.Tell()
		}
	}
	for _, mediaType := range []string{oci.MediaTypeIndex, oci.DockerManifest, "text/html", ""} {
		r.Tell(evilreg.When("GET", "/manifests/", evilreg.SetHeader("Content-Type", mediaType)))
		if _, err := enclaver.Pull(ctx, ref, openStore(t), nil); err == nil {
			t.Errorf("announced as %q it is an enclave", mediaType)
		}
	}
}
