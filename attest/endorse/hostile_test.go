// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
)

// empty reports what a cache holds, in which nothing may be.
func (w *world) empty(f *Fetcher) {
	w.t.Helper()
	for _, d := range []directory{f.cache.entries, f.cache.editions} {
		files, err := d.files()
		if err != nil {
			w.t.Error(err)
		}
		for _, file := range files {
			w.t.Errorf("%s/%s was kept", filepath.Base(d.path), file.Name())
		}
	}
}

// edit changes the honest answer before it is sent.
type edit func(w *world, h http.Header, body []byte) []byte

func swap(old, new string) edit {
	return func(w *world, _ http.Header, body []byte) []byte {
		if !bytes.Contains(body, []byte(old)) {
			w.t.Errorf("%s is not in the answer", old)
		}
		return bytes.Replace(body, []byte(old), []byte(new), 1)
	}
}

func setHeader(name string, values ...string) edit {
	return func(_ *world, h http.Header, body []byte) []byte {
		h[name] = values
		return body
	}
}

// chain changes the certificates in a header.
func chain(name string, change func(w *world, pem string) string) edit {
	return func(w *world, h http.Header, body []byte) []byte {
		pem, err := url.QueryUnescape(h.Get(name))
		if err != nil || pem == "" {
			w.t.Errorf("%s is %q, %v", name, h.Get(name), err)
		}
		h.Set(name, url.QueryEscape(change(w, pem)))
		return body
	}
}

const tcbChain = "Tcb-Info-Issuer-Chain"

func flipped(from int) edit {
	return func(_ *world, _ http.Header, body []byte) []byte {
		body[(from+len(body))%len(body)] ^= 1
		return body
	}
}

