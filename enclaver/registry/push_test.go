// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

func newPusher(t *testing.T, r *evilreg.Registry, repo string, options ...PushOption) *Pusher {
	t.Helper()
	pusher, err := NewPusher(reference(t, r.Host+"/"+repo+":v1"), options...)
	if err != nil {
		t.Fatal(err)
	}
	quick(pusher.client)
	return pusher
}

func blobOf(data string) oci.Descriptor { return oci.DescriptorOf(blobType, []byte(data)) }

func holding(data string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }
}

// tally adds transfers up.
type tally struct {
	mu    sync.Mutex
	bytes map[How]int64
	steps int
	worst int64 // most that was counted at a time
	sum   int64
}

func (c *tally) add(step Transfer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes == nil {
		c.bytes = map[How]int64{}
	}
	c.bytes[step.How] += step.Bytes
	c.steps++
	c.sum += step.Bytes
	c.worst = max(c.worst, c.sum)
}

func TestOnlyWhatIsMissingIsSent(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	big := string(pattern(300_000))
	source := reference(t, r.Host+"/source").Repository()
	r.Put("source", blobType, []byte("below"))
	r.Put("target", blobType, []byte("there"))
	var count tally
	pusher := newPusher(t, r, "target", OnTransfer(count.add), MountFrom(source))
	for _, data := range []string{"below", "there", big, ""} {
		if err := pusher.Blob(ctx, blobOf(data), holding(data)); err != nil {
			t.Fatal(err)
		}
		if got, ok := r.Content("target", blobOf(data).Digest); !ok || string(got) != data {
			t.Errorf("%.10q: the registry has %d bytes, %v", data, len(got), ok)
		}
	}
	if want := map[How]int64{Mounted: 5, Present: 5, Sent: 300_000}; fmt.Sprint(count.bytes) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", count.bytes, want)
	}
	if n := len(r.Requests("PUT", "/blobs/uploads/")); n != 2 {
		t.Errorf("%d blobs sent", n)
	}
}

func TestMountThatIsRefusedIsAnUpload(t *testing.T) {
	r := evilreg.Start(t)
	source := reference(t, r.Host+"/source").Repository()
	elsewhere, err := name.NewRepository("localhost:1/source")
	if err != nil {
		t.Fatal(err)
	}
	for name, lie := range map[string]evilreg.Lie{
		"not there": evilreg.NoRange(),
		"forbidden": evilreg.Busy(http.StatusForbidden, ""),
		"not found": evilreg.Busy(http.StatusNotFound, ""),
		"odd":       evilreg.Busy(http.StatusBadRequest, ""),
	} {
		r.Tell(evilreg.When("POST", "", func(honest http.Handler) http.Handler {
			lying := lie(honest)
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if req.URL.Query().Get("mount") != "" {
					lying.ServeHTTP(w, req)
					return
				}
				honest.ServeHTTP(w, req)
			})
		}))
		pusher := newPusher(t, r, "target", MountFrom(elsewhere, source, reference(t, r.Host+"/target").Repository()))
		if err := pusher.Blob(context.Background(), blobOf(name), holding(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := r.Content("target", blobOf(name).Digest); !ok {
			t.Errorf("%s: not there", name)
		}
	}
	for _, request := range r.Requests("POST", "") {
		if strings.Contains(request.Query, "from") && !strings.Contains(request.Query, "from=source") {
			t.Errorf("asked to mount with %s", request.Query)
		}
	}
}

// A token server may not let us read the repository to mount from.
func TestMountThatNeedsMoreRightsIsAnUpload(t *testing.T) {
	r := evilreg.Start(t)
	dockerConfig{}.use(t)
	r.Tell(
		tokenServer("/token", "good", func(r *http.Request) bool {
			return fmt.Sprint(r.Form["scope"]) == "[repository:target:push,pull]"
		}),
		evilreg.Login(bearer(r), "Bearer good"))
	pusher := newPusher(t, r, "target", MountFrom(reference(t, r.Host+"/source").Repository()))
	if err := pusher.Blob(context.Background(), blobOf("x"), holding("x")); err != nil {
		t.Error(err)
	}
	if requests := r.Requests("GET", "/token"); len(requests) != 2 || !strings.Contains(requests[0].Query, "source%3Apull") {
		t.Errorf("%v", requests)
	}
}

