// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// Older collateral that verifies is refused, whoever offers it, also after a
// restart, and when all that is left is the memory of its number.
func TestAT05CollateralDoesNotGoBack(t *testing.T) {
	for name, c := range map[string]struct {
		item  func(w *world) Item
		fault simulator.Fault
	}{
		"TCB info before a recovery":    {(*world).tcb, simulator.Fault{Undone: 1}},
		"QE identity before a recovery": {func(*world) Item { return QEIdentity(TDX) }, simulator.Fault{Undone: 1}},
		"TCB info of last week":         {(*world).tcb, simulator.Fault{Age: 7 * 24 * time.Hour}},
		"root list of last week":        {func(*world) Item { return RootCRL() }, simulator.Fault{Age: 7 * 24 * time.Hour}},
		"PCK list of last week":         {func(*world) Item { return PCKCRL(PlatformCA) }, simulator.Fault{Age: 7 * 24 * time.Hour}},
		"AMD list of last week":         {(*world).amdList, simulator.Fault{Age: 7 * 24 * time.Hour}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.clock.pass(100 * 24 * time.Hour) // past the start of the certificates
			w.intel.Vendor().Recover()
			dir := t.TempDir()
			first := get(t, w.fetcher(dir), c.item(w))

			w.services.Break(c.fault)
			w.clock.pass(maxAge)
			kept := get(t, w.fetcher(dir), c.item(w))
			if !bytes.Equal(kept.Body, first.Body) {
				t.Error("an older answer took the place of a newer one")
			}
			f := w.fetcher(dir)
			if err := os.RemoveAll(f.cache.entries.path); err != nil {
				t.Fatal(err)
			}
			f = w.fetcher(dir)
			_, err := f.Get(context.Background(), c.item(w))
			if !errors.Is(err, ErrOlder) || !strings.Contains(err.Error(), "seen was number") {
				t.Errorf("error is %v", err)
			}
			w.services.Break(simulator.Fault{})
			w.clock.pass(quiet)
			if e := get(t, f, c.item(w)); older(e.Edition, first.Edition) {
				t.Error("older")
			}
		})
	}
}

// An entry of the cache that was newest once, put back.
func TestAT05CacheDoesNotGoBack(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	f := w.fetcher(dir)
	get(t, f, w.tcb())
	old, err := os.ReadFile(f.cache.entries.name(w.tcb().String()))
	if err != nil {
		t.Fatal(err)
	}
	w.intel.Vendor().Recover()
	w.clock.pass(maxAge)
	newer := get(t, f, w.tcb())
	if newer.EvaluationNumber() != simulator.EvaluationNumber+1 {
		t.Fatalf("number %d", newer.EvaluationNumber())
	}
	if err := os.WriteFile(f.cache.entries.name(w.tcb().String()), old, fileMode); err != nil {
		t.Fatal(err)
	}
	w.services.Break(simulator.Fault{Status: http.StatusServiceUnavailable})
	if e, err := w.fetcher(dir).Get(context.Background(), w.tcb()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("number %d, error %v", e.EvaluationNumber(), err)
	}
}

// Of the same number, one that was issued a little earlier is no step back, but
// does not take the newer one's place.
func TestAnswersFromServersThatDiffer(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	w.clock.pass(30 * 24 * time.Hour)
	first := get(t, w.fetcher(dir), w.tcb())
	w.clock.pass(maxAge)
	w.services.Break(simulator.Fault{Age: 20 * time.Hour})
	again := get(t, w.fetcher(dir), w.tcb())
	if !again.Edition.Issued.Equal(first.Edition.Issued) || !again.Fetched.After(first.Fetched) || w.total() != 2 {
		t.Errorf("issued %v, fetched %v", again.Edition.Issued, again.Fetched)
	}
	get(t, w.fetcher(dir), w.tcb())
	if w.total() != 2 {
		t.Error("asked again at once")
	}
}

