// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

// quick lets no test wait.
func quick(c *client) {
	c.waits.pauses = []time.Duration{1, 1, 1, 1}
}

func open(t *testing.T, r *evilreg.Registry, repo string) *Repository {
	t.Helper()
	repository, err := Open(context.Background(), reference(t, r.Host+"/"+repo).Repository())
	if err != nil {
		t.Fatal(err)
	}
	quick(repository.client)
	return repository
}

// pattern is content without repetition, so that no part of it is like another.
func pattern(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%d,", i)
	}
	return b.Bytes()[:n]
}

// fetch reads a blob as a careful caller does.
func fetch(repository *Repository, d oci.Descriptor, begin []byte) ([]byte, error) {
	body, err := repository.OpenContentAt(context.Background(), d, int64(len(begin)))
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(oci.NewVerifier(context.Background(), io.MultiReader(bytes.NewReader(begin), body), d))
}

const blobType = "application/x"

func TestREG01OnlyTheNamedBytesArrive(t *testing.T) {
	data := pattern(100_000)
	for name, c := range map[string]struct {
		lie evilreg.Lie
		ok  bool
	}{
		"honest":            {evilreg.NoRange(), true},
		"one byte less":     {evilreg.Change(func(b []byte) []byte { return b[:len(b)-1] }), false},
		"one byte more":     {evilreg.Change(func(b []byte) []byte { return append(bytes.Clone(b), 0) }), false},
		"one bit":           {evilreg.Change(func(b []byte) []byte { b = bytes.Clone(b); b[500] ^= 1; return b }), false},
		"another blob":      {evilreg.Change(func(b []byte) []byte { return bytes.Repeat([]byte{1}, len(b)) }), false},
		"nothing":           {evilreg.Change(func([]byte) []byte { return nil }), false},
		"part, not asked":   {evilreg.Answer(partial(data, 10)), false},
		"cut":               {evilreg.Times(1, evilreg.Cut(5000)), true},
		"cut four times":    {evilreg.Times(4, evilreg.Cut(5000)), true},
		"cut always":        {evilreg.Cut(0), false},
		"cut at the end":    {evilreg.Times(1, evilreg.Cut(len(data)-1)), true},
		"busy":              {evilreg.Times(2, evilreg.Busy(http.StatusServiceUnavailable, "")), true},
		"too often":         {evilreg.Times(2, evilreg.Busy(http.StatusTooManyRequests, "0")), true},
		"come in a year":    {evilreg.Busy(http.StatusTooManyRequests, "31536000"), false},
		"always busy":       {evilreg.Busy(http.StatusBadGateway, ""), false},
		"compressed":        {evilreg.SetHeader("Content-Encoding", "gzip"), true}, // the bytes decide
		"digest of another": {evilreg.SetHeader("Docker-Content-Digest", "sha256:"+strings.Repeat("a", 64)), true},
	} {
		r := evilreg.Start(t)
		d := r.Put("a", blobType, data)
		r.Tell(evilreg.When("GET", "/blobs/", c.lie))
		got, err := fetch(open(t, r, "a"), d, nil)
		if (err == nil) != c.ok || c.ok && !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// partial answers with data from an offset on, as a part.
func partial(data []byte, offset int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", offset, len(data)-1, len(data)))
		w.WriteHeader(http.StatusPartialContent)
		w.Write(data[offset:])
	}
}

// A connection that brings nothing any more counts as cut, after a while.
func TestREG01StalledConnectionIsLeft(t *testing.T) {
	data := pattern(100_000)
	r := evilreg.Start(t)
	d := r.Put("a", blobType, data)
	r.Tell(evilreg.When("GET", "/blobs/", evilreg.Times(2, evilreg.Stall(20_000))))
	repository := open(t, r, "a")
	repository.client.waits.stall = 50 * time.Millisecond
	if got, err := fetch(repository, d, nil); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	r.Tell(evilreg.When("GET", "/blobs/", evilreg.Stall(1)))
	if _, err := fetch(repository, d, nil); !errors.Is(err, errStalled) {
		t.Errorf("stalled for good: %v", err)
	}
}

// Whatever a registry answers to a request for the rest of a blob: the whole is right, or it is an error.
func TestREG01RestOfABlob(t *testing.T) {
	data := pattern(100_000)
	flip := func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 1; return b }
	for name, c := range map[string]struct {
		lie evilreg.Lie
		ok  bool
	}{
		"honest":               {evilreg.ShiftRange(0), true},
		"whole instead":        {evilreg.NoRange(), true},
		"not satisfiable":      {evilreg.OnRange(evilreg.Busy(http.StatusRequestedRangeNotSatisfiable, "")), true},
		"another range":        {evilreg.ShiftRange(7), true},
		"earlier range":        {evilreg.ShiftRange(-7), true},
		"no range named":       {evilreg.OnRange(evilreg.SetHeader("Content-Range", "")), true},
		"odd range":            {evilreg.OnRange(evilreg.SetHeader("Content-Range", "bytes 40000-1/2")), true},
		"range of more":        {evilreg.OnRange(evilreg.SetHeader("Content-Range", "bytes 40000-99999/999999")), true},
		"several parts":        {evilreg.OnRange(evilreg.SetHeader("Content-Range", "bytes */100000")), true},
		"other bytes":          {evilreg.OnRange(evilreg.Change(flip)), false},
		"other bytes in whole": {evilreg.Change(flip), false},
		"too few":              {evilreg.OnRange(evilreg.Change(func(b []byte) []byte { return b[:len(b)-1] })), false},
		"too many":             {evilreg.OnRange(evilreg.Change(func(b []byte) []byte { return append(bytes.Clone(b), 0) })), false},
		"the whole as rest":    {evilreg.OnRange(evilreg.Change(func([]byte) []byte { return data })), false},
		"whole, but short":     {evilreg.Change(func(b []byte) []byte { return data[:10] }), false},
		"whole, cut":           {evilreg.Times(3, evilreg.Alternate(evilreg.NoRange(), evilreg.Cut(30_000))), true},
		"gone":                 {evilreg.OnRange(evilreg.Busy(http.StatusNotFound, "")), false},
	} {
		r := evilreg.Start(t)
		d := r.Put("a", blobType, data)
		r.Tell(evilreg.When("GET", "/blobs/", c.lie))
		got, err := fetch(open(t, r, "a"), d, data[:40_000])
		if (err == nil) != c.ok || c.ok && !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func TestRestIsAskedForAndNotTheWhole(t *testing.T) {
	data := pattern(100_000)
	r := evilreg.Start(t)
	d := r.Put("a", blobType, data)
	r.Tell(evilreg.When("GET", "/blobs/", evilreg.Times(2, evilreg.Cut(30_000))))
	if got, err := fetch(open(t, r, "a"), d, nil); err != nil || !bytes.Equal(got, data) {
		t.Fatal(err)
	}
	var ranges []string
	for _, request := range r.Requests("GET", "/blobs/") {
		ranges = append(ranges, request.Range)
	}
	if want := []string{"", "bytes=30000-", "bytes=60000-"}; fmt.Sprint(ranges) != fmt.Sprint(want) {
		t.Errorf("asked for %q", ranges)
	}
}

func TestNothingIsLeftToFetch(t *testing.T) {
	data := pattern(1000)
	r := evilreg.Start(t)
	d := r.Put("a", blobType, data)
	repository := open(t, r, "a")
	if got, err := fetch(repository, d, data); err != nil || !bytes.Equal(got, data) || len(r.Requests("", "")) != 0 {
		t.Errorf("%v after %d requests", err, len(r.Requests("", "")))
	}
	for _, offset := range []int64{-1, 1001} {
		if _, err := repository.OpenContentAt(context.Background(), d, offset); err == nil {
			t.Errorf("began at byte %d", offset)
		}
	}
	nothing := r.Put("a", blobType, nil)
	if got, err := fetch(repository, nothing, nil); err != nil || len(got) != 0 {
		t.Errorf("empty blob: %v", err)
	}
}

// A body that has no length ends where the connection ends: that is no end before the last byte.
func TestREG01EndOfConnectionIsNotTheEndOfTheBlob(t *testing.T) {
	data := pattern(100_000)
	r := evilreg.Start(t)
	d := r.Put("a", blobType, data)
	r.Tell(evilreg.When("GET", "/blobs/", evilreg.Times(1, evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%s", data[:1000])
	}))))
	if got, err := fetch(open(t, r, "a"), d, nil); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	r := evilreg.Start(t)
	d := r.Put("a", blobType, pattern(100_000))
	r.Tell(evilreg.When("GET", "/blobs/", evilreg.Stall(10)))
	ctx, cancel := context.WithCancel(context.Background())
	body, err := open(t, r, "a").OpenContent(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if _, err := io.ReadFull(body, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(body); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// REG-04: what a manifest is called by the header, by its descriptor and by itself must be the same.
func TestREG04AnnouncedAsSomethingElse(t *testing.T) {
	types := []string{oci.MediaTypeManifest, oci.MediaTypeIndex, oci.DockerManifest}
	for _, header := range types {
		for _, descriptor := range types {
			for _, body := range types {
				r := evilreg.Start(t)
				document := fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,"config":{"mediaType":%q,"digest":"sha256:%064d","size":2},"layers":[{"mediaType":%q,"digest":"sha256:%064d","size":2}]}`,
					body, oci.MediaTypeConfig, 1, oci.MediaTypeLayer, 2)
				if body == oci.MediaTypeIndex {
					document = fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,"manifests":[]}`, body)
				}
				d := r.Put("a", descriptor, document)
				r.Tell(evilreg.When("GET", "/manifests/", evilreg.SetHeader("Content-Type", header)))
				got, err := fetch(open(t, r, "a"), d, nil)
				if err == nil && oci.IsIndex(descriptor) {
					_, err = oci.ParseIndex(got, descriptor)
				} else if err == nil {
					_, err = oci.ParseManifest(got, descriptor)
				}
				if want := header == descriptor && descriptor == body; (err == nil) != want {
					t.Errorf("header %s, descriptor %s, body %s: %v", header, descriptor, body, err)
				}
			}
		}
	}
}

