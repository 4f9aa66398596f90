// SPDX-License-Identifier: Apache-2.0

// Package endorse gets what Intel and AMD publish about their platforms: Intel's
// TCB infos, QE identities and revocation lists (Provisioning Certification
// Service, version 4), and AMD's certificates and lists (Key Distribution Service,
// 57230). Each answer is verified under the roots that the operator gave before
// anything else is done with it, and kept on disk. What is handed out never gets
// older: a lower TCB evaluation data number or revocation list number than one
// that was seen is refused, also after a restart.
//
// Nothing here decides about evidence. Package attest/verify does, and believes
// neither this package nor the cache.
package endorse

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/escrin/escrin/attest/verify"
)

// Freshness of what is in the cache.
const (
	// maxAge is how long an endorsement that can change is used without asking again.
	// Verifiers refuse one a day after they saw a newer one.
	maxAge = 12 * time.Hour
	// nearing is how long before the end of its validity it is replaced.
	nearing = 24 * time.Hour
	// quiet is how long a vendor is not asked again for what it could not give.
	quiet = time.Minute
	// maxQuiet bounds the number of failures that are remembered.
	maxQuiet = 1024
)

// URLs are the addresses of the vendors' services, without a slash at the end.
type URLs struct {
	Intel        string // service; paths such as /tdx/certification/v4/tcb are below it
	IntelRootCRL string // revocation list of the root: a file
	AMD          string // service; paths such as /vcek/v1 are below it
}

// VendorURLs returns the vendors' own addresses.
func VendorURLs() URLs {
	return URLs{
		Intel:        "https://api.trustedservices.intel.com",
		IntelRootCRL: "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der",
		AMD:          "https://kdsintf.amd.com",
	}
}

func (u URLs) check() error {
	for _, address := range []string{u.Intel, u.IntelRootCRL, u.AMD} {
		parsed, err := url.Parse(address)
		if err != nil || parsed.Host == "" || parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" ||
			strings.HasSuffix(address, "/") || parsed.Scheme != "https" && parsed.Scheme != "http" {
			return fmt.Errorf("%.200q is not an address like https://host/path", address)
		}
	}
	return nil
}

// Config is what a [Fetcher] is made of. Everything but Log is needed.
type Config struct {
	Roots     verify.Roots // whose word counts; the zero value trusts nobody
	URLs      URLs
	Directory string            // of the cache; made if it is not there
	Transport http.RoundTripper // such as a clone of http.DefaultTransport
	Clock     Clock
	Jitter    func(time.Duration) time.Duration // shortens a pause; see RandomJitter
	Log       func(line string)                 // told of waits, and of what went wrong and was got over
}

// Fetcher gets endorsements, from its cache or from the vendors. It is safe for
// concurrent use, and several processes can share one directory.
type Fetcher struct {
	config  Config
	trust   trust
	cache   cache
	pace    pace
	client  client
	flights flights

	mutex    sync.Mutex
	failures map[string]failure // by item and number asked for
}

// failure is a request that failed a short time ago.
type failure struct {
	until time.Time
	err   error
}

// New opens the cache.
func New(c Config) (*Fetcher, error) {
	if c.Transport == nil || c.Clock == nil || c.Jitter == nil {
		return nil, errors.New("make fetcher: transport, clock or jitter is missing")
	}
	if err := c.URLs.check(); err != nil {
		return nil, fmt.Errorf("make fetcher: %w", err)
	}
	if c.Log == nil {
		c.Log = func(string) {}
	}
	trust, err := parseRoots(c.Roots)
	if err != nil {
		return nil, fmt.Errorf("make fetcher: %w", err)
	}
	opened, err := openCache(c.Directory)
	if err != nil {
		return nil, err
	}
	pace, err := openPace(c.Directory, c.Clock, c.Jitter)
	if err != nil {
		return nil, err
	}
	return &Fetcher{
		config: c, trust: trust, cache: opened, pace: pace, client: client{c.Transport, c.Clock}, failures: make(map[string]failure),
	}, nil
}

// Close waits for requests that were given up and are still writing down so. It
// must not be called while others call f.
func (f *Fetcher) Close() { f.flights.under.Wait() }

// Get returns an item, valid now. What is in the cache is used while it is fresh,
// and while it is valid if the vendor cannot give a newer one. Errors are one of
// [ErrNotFound], [ErrUnavailable], [ErrUnverified] and [ErrOlder], or the
// context's.
func (f *Fetcher) Get(ctx context.Context, i Item) (Endorsement, error) {
	if _, err := f.trust.root(i); err != nil {
		return Endorsement{}, fmt.Errorf("get %s: %w", i, err)
	}
	now := f.config.Clock.Now()
	cached, err := f.cached(i, now)
	usable := err == nil && cached.covers(i)
	if usable && cached.fresh(now) {
		return cached, nil
	}
	if err := f.failedBefore(i, now); err != nil {
		if usable {
			return cached, nil
		}
		return Endorsement{}, err
	}
	fetched, err := f.flights.do(ctx, key(i), func(ctx context.Context) (Endorsement, error) {
		return f.fetch(ctx, i, usable)
	})
	if err == nil || !usable || ctx.Err() != nil {
		return fetched, err
	}
	f.config.Log(fmt.Sprintf("%v; what was fetched at %s is still valid", err, cached.Fetched.Format(time.RFC3339)))
	return cached, nil
}

// key tells requests apart that cannot be one.
func key(i Item) string { return fmt.Sprintf("%s at least %d", i, i.least) }

// Has reports whether the cache has an item that is fresh, so that Get asks nobody
// for it.
func (f *Fetcher) Has(i Item) bool {
	now := f.config.Clock.Now()
	e, err := f.cached(i, now)
	return err == nil && e.covers(i) && e.fresh(now)
}

// fresh reports whether the vendor need not be asked.
func (e Endorsement) fresh(now time.Time) bool {
	if e.Item.lasting() {
		return true
	}
	margin := min(nearing, e.Until.Sub(e.From)/4)
	age := now.Sub(e.Fetched)
	return age >= 0 && age < maxAge && now.Before(e.Until.Add(-margin))
}

// cached returns what is stored of an item, verified again: whoever can write to
// the cache can at most take something out of it.
func (f *Fetcher) cached(i Item, now time.Time) (Endorsement, error) {
	r, ok := f.cache.read(i)
	if !ok {
		return Endorsement{}, ErrNotFound
	}
	e, err := f.trust.open(i, r.body, r.issuers)
	if err != nil {
		return Endorsement{}, err
	}
	e.Fetched = r.fetched
	if err := e.valid(now); err != nil {
		return Endorsement{}, err
	}
	if !i.lasting() {
		err = f.cache.check(i, e.Edition)
	} else {
		err = f.unrevoked(e)
	}
	if err != nil {
		return Endorsement{}, err
	}
	f.cache.entries.used(i.String(), now)
	return e, nil
}

// failedBefore returns the error of a request for the same that failed a moment
// ago.
func (f *Fetcher) failedBefore(i Item, now time.Time) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	last, ok := f.failures[key(i)]
	if !ok || !now.Before(last.until) || last.until.Sub(now) > quiet {
		return nil
	}
	return last.err
}

// remember notes a failure, so that many who ask do not become many requests.
func (f *Fetcher) remember(i Item, err error, now time.Time) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.failures) >= maxQuiet {
		clear(f.failures)
	}
	f.failures[key(i)] = failure{now.Add(quiet), err}
}