// Answers that are not what was asked for, or not from whom, leave nothing behind.
func TestAT05AnswersThatDoNotVerifyAreNotKept(t *testing.T) {
	for name, c := range map[string]struct {
		item func(w *world) Item
		edit edit
	}{
		"number raised":           {(*world).tcb, swap(`"tcbEvaluationDataNumber":18`, `"tcbEvaluationDataNumber":19`)},
		"date changed":            {(*world).tcb, swap(`"issueDate":"2026`, `"issueDate":"2025`)},
		"white space inside":      {(*world).tcb, swap(`{"id":"TDX"`, `{ "id":"TDX"`)},
		"signature changed":       {(*world).tcb, flipped(-5)},
		"signature cut":           {(*world).tcb, swap(`"signature":"`, `"signature":"00`)},
		"no signature":            {(*world).tcb, swap(`"signature"`, `"Signature"`)},
		"document twice":          {(*world).tcb, swap(`{"tcbInfo":`, `{"tcbInfo":{},"tcbInfo":`)},
		"more in the envelope":    {(*world).tcb, swap(`{"tcbInfo":`, `{"more":1,"tcbInfo":`)},
		"more after the envelope": {(*world).tcb, func(_ *world, _ http.Header, b []byte) []byte { return append(b, "{}"...) }},
		"nothing":                 {(*world).tcb, func(*world, http.Header, []byte) []byte { return nil }},
		"not JSON":                {(*world).tcb, func(*world, http.Header, []byte) []byte { return []byte("<html>") }},
		"too large":               {(*world).tcb, func(*world, http.Header, []byte) []byte { return bytes.Repeat([]byte(" "), 128<<10+1) }},
		"compressed":              {(*world).tcb, setHeader("Content-Encoding", "br")},
		"no issuers":              {(*world).tcb, setHeader(tcbChain)},
		"issuers twice":           {(*world).tcb, func(_ *world, h http.Header, b []byte) []byte { h.Add(tcbChain, h.Get(tcbChain)); return b }},
		"issuers are no encoding": {(*world).tcb, setHeader(tcbChain, "%zz")},
		"issuers are no PEM":      {(*world).tcb, setHeader(tcbChain, "certificate")},
		"issuers too large":       {(*world).tcb, setHeader(tcbChain, strings.Repeat("A", maxChainHeader+1))},
		"signer alone":            {(*world).tcb, chain(tcbChain, func(_ *world, pem string) string { return pem[:len(pem)/2] })},
		"root first":              {(*world).tcb, chain(tcbChain, upsideDown)},
		"three issuers":           {(*world).tcb, chain(tcbChain, func(w *world, pem string) string { return pem + string(w.intel.RootPEM()) })},
		"platform CA as signer":   {(*world).tcb, chain(tcbChain, func(w *world, _ string) string { return w.platformChain() })},
		"text between issuers":    {(*world).tcb, chain(tcbChain, func(w *world, pem string) string { return strings.Replace(pem, "-----\n-----", "-----\nx\n-----", 1) })},
		"foreign root":            {(*world).tcb, chain(tcbChain, foreignRoot)},
		"QE identity instead": {(*world).tcb, func(w *world, h http.Header, _ []byte) []byte {
			return w.instead(h, "/tdx/certification/v4/qe/identity")
		}},
		"TCB info instead":         {func(*world) Item { return QEIdentity(TDX) }, func(w *world, h http.Header, _ []byte) []byte { return w.instead(h, tcbPath+"?fmspc=90c06f000000") }},
		"SGX asked, TDX given":     {func(w *world) Item { return TCBInfo(SGX, w.intel.FMSPC()) }, func(w *world, h http.Header, _ []byte) []byte { return w.instead(h, tcbPath+"?fmspc=90c06f000000") }},
		"another family":           {func(*world) Item { return TCBInfo(TDX, [6]byte{1}) }, func(w *world, h http.Header, _ []byte) []byte { return w.instead(h, tcbPath+"?fmspc=90c06f000000") }},
		"list changed":             {func(*world) Item { return PCKCRL(PlatformCA) }, flipped(-1)},
		"list with bytes after it": {func(*world) Item { return PCKCRL(PlatformCA) }, func(_ *world, _ http.Header, b []byte) []byte { return append(b, 0) }},
		"list of the root":         {func(*world) Item { return PCKCRL(PlatformCA) }, func(w *world, h http.Header, _ []byte) []byte { return w.instead(http.Header{}, rootPath) }},
		"platform for processor": {func(*world) Item { return PCKCRL(ProcessorCA) }, func(w *world, h http.Header, _ []byte) []byte {
			return w.instead(h, "/sgx/certification/v4/pckcrl?ca=platform")
		}},
		"root list changed":   {func(*world) Item { return RootCRL() }, flipped(40)},
		"root list as digits": {func(*world) Item { return RootCRL() }, func(_ *world, _ http.Header, b []byte) []byte { return []byte(fmt.Sprintf("%xz", b)) }},
		"root list of platform CA": {func(*world) Item { return RootCRL() }, func(w *world, _ http.Header, _ []byte) []byte {
			return w.instead(http.Header{}, "/sgx/certification/v4/pckcrl?ca=platform")
		}},
		"AMD list changed":       {(*world).amdList, flipped(-1)},
		"AMD list of Intel":      {(*world).amdList, func(w *world, _ http.Header, _ []byte) []byte { return w.instead(http.Header{}, rootPath) }},
		"AMD chain upside down":  {(*world).amdChain, func(w *world, _ http.Header, b []byte) []byte { return []byte(upsideDown(w, string(b))) }},
		"AMD chain without root": {(*world).amdChain, func(_ *world, _ http.Header, b []byte) []byte { return b[:bytes.Index(b, []byte("-----END"))+26] }},
		"AMD chain changed":      {(*world).amdChain, flipped(200)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.serve(func(_ *http.Request, honest *httptest.ResponseRecorder, rw http.ResponseWriter) {
				honest.Code = http.StatusOK
				body := c.edit(w, honest.Header(), honest.Body.Bytes())
				honest.Body = bytes.NewBuffer(body)
				pass(rw, honest)
			})
			f := w.fetcher(t.TempDir())
			for range 2 {
				if e, err := f.Get(context.Background(), c.item(w)); !errors.Is(err, ErrUnverified) {
					t.Errorf("error is %v, answer %d bytes", err, len(e.Body))
				}
			}
			if n := w.total(); n != 1 {
				t.Errorf("%d requests: %v", n, w.requests())
			}
			w.empty(f)
		})
	}
}