func TestUploadThatIsCutBeginsAgain(t *testing.T) {
	data := string(pattern(3_000_000))
	for name, c := range map[string]struct {
		lie evilreg.Lie
		ok  bool
	}{
		"cut":           {evilreg.Times(2, evilreg.Answer(cutUpload)), true},
		"busy":          {evilreg.Times(2, evilreg.Busy(http.StatusServiceUnavailable, "0")), true},
		"answer is cut": {evilreg.Times(1, evilreg.HangUp()), true},
		"always cut":    {evilreg.Answer(cutUpload), false},
		"refused":       {evilreg.Busy(http.StatusRequestEntityTooLarge, ""), false},
		"other digest":  {evilreg.SetHeader("Docker-Content-Digest", "sha256:"+strings.Repeat("a", 64)), false},
	} {
		r := evilreg.Start(t)
		var count tally
		pusher := newPusher(t, r, "a", OnTransfer(count.add))
		r.Tell(evilreg.When("PUT", "/blobs/", c.lie))
		err := pusher.Blob(context.Background(), blobOf(data), holding(data))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if want := map[bool]int64{true: int64(len(data)), false: 0}[c.ok]; count.sum != want || count.worst > int64(len(data)) {
			t.Errorf("%s: counted %d bytes (%d at most), want %d", name, count.sum, count.worst, want)
		}
	}
}

func cutUpload(_ http.ResponseWriter, r *http.Request) {
	io.CopyN(io.Discard, r.Body, 100_000)
	panic(http.ErrAbortHandler)
}

// REG-01: what is on its way to a registry is checked as well.
func TestREG01CorruptedBlobIsNotPushed(t *testing.T) {
	data := string(pattern(300_000))
	for name, have := range map[string]string{
		"one bit":       strings.Replace(data, "1", "2", 1),
		"the last byte": data[:len(data)-1] + "x",
		"one less":      data[:len(data)-1],
		"one more":      data + "x",
		"nothing":       "",
	} {
		r := evilreg.Start(t)
		var count tally
		err := newPusher(t, r, "a", OnTransfer(count.add)).Blob(context.Background(), blobOf(data), holding(have))
		if !errors.Is(err, oci.ErrMismatch) || count.sum != 0 || len(r.Digests("a")) != 0 {
			t.Errorf("%s: %v; counted %d bytes; the registry has %v", name, err, count.sum, r.Digests("a"))
		}
		if n := len(r.Requests("PUT", "")); n > 1 {
			t.Errorf("%s: tried %d times", name, n)
		}
	}
	r := evilreg.Start(t)
	unreadable := errors.New("disk on fire")
	err := newPusher(t, r, "a").Blob(context.Background(), blobOf(data), func() (io.ReadCloser, error) { return nil, unreadable })
	if !errors.Is(err, unreadable) {
		t.Errorf("%v", err)
	}
}

func TestREG09UploadAndRedirectsElsewhereGetNoCredentials(t *testing.T) {
	upload := func(to string) evilreg.Lie {
		return evilreg.When("POST", "", evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusAccepted)
		}))
	}
	for _, to := range []string{
		"http://THIEF/steal", "//THIEF/steal", "http://HOST@THIEF/", "http://user:x@THIEF/", "https://THIEF/", "http://localhost:PORT/", "file:///etc/passwd", "",
		"http://THIEF\r\nX: y/",
	} {
		for name, lie := range map[string]func(string) evilreg.Lie{
			"location":     upload,
			"POST 307":     func(to string) evilreg.Lie { return evilreg.When("POST", "", evilreg.Redirect(307, to)) },
			"POST 308":     func(to string) evilreg.Lie { return evilreg.When("POST", "", evilreg.Redirect(308, to)) },
			"POST 302":     func(to string) evilreg.Lie { return evilreg.When("POST", "", evilreg.Redirect(302, to)) },
			"PUT 307":      func(to string) evilreg.Lie { return evilreg.When("PUT", "/blobs/", evilreg.Redirect(307, to)) },
			"HEAD 302":     func(to string) evilreg.Lie { return evilreg.When("HEAD", "", evilreg.Redirect(302, to)) },
			"manifest 307": func(to string) evilreg.Lie { return evilreg.When("PUT", "/manifests/", evilreg.Redirect(307, to)) },
		} {
			r, thief := evilreg.Start(t), evilreg.Lurk(t)
			withPassword(t, r.Host)
			_, port, _ := strings.Cut(thief.Host, ":")
			r.Tell(login("Basic"), lie(strings.NewReplacer("THIEF", thief.Host, "HOST", r.Host, "PORT", port).Replace(to)))
			pusher := newPusher(t, r, "a")
			err := errors.Join(pusher.Blob(context.Background(), blobOf("content"), holding("content")),
				pusher.Manifest(context.Background(), oci.DescriptorOf(oci.MediaTypeManifest, []byte("{}")), []byte("{}")))
			if stolen := thief.Credentials(canary, password().Auth); len(stolen) != 0 {
				t.Errorf("%s to %s: stolen: %q (%v)", name, to, stolen, err)
			}
			if caught := thief.Caught(); strings.Contains(name, "30") && name != "HEAD 302" && len(caught) != 0 {
				t.Errorf("%s to %s: followed with %q", name, to, caught)
			}
			if err == nil && name != "HEAD 302" {
				t.Errorf("%s to %s: it says that all is well", name, to)
			}
		}
	}
}

