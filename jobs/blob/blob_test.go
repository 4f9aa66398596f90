// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/jobs/api"
)

func newStore(t testing.TB, max int64) (*Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := OpenStore(dir, max)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

func serve(t testing.TB, s *Store) (*Client, string) {
	t.Helper()
	mux := http.NewServeMux()
	s.Register(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return NewClient(server.URL), server.URL
}

func TestPutAndGet(t *testing.T) {
	s, _ := newStore(t, 100)
	c, _ := serve(t, s)
	for range 2 {
		d, err := c.Put(t.Context(), []byte("sealed"))
		if err != nil || d != Of([]byte("sealed")) {
			t.Fatalf("put: %s, %v", d, err)
		}
	}
	got, err := c.Get(t.Context(), Of([]byte("sealed")), 100)
	if err != nil || string(got) != "sealed" {
		t.Errorf("get: %q, %v", got, err)
	}
	if _, err := c.Get(t.Context(), Of(nil), 100); !errors.Is(err, ErrNotFound) {
		t.Errorf("a blob nobody stored: %v", err)
	}
}

func TestEvidence(t *testing.T) {
	s, _ := newStore(t, 100)
	c, _ := serve(t, s)
	digest, err := s.PutEvidence([]byte("evidence"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Evidence(t.Context(), digest, 100)
	if err != nil || string(got) != "evidence" {
		t.Errorf("evidence: %q, %v", got, err)
	}
	if _, err := c.Evidence(t.Context(), [32]byte{1}, 100); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown evidence: %v", err)
	}
}

// TestJS05EvidenceThatIsBrought: under its own digest, of a size that evidence may have, and nothing else than evidence: whoever wants to
// fill a disk has to write evidence.
func TestJS05EvidenceThatIsBrought(t *testing.T) {
	s, dir := newStore(t, 1<<20)
	c, base := serve(t, s)
	e := attest.Evidence{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, Signed: []byte("quote"), Collateral: []byte("collateral"),
		ChannelKey: make([]byte, attest.ChannelKeySize)}
	evidence, err := e.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	long := string(make([]byte, attest.MaxEvidenceSize+1))
	for name, wrong := range map[string]struct {
		digest [32]byte
		body   io.Reader
		status int
	}{
		"another digest":           {keccak([]byte("a")), bytes.NewReader(evidence), http.StatusUnprocessableEntity},
		"too long":                 {keccak([]byte(long)), strings.NewReader(long), http.StatusRequestEntityTooLarge},
		"too long, without saying": {keccak([]byte(long)), io.MultiReader(strings.NewReader(long)), http.StatusRequestEntityTooLarge},
		"anything":                 {keccak([]byte("anything")), strings.NewReader("anything"), http.StatusBadRequest},
		"and something":            {keccak(append(evidence, 0)), bytes.NewReader(append(evidence, 0)), http.StatusBadRequest},
		"nothing":                  {keccak(nil), strings.NewReader(""), http.StatusBadRequest},
	} {
		req, err := http.NewRequest(http.MethodPut, base+evidenceRoute(wrong.digest), wrong.body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != wrong.status {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
	if left, err := filepath.Glob(dir + "/*/*"); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for range 2 {
		if err := c.PutEvidence(t.Context(), evidence); err != nil {
			t.Error(err)
		}
	}
	if got, err := c.Evidence(t.Context(), e.Digest(), attest.MaxEvidenceSize); err != nil || !bytes.Equal(got, evidence) {
		t.Errorf("evidence: %d bytes, %v", len(got), err)
	}
}

// TestJS05SizeAtTheLimit: the limit itself passes, one byte more does not, with or without a declared length.
func TestJS05SizeAtTheLimit(t *testing.T) {
	s, _ := newStore(t, 1000)
	c, base := serve(t, s)
	if _, err := c.Put(t.Context(), make([]byte, 1000)); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := c.Put(t.Context(), make([]byte, 1001)); err == nil || !strings.Contains(err.Error(), "limit of 1000 bytes") {
		t.Errorf("over the limit: %v", err)
	}
	big := make([]byte, 1001)
	req, err := http.NewRequest(http.MethodPut, base+"/v1/blobs/"+Of(big).String(), io.MultiReader(bytes.NewReader(big)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("over the limit without a length: %s", resp.Status)
	}
	if _, err := c.Get(t.Context(), Of(make([]byte, 1000)), 999); err == nil {
		t.Error("the client took more than it asked for")
	}
}

// TestJS05BlobsTakeNoMemory: neither who brings a large one nor who fetches it has the service hold it.
func TestJS05BlobsTakeNoMemory(t *testing.T) {
	const size, most = 64 << 20, 4 << 20
	s, _ := newStore(t, size)
	_, base := serve(t, s)
	zeros := func() io.Reader { return io.LimitReader(zero{}, size) }
	sum := sha256.New()
	if _, err := io.Copy(sum, zeros()); err != nil {
		t.Fatal(err)
	}
	url := base + "/v1/blobs/" + Digest(sum.Sum(nil)).String()
	for _, method := range []string{http.MethodPut, http.MethodPut, http.MethodGet} {
		before := allocated()
		req, err := http.NewRequest(method, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPut {
			req.Body, req.ContentLength = io.NopCloser(zeros()), size
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if taken := allocated() - before; err != nil || taken > most {
			t.Errorf("%s: %d bytes were allocated, %v", method, taken, err)
		}
		if method == http.MethodGet && (n != size || resp.ContentLength != size) || resp.StatusCode/100 != 2 {
			t.Errorf("%s: %s, %d bytes of %d", method, resp.Status, n, resp.ContentLength)
		}
	}
}

// zero has no end.
type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// allocated is what this process ever took of its memory, in bytes.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestWhatWasNotReceivedWholeGoes: a process that is killed leaves no more behind than the next one removes.
func TestWhatWasNotReceivedWholeGoes(t *testing.T) {
	s, dir := newStore(t, 100)
	if err := s.receive(partialPath(), Of([]byte("cut")), strings.NewReader("cut")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s, err := OpenStore(dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if left, err := filepath.Glob(dir + "/*/*"); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestJS02DigestsAreNotPaths offers names that would leave the store if they were paths.
func TestJS02DigestsAreNotPaths(t *testing.T) {
	hex := strings.Repeat("a", 64)
	for _, name := range []string{
		"", "sha256:", "sha256:" + hex[1:], "sha256:" + hex + "a", "SHA256:" + hex, "sha256:" + strings.ToUpper(hex),
		"sha512:" + hex, "sha256:../../../../etc/passwd", "sha256:" + hex[:61] + "/..", "sha256:" + hex + "\n",
		"sha256:" + hex[:63] + "\x00", hex, "..", "/etc/passwd", "sha256:" + strings.Repeat("é", 32),
	} {
		if _, err := ParseDigest(name); err == nil {
			t.Errorf("%q: accepted", name)
		}
	}
	s, _ := newStore(t, 100)
	_, base := serve(t, s)
	for _, path := range []string{"/v1/blobs/..%2f..%2fetc%2fpasswd", "/v1/blobs/sha256:" + hex + "%00",
		"/v1/evidence/0x..%2f", "/v1/evidence/" + hex} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

func TestPutRefusesOtherBytes(t *testing.T) {
	s, dir := newStore(t, 100)
	if _, err := s.Put(Of([]byte("a")), strings.NewReader("b")); !errors.Is(err, ErrMismatch) {
		t.Errorf("put: %v", err)
	}
	left, err := filepath.Glob(dir + "/*/*")
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestJS09TamperedBlobIsNotServed changes a blob on disk: the store refuses it, and takes the right bytes again.
func TestJS09TamperedBlobIsNotServed(t *testing.T) {
	s, dir := newStore(t, 100)
	c, _ := serve(t, s)
	d, err := c.Put(t.Context(), []byte("sealed"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, blobPath(d))
	for _, damaged := range []string{"sealeD", "", "sealed and more", strings.Repeat("a", 200)} {
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Get(t.Context(), d, 100); err == nil {
			t.Errorf("%.10q: served as %q", damaged, got)
		}
		if _, err := c.Put(t.Context(), []byte("sealed")); err != nil {
			t.Errorf("%.10q: cannot be mended: %v", damaged, err)
		}
		if _, err := c.Get(t.Context(), d, 100); err != nil {
			t.Errorf("%.10q: was not mended: %v", damaged, err)
		}
	}
}

// TestClientChecksALyingStore gives the client bytes of another digest.
func TestClientChecksALyingStore(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("lie")) }))
	defer server.Close()
	c := NewClient(server.URL)
	if _, err := c.Get(t.Context(), Of([]byte("truth")), 100); !errors.Is(err, ErrMismatch) {
		t.Errorf("blob: %v", err)
	}
	if _, err := c.Evidence(t.Context(), [32]byte{1}, 100); !errors.Is(err, ErrMismatch) {
		t.Errorf("evidence: %v", err)
	}
}

func TestManyWritersOfOneBlob(t *testing.T) {
	s, _ := newStore(t, 1<<20)
	b := bytes.Repeat([]byte("x"), 1<<20)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := s.Put(Of(b), bytes.NewReader(b)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, err := s.Get(Of(b)); err != nil || !bytes.Equal(got, b) {
		t.Errorf("get: %d bytes, %v", len(got), err)
	}
}

func FuzzParseDigest(f *testing.F) {
	f.Add(Of(nil).String())
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDigest(s); err == nil && d.String() != s {
			t.Errorf("%q is read as %s", s, d)
		}
	})
}

// TestClientsAreNotLedElsewhere: who answers for a job service does not choose where what is brought to it goes, nor what is asked.
func TestClientsAreNotLedElsewhere(t *testing.T) {
	victim := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("asked: %s %s", r.Method, r.URL)
	}))
	defer victim.Close()
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := httptest.NewServer(http.RedirectHandler(victim.URL+"/latest/meta-data", status))
		defer server.Close()
		c, ctx := NewClient(server.URL), t.Context()
		_, put := c.Put(ctx, []byte("b"))
		_, get := c.Get(ctx, Digest{}, 100)
		_, evidence := c.Evidence(ctx, [32]byte{}, 100)
		_, instance := api.NewClient(server.URL).Instance(ctx)
		for name, err := range map[string]error{"put": put, "put evidence": c.PutEvidence(ctx, []byte("b")), "get": get, "evidence": evidence, "instance": instance} {
			if err == nil || errors.Is(err, ErrRefused) {
				t.Errorf("%s, %d: %v", name, status, err)
			}
		}
	}
}