// Who needs a TCB recovery at once demands its number.
func TestTCBEvaluationNumberIsDemanded(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	current := get(t, f, w.tcb()).EvaluationNumber()
	get(t, f, w.tcb().AtLeast(current))
	if w.total() != 1 {
		t.Errorf("%v", w.requests())
	}
	if _, err := f.Get(context.Background(), w.tcb().AtLeast(current+1)); !errors.Is(err, ErrNotFound) {
		t.Errorf("error is %v", err)
	}
	get(t, f, w.tcb()) // others are content with it
	// Intel gives the old number to who does not ask by name.
	w.intel.Vendor().Recover()
	w.answer(func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
		switch r.URL.Query().Get("tcbEvaluationDataNumber") {
		case "":
			w.services.Break(simulator.Fault{Undone: 1})
		case fmt.Sprint(current + 1):
			w.services.Break(simulator.Fault{})
		default:
			w.services.Break(simulator.Fault{Status: http.StatusNotFound})
		}
		honest.ServeHTTP(rw, r)
	})
	w.clock.pass(quiet)
	if e := get(t, f, w.tcb().AtLeast(current+1)); e.EvaluationNumber() != current+1 {
		t.Errorf("number %d", e.EvaluationNumber())
	}
	if e := get(t, f, w.tcb()); e.EvaluationNumber() != current+1 {
		t.Errorf("number %d", e.EvaluationNumber())
	}
	// From then on it is asked for by name, so that nothing goes back.
	w.clock.pass(maxAge)
	if e := get(t, f, w.tcb()); e.EvaluationNumber() != current+1 || !e.Fetched.Equal(w.clock.Now()) {
		t.Errorf("number %d, fetched %v", e.EvaluationNumber(), e.Fetched)
	}
	if _, err := f.TDX(context.Background(), w.quote, current+2); !errors.Is(err, ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

// Whatever is in the files, nothing comes out of the cache but what the vendors
// signed; what is spoiled is fetched anew.
func TestPoisonedCache(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	f := w.fetcher(dir)
	want := get(t, f, w.tcb())
	identity := get(t, f, QEIdentity(TDX))
	path := f.cache.entries.name(w.tcb().String())
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(f.cache.entries.name(identity.Item.String()))
	if err != nil {
		t.Fatal(err)
	}
	forged := func(r record) []byte { // with a digest that is right
		scratch, err := openCache(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := scratch.write(w.tcb(), r); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(scratch.entries.name(w.tcb().String()))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	cases := map[string][]byte{
		"empty": {}, "cut": good[:len(good)-1], "longer": append(bytes.Clone(good), 0), "of another item": other, "huge": make([]byte, maxFile+2),
		"another document": forged(record{want.Fetched, want.Issuers, bytes.Replace(want.Body, []byte("UpToDate"), []byte("UptoDate"), 1)}),
		"other issuers":    forged(record{want.Fetched, w.intel.RootPEM(), want.Body}),
		"no body":          forged(record{want.Fetched, want.Issuers, nil}),
		"another kind":     forged(record{want.Fetched, identity.Issuers, identity.Body}),
	}
	for i := range good {
		if i >= 64 && i%97 != 0 { // the head, and some of the rest
			continue
		}
		data := bytes.Clone(good)
		data[i] ^= 0x40
		cases[fmt.Sprintf("byte %d", i)] = data
	}
	for name, data := range cases {
		if err := os.WriteFile(path, data, fileMode); err != nil {
			t.Fatal(err)
		}
		before := w.total()
		if e := get(t, w.fetcher(dir), w.tcb()); !bytes.Equal(e.Issuers, want.Issuers) || w.total() != before+1 {
			t.Errorf("%s: %d requests", name, w.total()-before)
		}
	}
	// Not even a file.
	for name, spoil := range map[string]func() error{
		"symbolic link": func() error { return os.Symlink(f.cache.entries.name(identity.Item.String()), path) },
		"directory":     func() error { return os.Mkdir(path, 0o700) },
	} {
		if err := errors.Join(os.Remove(path), spoil()); err != nil {
			t.Fatal(err)
		}
		_, err := w.fetcher(dir).Get(context.Background(), w.tcb())
		if name == "symbolic link" && err != nil || name == "directory" && err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without the memory of what was seen, nothing would stop an older answer.
func TestDamagedMemoryIsAnError(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	f := w.fetcher(dir)
	e := get(t, f, w.tcb())
	path := f.cache.editions.name(editionKey(w.tcb(), e.Edition.Series))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(path, data, fileMode); err != nil {
		t.Fatal(err)
	}
	if _, err := w.fetcher(dir).Get(context.Background(), w.tcb()); !errors.Is(err, errDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("error is %v", err)
	}
}

func TestModesOfFiles(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(t.TempDir(), "a", "b")
	get(t, w.fetcher(dir), w.tcb())
	get(t, w.fetcher(dir), w.amdList())
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		if strings.HasPrefix(d.Name(), ".new-") {
			t.Errorf("%s was left behind", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// The clock jumps: nothing is used outside of its time, and nothing is lost.
func TestClockJumps(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	w.clock.pass(30 * 24 * time.Hour)
	first := get(t, w.fetcher(dir), w.tcb())

	// Years ahead: the vendor's answers are of then, too, for the clock that the
	// simulator has; but a vendor whose clock is right offers what has expired.
	w.clock.pass(5 * 365 * 24 * time.Hour)
	w.services.Break(simulator.Fault{Age: 5 * 365 * 24 * time.Hour})
	if _, err := w.fetcher(dir).Get(context.Background(), w.tcb()); !errors.Is(err, ErrUnverified) {
		t.Errorf("error is %v", err)
	}
	w.clock.pass(-5 * 365 * 24 * time.Hour)
	w.services.Break(simulator.Fault{})
	if e := get(t, w.fetcher(dir), w.tcb()); !bytes.Equal(e.Body, first.Body) || w.total() != 2 {
		t.Errorf("%d requests", w.total())
	}
	// Back to before it was issued: it is not valid yet, nor is what is newer.
	w.clock.pass(-25 * 24 * time.Hour)
	_, err := w.fetcher(dir).Get(context.Background(), w.tcb())
	if !errors.Is(err, ErrOlder) {
		t.Errorf("error is %v", err)
	}
	w.clock.pass(25 * 24 * time.Hour)
	get(t, w.fetcher(dir), w.tcb())

	// A pace that was written in another time does not hold anybody up.
	f := w.fetcher(dir)
	get(t, f, w.amdList())
	w.clock.pass(-365 * 24 * time.Hour)
	if turn, err := f.pace.reserve(amdAPI, 0); err != nil || turn.wait != 0 {
		t.Errorf("wait %v, %v", turn.wait, err)
	}
}

// AMD's service is asked once in ten seconds, by all processes together.
func TestPaceIsShared(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	for n := range 5 {
		f := w.fetcher(dir)
		if turn, err := f.pace.reserve(amdAPI, maxWait); err != nil || turn.wait != time.Duration(n)*amdInterval {
			t.Errorf("turn %d comes in %v, %v", n, turn.wait, err)
		}
	}
	f := w.fetcher(dir)
	if _, err := f.pace.reserve(amdAPI, 49*time.Second); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
	if turn, err := f.pace.reserve(amdAPI, maxWait); err != nil || turn.wait != 50*time.Second {
		t.Errorf("who would not wait took a turn: %v, %v", turn.wait, err)
	}
	if turn, err := f.pace.reserve(intelAPI, 0); err != nil || turn.wait != 0 {
		t.Errorf("Intel: %v, %v", turn.wait, err)
	}
	w.clock.pass(time.Hour)
	if turn, err := f.pace.reserve(amdAPI, 0); err != nil || turn.wait != 0 {
		t.Errorf("turns add up: %v, %v", turn.wait, err)
	}
}

// The cache is bounded: what was used longest ago goes.
func TestCacheIsBounded(t *testing.T) {
	c, err := openCache(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c.maxBytes = 20 << 10
	at := start
	items := make([]Item, 40)
	for n := range items {
		items[n] = TCBInfo(SGX, [6]byte{byte(n)})
		at = at.Add(time.Minute)
		if err := c.write(items[n], record{at, nil, make([]byte, 1<<10)}); err != nil {
			t.Fatal(err)
		}
	}
	c.entries.used(items[0].String(), at.Add(24*time.Hour))
	left := filepath.Join(c.entries.path, ".new-1")
	if err := errors.Join(os.WriteFile(left, nil, fileMode), os.Chtimes(left, start, start), c.sweep(at.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	files, err := c.entries.files()
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	for _, f := range files {
		size += f.Size()
	}
	if size > c.maxBytes || size < c.maxBytes-2<<10 {
		t.Errorf("%d bytes are left", size)
	}
	_, first := c.read(items[0])
	_, second := c.read(items[1])
	_, last := c.read(items[len(items)-1])
	if !first || second || !last {
		t.Errorf("first %v, second %v, last %v", first, second, last)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("a file that was never finished is still there")
	}
	c.maxEntries = 3
	if err := c.sweep(at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if files, err := c.entries.files(); err != nil || len(files) != 3 {
		t.Errorf("%d files are left, %v", len(files), err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c, err := openCache(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c.maxEditions = 5
	for n := range c.maxEditions {
		if err := os.WriteFile(filepath.Join(c.editions.path, fmt.Sprint(n)), nil, fileMode); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.advance(RootCRL(), collateral.Edition{Issued: start}, start); err == nil {
		t.Error("more is remembered than fits")
	}
}

// Several processes share one cache; each of them gets everything, nothing is
// torn, and the memory ends at the newest.
func TestSeveralProcesses(t *testing.T) {
	const cache, url, roots = "ESCRIN_TEST_CACHE", "ESCRIN_TEST_URL", "ESCRIN_TEST_ROOTS"
	if dir := os.Getenv(cache); dir != "" {
		fetchAsProcess(t, dir, os.Getenv(url), os.Getenv(roots))
		return
	}
	w := newWorld(t)
	now := time.Now()
	w.clock.now = now
	file := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(file, w.roots, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var processes []*exec.Cmd
	for range 4 {
		p := exec.Command(os.Args[0], "-test.run=^TestSeveralProcesses$")
		p.Env = append(os.Environ(), cache+"="+dir, url+"="+w.url, roots+"="+file)
		p.Stdout, p.Stderr = os.Stderr, os.Stderr
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		processes = append(processes, p)
	}
	for _, p := range processes {
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	w.services.Break(simulator.Fault{Status: http.StatusServiceUnavailable})
	w.clock.now = time.Now()
	before := w.total()
	for _, i := range []Item{w.tcb(), QEIdentity(TDX), RootCRL(), PCKCRL(PlatformCA)} {
		get(t, w.fetcher(dir), i)
	}
	if w.total() != before {
		t.Error("something was lost")
	}
}

func fetchAsProcess(t *testing.T, dir, url, rootsFile string) {
	text, err := os.ReadFile(rootsFile)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(text)
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(Config{
		Roots: roots, URLs: URLs{Intel: url, IntelRootCRL: url + rootPath, AMD: url}, Directory: dir,
		Transport: http.DefaultTransport, Clock: SystemClock{}, Jitter: RandomJitter,
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		for _, i := range []Item{TCBInfo(TDX, [6]byte{0x90, 0xc0, 0x6f}), QEIdentity(TDX), RootCRL(), PCKCRL(PlatformCA)} {
			e := get(t, f, i)
			if _, err := f.store(i, e); err != nil { // as if it had just come
				t.Fatal(err)
			}
		}
	}
	get(t, f, AMDCRL(kds.Turin, kds.VCEK).AtLeast(0))
}