// REG-05: two requests by tag may get two manifests; one by digest gets that one or nothing.
func TestREG05TagMovesBetweenRequests(t *testing.T) {
	r := evilreg.Start(t)
	first := r.Put("a", oci.MediaTypeManifest, []byte(`{"first":1}`))
	second := r.Put("a", oci.MediaTypeManifest, []byte(`{"second":2}`))
	moves := func(to oci.Descriptor) evilreg.Lie {
		return func(honest http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				r.Tag("a", "v1", to.Digest)
				honest.ServeHTTP(w, req)
			})
		}
	}
	r.Tell(evilreg.Alternate(moves(first), moves(second)))
	repository, ref := open(t, r, "a"), reference(t, r.Host+"/a:v1")
	for _, want := range []oci.Descriptor{first, second, first} {
		if d, _, err := repository.Resolve(context.Background(), ref); err != nil || d.Digest != want.Digest {
			t.Errorf("got %s, %v", d.Digest, err)
		}
	}
	for range 4 {
		if d, _, err := repository.Resolve(context.Background(), ref.WithDigest(first.Digest)); err != nil || d.Digest != first.Digest {
			t.Errorf("pinned: got %s, %v", d.Digest, err)
		}
	}
}

func TestREG13RegistryThatContradictsItself(t *testing.T) {
	r := evilreg.Start(t)
	d := r.Put("a", oci.MediaTypeManifest, []byte(`{}`))
	r.Tag("a", "v1", d.Digest)
	r.Tell(evilreg.SetHeader("Docker-Content-Digest", "sha256:"+strings.Repeat("a", 64)))
	if _, _, err := open(t, r, "a").Resolve(context.Background(), reference(t, r.Host+"/a:v1")); !errors.Is(err, oci.ErrMismatch) {
		t.Errorf("got %v", err)
	}
}

func TestDocumentIsFetchedAgainWhenCut(t *testing.T) {
	r := evilreg.Start(t)
	d := r.Put("a", oci.MediaTypeManifest, pattern(10_000))
	r.Tag("a", "v1", d.Digest)
	r.Tell(evilreg.Times(2, evilreg.Cut(100)))
	if got, _, err := open(t, r, "a").Resolve(context.Background(), reference(t, r.Host+"/a:v1")); err != nil || got.Digest != d.Digest {
		t.Errorf("%v", err)
	}
}

func TestNobodyThereIsSaidAtOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := listener.Addr().String()
	listener.Close()
	repository, err := Open(context.Background(), reference(t, host+"/a").Repository())
	if err != nil {
		t.Fatal(err)
	}
	repository.client.waits.pauses = []time.Duration{time.Hour}
	_, _, err = repository.Resolve(context.Background(), reference(t, host+"/a"))
	if err == nil || !strings.Contains(hint.Of(err), "escrin dev up") {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
}