func (w *world) amdList() Item  { return AMDCRL(w.amd.Chip().Product, w.amd.Chip().Signer) }
func (w *world) amdChain() Item { return AMDChain(w.amd.Chip().Product, w.amd.Chip().Signer) }

func upsideDown(w *world, pem string) string {
	certs, err := decodePEM([]byte(pem))
	if err != nil {
		w.t.Error(err)
	}
	return string(pki.EncodePEM(certs[1], certs[0]))
}

func (w *world) platformChain() string {
	certs, err := pki.ParsePEM(w.quote.PCKChain, 3)
	if err != nil {
		w.t.Error(err)
	}
	return string(pki.EncodePEM(certs[1], certs[2]))
}

// foreignRoot replaces the root by another of the same name.
func foreignRoot(w *world, pem string) string {
	other, err := simulator.OpenAt(w.t.TempDir(), w.clock.Now)
	if err != nil {
		w.t.Error(err)
	}
	certs, err := decodePEM([]byte(pem))
	if err != nil {
		w.t.Error(err)
	}
	return string(pki.EncodePEM(certs[0])) + string(other.RootPEM())
}

// instead answers another question.
func (w *world) instead(h http.Header, target string) []byte {
	recorder := httptest.NewRecorder()
	w.services.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, target, nil))
	chain := ""
	for name, values := range recorder.Header() {
		if strings.HasSuffix(name, "Chain") {
			chain = values[0]
		}
	}
	h.Set("Content-Type", recorder.Header().Get("Content-Type"))
	for _, name := range []string{"TCB-Info-Issuer-Chain", "SGX-Enclave-Identity-Issuer-Chain", "SGX-PCK-CRL-Issuer-Chain"} {
		h.Set(name, chain)
	}
	return recorder.Body.Bytes()
}

// Certificates of another vendor, though it has the right name, and of no vendor.
func TestAT05RootsThatAreNotTrusted(t *testing.T) {
	w := newWorld(t)
	other, err := simulator.OpenAt(t.TempDir(), w.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	w.roots = other.RootPEM()
	f := w.fetcher(t.TempDir())
	for _, i := range []Item{w.tcb(), QEIdentity(TDX), PCKCRL(PlatformCA), RootCRL(), w.amdList(), w.amdChain(), {}} {
		if _, err := f.Get(context.Background(), i); !errors.Is(err, ErrUnverified) {
			t.Errorf("%v: error is %v", i, err)
		}
	}
	if _, err := f.TDX(context.Background(), w.quote, 0); !errors.Is(err, ErrUnverified) {
		t.Errorf("error is %v", err)
	}
	w.empty(f)
}

// Only what passes is tried again, and as politely as it is asked for.
func TestStatuses(t *testing.T) {
	for name, c := range map[string]struct {
		status   int
		after    string
		want     error
		requests int
		takes    time.Duration
	}{
		"not found":        {404, "", ErrNotFound, 1, 0},
		"gone":             {410, "", ErrNotFound, 1, 0},
		"bad request":      {400, "", ErrUnverified, 1, 0},
		"unauthorised":     {401, "", ErrUnverified, 1, 0},
		"partial":          {206, "", ErrUnverified, 1, 0},
		"no content":       {204, "", ErrUnverified, 1, 0},
		"server error":     {500, "", ErrUnavailable, 3, 6 * time.Second}, // 2 and 4
		"bad gateway":      {502, "", ErrUnavailable, 3, 6 * time.Second},
		"too many":         {429, "", ErrUnavailable, 3, 6 * time.Second},
		"too many, 35 s":   {429, "35", ErrUnavailable, 3, 70 * time.Second},
		"too many, date":   {429, start.Add(40 * time.Second).Format(http.TimeFormat), ErrUnavailable, 3, 44 * time.Second},
		"too many, past":   {429, start.Add(-time.Hour).Format(http.TimeFormat), ErrUnavailable, 3, 6 * time.Second},
		"too many, a year": {429, "31536000", ErrUnavailable, 1, 0},
		"too many, words":  {429, "soon", ErrUnavailable, 3, 6 * time.Second},
		"too many, below":  {429, "-5", ErrUnavailable, 3, 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.answer(func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) {
				rw.Header().Set("Content-Type", "application/json")
				rw.Header().Set("Retry-After", c.after)
				rw.WriteHeader(c.status)
			})
			f := w.fetcher(t.TempDir())
			_, err := f.Get(context.Background(), w.tcb())
			if !errors.Is(err, c.want) || w.total() != c.requests || w.clock.Now().Sub(start) != c.takes {
				t.Errorf("error is %v after %d requests and %v", err, w.total(), w.clock.Now().Sub(start))
			}
			w.empty(f)
		})
	}
}