// The Authorization header follows a redirect within the registry and comes back to it, but goes nowhere else on the way.
func TestREG09RedirectOfContentGetsNoCredentials(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		r, thief := evilreg.Start(t), evilreg.Lurk(t)
		withPassword(t, r.Host)
		d := r.Put("a", blobType, []byte("content"))
		r.Tell(login("Basic"), evilreg.When("GET", "/blobs/", evilreg.Redirect(status, "http://"+thief.Host+"/blob")))
		if _, err := fetch(open(t, r, "a"), d, nil); !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("%d: %v", status, err)
		}
		if len(thief.Caught()) != 1 || len(thief.Credentials(canary)) != 0 {
			t.Errorf("%d: caught %q", status, thief.Caught())
		}
		r.Tell(login("Basic"), evilreg.When("GET", "/blobs/", evilreg.Times(1, evilreg.Redirect(status, "/v2/a/blobs/"+d.Digest.String()))))
		if _, err := fetch(open(t, r, "a"), d, nil); err != nil {
			t.Errorf("%d within: %v", status, err)
		}
		r.Tell(login("Basic"), evilreg.When("GET", "/blobs/", evilreg.Redirect(status, "/v2/a/blobs/"+d.Digest.String())))
		if _, err := fetch(open(t, r, "a"), d, nil); !errors.Is(err, errRefused) {
			t.Errorf("%d in a circle: %v", status, err)
		}
	}
}

// REG-13: a registry that said to have a blob may have lost it when the manifest comes.
func TestREG13BlobThatIsGoneAgain(t *testing.T) {
	ctx := context.Background()
	r := evilreg.Start(t)
	pusher := newPusher(t, r, "a")
	blob := blobOf("content")
	manifest := fmt.Appendf(nil, `{"config":{"digest":%q}}`, blob.Digest)
	d := oci.DescriptorOf(oci.MediaTypeManifest, manifest)
	if err := pusher.Blob(ctx, blob, holding("content")); err != nil {
		t.Fatal(err)
	}
	r.Forget("a", blob.Digest)
	if err := pusher.Manifest(ctx, d, manifest); err == nil {
		t.Error("pushed a manifest without its blob")
	} else if hint.Of(err) != "push again" {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
	// Asked again, it is asked again: nothing is remembered between two pushes.
	if err := errors.Join(pusher.Blob(ctx, blob, holding("content")), pusher.Manifest(ctx, d, manifest)); err != nil {
		t.Error(err)
	}
	// Another size under the same name is not the blob.
	r.PutAs("a", blob, []byte("longer content"))
	if err := pusher.Blob(ctx, blob, holding("content")); err != nil {
		t.Error(err)
	}
	if got, _ := r.Content("a", blob.Digest); string(got) != "content" {
		t.Errorf("the registry has %q", got)
	}
}

func TestRegistryThatStoresSomethingElseIsNoticed(t *testing.T) {
	r := evilreg.Start(t)
	manifest := fmt.Appendf(nil, `{"config":{"digest":%q}}`, r.Put("a", blobType, nil).Digest)
	pusher := newPusher(t, r, "a")
	if err := pusher.Manifest(context.Background(), oci.DescriptorOf(oci.MediaTypeManifest, manifest), manifest); err != nil {
		t.Error(err)
	}
	r.Tell(evilreg.SetHeader("Docker-Content-Digest", "sha256:"+strings.Repeat("a", 64)))
	err := pusher.Manifest(context.Background(), oci.DescriptorOf(oci.MediaTypeManifest, manifest), manifest)
	if !errors.Is(err, oci.ErrMismatch) {
		t.Errorf("%v", err)
	}
}

// The in-process registry of others understands us as well.
func TestPushToAnotherImplementation(t *testing.T) {
	ctx := context.Background()
	host := imagetest.Registry(t)
	ref := reference(t, host+"/a:v1")
	pusher, err := NewPusher(ref, MountFrom(reference(t, host+"/b").Repository()))
	if err != nil {
		t.Fatal(err)
	}
	data := pattern(300_000)
	d := oci.DescriptorOf(blobType, data)
	if err := pusher.Blob(ctx, d, holding(string(data))); err != nil {
		t.Fatal(err)
	}
	repository, err := Open(ctx, ref.Repository())
	if err != nil {
		t.Fatal(err)
	}
	for _, begin := range [][]byte{nil, data[:100_000], data} {
		if got, err := fetch(repository, d, begin); err != nil || !bytes.Equal(got, data) {
			t.Errorf("from byte %d: %v", len(begin), err)
		}
	}
}
