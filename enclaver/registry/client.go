// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/escrin/escrin/enclaver/oci"
)

const (
	maxRedirects = 5
	maxDiscard   = 64 << 10
)

// client sends requests for one repository.
type client struct {
	repository name.Repository
	auth       *authorizer
	vault      *vault
	transport  http.RoundTripper
	waits      waits
	reached    atomic.Bool // whether the registry ever answered
}

// newClient returns a client that will ask for the scope ("pull", "push,pull") on the repository, and for reading
// those in also.
func newClient(repository name.Repository, scope string, also ...name.Repository) *client {
	scopes := []string{repository.Scope(scope)}
	for _, other := range also {
		scopes = append(scopes, other.Scope(transport.PullScope))
	}
	v := &vault{}
	auth := &authorizer{repository: repository, scopes: scopes, base: newWay(repository.Registry), vault: v}
	return &client{repository: repository, auth: auth, vault: v, transport: auth, waits: defaultWaits()}
}

// request is one to the registry.
type request struct {
	method string
	url    *url.URL
	header map[string]string
	body   func() (io.ReadCloser, error) // nil if there is none
	size   int64                         // of the body
	accept []int                         // status of a good answer
	roam   bool                          // may be redirected to other hosts: for content, which is checked
	once   bool                          // not to be repeated when the connection is cut
}

// url is an address below the repository's.
func (c *client) url(path string, query url.Values) *url.URL {
	return &url.URL{
		Scheme:   schemeOf(c.repository.Registry),
		Host:     c.repository.RegistryStr(),
		Path:     "/v2/" + c.repository.RepositoryStr() + "/" + path,
		RawQuery: query.Encode(),
	}
}

// do sends a request, answers the registry's question who we are, and repeats the request if the connection is cut
// or the registry is busy. The caller closes the body.
func (c *client) do(ctx context.Context, r request) (*http.Response, error) {
	for attempt := 0; ; attempt++ {
		resp, err := c.send(ctx, r)
		if err == nil {
			return resp, nil
		}
		if r.once || !c.isTransient(ctx, err) || !c.waits.pause(ctx, attempt, retryAfter(err)) {
			return nil, c.explain(err)
		}
	}
}

// send is one attempt.
func (c *client) send(ctx context.Context, r request) (*http.Response, error) {
	used := c.auth.current()
	resp, err := c.sendOnce(ctx, r)
	if err != nil {
		return nil, err
	}
	c.reached.Store(true)
	if resp.StatusCode == http.StatusUnauthorized && isHome(c.repository.Registry, resp.Request.URL) && len(resp.Header.Values("WWW-Authenticate")) > 0 {
		discard(resp)
		if err := c.auth.answer(ctx, resp, used); err != nil {
			return nil, err
		}
		if resp, err = c.sendOnce(ctx, r); err != nil {
			return nil, err
		}
	}
	if !slices.Contains(r.accept, resp.StatusCode) {
		defer resp.Body.Close()
		return nil, newAnswerError(resp, c.vault)
	}
	return resp, nil
}

func (c *client) sendOnce(ctx context.Context, r request) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", clientID)
	for key, value := range r.header {
		req.Header.Set(key, value)
	}
	if r.body != nil && r.size > 0 {
		if req.Body, err = r.body(); err != nil {
			return nil, err
		}
		req.ContentLength = r.size
	}
	follow := stayAt(r.url)
	if r.roam {
		follow = roam
	}
	return (&http.Client{Transport: c.transport, CheckRedirect: follow}).Do(req)
}

// roam follows redirects to where the registry keeps its content; the way there decides what is too far. No host hears
// which address led to it, as that may hold a signature (threat REG-08).
func roam(req *http.Request, via []*http.Request) error {
	req.Header.Del("Referer")
	if len(via) > maxRedirects {
		return fmt.Errorf("%w: more than %d redirects", errRefused, maxRedirects)
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("%w: redirect from HTTPS to %s", errRefused, req.URL.Scheme)
	}
	return nil
}

// discard ends an answer in which nobody is interested, so that its connection can be used again.
func discard(resp *http.Response) {
	io.CopyN(io.Discard, resp.Body, maxDiscard)
	resp.Body.Close()
}

// manifestTypes are what is asked for where a manifest may be of any kind.
func manifestTypes() string {
	return strings.Join([]string{
		oci.MediaTypeManifest, oci.MediaTypeIndex, oci.DockerManifest, oci.DockerManifestList,
	}, ", ")
}