// A service that asked to be left alone is, also by other processes.
func TestRetryAfterHoldsForAll(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	w.answer(func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) {
		rw.Header().Set("Retry-After", "600")
		rw.WriteHeader(http.StatusTooManyRequests)
	})
	for _, i := range []Item{w.tcb(), QEIdentity(TDX)} {
		if _, err := w.fetcher(dir).Get(context.Background(), i); !errors.Is(err, ErrUnavailable) {
			t.Errorf("error is %v", err)
		}
	}
	if w.total() != 1 {
		t.Errorf("%v", w.requests())
	}
	w.answer(nil)
	get(t, w.fetcher(dir), w.amdList()) // the other vendor is not meant
	w.clock.pass(10 * time.Minute)
	get(t, w.fetcher(dir), w.tcb())
}

func TestRedirects(t *testing.T) {
	w := newWorld(t)
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed to another host") }))
	defer stranger.Close()
	f := w.fetcher(t.TempDir())
	for name, to := range map[string]string{"another port": stranger.URL, "a loop": w.url + tcbPath, "another scheme": "https://" + strings.TrimPrefix(w.url, "http://")} {
		w.answer(func(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
			http.Redirect(rw, r, to, http.StatusFound)
		})
		if _, err := f.Get(context.Background(), w.tcb()); !errors.Is(err, ErrUnverified) {
			t.Errorf("%s: error is %v", name, err)
		}
		w.clock.pass(quiet)
	}
	w.empty(f)
	w.answer(func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
		if r.URL.Path == "/moved" {
			r.URL.Path = tcbPath
			honest.ServeHTTP(rw, r)
			return
		}
		http.Redirect(rw, r, "/moved?"+r.URL.RawQuery, http.StatusMovedPermanently)
	})
	get(t, f, w.tcb())
}

func TestAnswersThatAreCutOrSlow(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	w.serve(func(_ *http.Request, honest *httptest.ResponseRecorder, rw http.ResponseWriter) {
		rw.Header().Set("Content-Length", fmt.Sprint(honest.Body.Len()))
		honest.Body.Truncate(honest.Body.Len() - 1)
		pass(rw, honest)
	})
	if _, err := f.Get(context.Background(), w.tcb()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("cut: error is %v", err)
	}
	w.answer(func(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = rw.Write([]byte(`{"tcbInfo":`))
		_ = http.NewResponseController(rw).Flush()
		<-r.Context().Done()
	})
	w.clock.pass(quiet)
	w.clock.slow = true
	if _, err := f.Get(context.Background(), w.tcb()); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "no answer within 30s") {
		t.Errorf("slow: error is %v", err)
	}
	w.empty(f)
}

// Nobody is there, or nobody who speaks HTTP.
func TestNoService(t *testing.T) {
	w := newWorld(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	f := w.fetcher(t.TempDir())
	f.config.URLs.Intel = closed.URL
	if _, err := f.Get(context.Background(), w.tcb()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Get(ctx, QEIdentity(TDX)); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestNewIsStrict(t *testing.T) {
	w := newWorld(t)
	good := w.fetcher(t.TempDir()).config
	open := filepath.Join(t.TempDir(), "open")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777)); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(c *Config){
		"no transport":       func(c *Config) { c.Transport = nil },
		"no clock":           func(c *Config) { c.Clock = nil },
		"no jitter":          func(c *Config) { c.Jitter = nil },
		"no directory":       func(c *Config) { c.Directory = "" },
		"open directory":     func(c *Config) { c.Directory = open },
		"no address":         func(c *Config) { c.URLs = URLs{} },
		"address is a path":  func(c *Config) { c.URLs.AMD = "/vcek" },
		"address of a file":  func(c *Config) { c.URLs.Intel = "file:///etc/passwd" },
		"address with slash": func(c *Config) { c.URLs.Intel = "https://host/" },
		"address with query": func(c *Config) { c.URLs.Intel = "https://host?a=b" },
		"address with user":  func(c *Config) { c.URLs.Intel = "https://a:b@host" },
	} {
		c := good
		spoil(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := VendorURLs().check(); err != nil {
		t.Error(err)
	}
}

// The certificate of a chip is of this chip, with this firmware, under its root.
func TestAT06CertificatesOfOtherChips(t *testing.T) {
	w := newWorld(t)
	about := w.amd.Chip()
	mine, err := VCEK(about.Product, about.HWID, about.TCB)
	if err != nil {
		t.Fatal(err)
	}
	certificate := func(p *simulator.SNPPlatform) []byte {
		_, encoded, err := p.Start(attest.Register{}).Report([64]byte{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := kds.ParseBundle(encoded)
		if err != nil {
			t.Fatal(err)
		}
		return b.VEK
	}
	good := certificate(w.amd)
	other, err := w.amd.Another("other")
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := w.amd.WithVLEK()
	if err != nil {
		t.Fatal(err)
	}
	forged := func(f simulator.SNPFlaws) []byte {
		_, encoded, err := w.amd.Start(attest.Register{}).ReportWith([64]byte{}, f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := kds.ParseBundle(encoded)
		if err != nil {
			t.Fatal(err)
		}
		return b.VEK
	}
	for name, der := range map[string][]byte{
		"another chip":     certificate(other),
		"a cloud provider": certificate(cloud),
		"older firmware":   forged(simulator.SNPFlaws{Chip: func(c *kds.Chip) { c.TCB.SNP-- }}),
		"newer firmware":   forged(simulator.SNPFlaws{Chip: func(c *kds.Chip) { c.TCB.FMC++ }}),
		"changed":          append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1),
		"longer":           append(bytes.Clone(good), 0),
		"cut":              good[:len(good)-1],
		"in PEM":           w.amd.RootPEM(),
	} {
		w.serve(func(r *http.Request, honest *httptest.ResponseRecorder, rw http.ResponseWriter) {
			if strings.HasPrefix("/"+mine.String(), r.URL.Path) {
				honest.Body = bytes.NewBuffer(der)
			}
			pass(rw, honest)
		})
		f := w.fetcher(t.TempDir())
		if _, err := f.Get(context.Background(), mine); !errors.Is(err, ErrUnverified) {
			t.Errorf("%s: error is %v", name, err)
		}
		if files, err := f.cache.entries.files(); err != nil || len(files) != 1 { // the chain
			t.Errorf("%s: %d files, %v", name, len(files), err)
		}
	}
	w.answer(nil)
	get(t, w.fetcher(t.TempDir()), mine)
	for name, i := range map[string]func() (Item, error){
		"short id":        func() (Item, error) { return VCEK(kds.Turin, make([]byte, 7), kds.TCB{}) },
		"long id":         func() (Item, error) { return VCEK(kds.Turin, make([]byte, 64), kds.TCB{}) },
		"unknown product": func() (Item, error) { return VCEK("Rome", nil, kds.TCB{}) },
		"FMC of Genoa":    func() (Item, error) { return VCEK(kds.Genoa, make([]byte, 64), kds.TCB{FMC: 1}) },
	} {
		if _, err := i(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
