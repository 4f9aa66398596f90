// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// requestTimeout is how long one request may take, from the connection to the
// last byte.
const requestTimeout = 30 * time.Second

// maxChainHeader bounds a header with an issuer chain, in bytes.
const maxChainHeader = 16 << 10

// What can be wrong with a vendor's service or its answers; see errors.Is.
var (
	// ErrNotFound is the vendor's own word: it has no such item.
	ErrNotFound = errors.New("the vendor has none")
	// ErrUnavailable is a vendor that cannot be reached, does not answer in time,
	// has an error of its own or asked for patience.
	ErrUnavailable = errors.New("the vendor's service is not available")
	// ErrUnverified is an answer that does not verify under the roots given, or is
	// not what was asked for, or cannot be read.
	ErrUnverified = errors.New("the answer does not verify")
	// ErrOlder is an answer that verifies but is older than what was seen before.
	ErrOlder = errors.New("the answer is older than what was seen before")
)

// reply is an answer as it came, not verified.
type reply struct {
	body  []byte
	chain string // header with the issuers, still encoded
	kind  string // content type that the service says; verification does not ask
}

// retryable is an error that may pass.
type retryable struct {
	err   error
	after time.Duration // that the service asked to wait; 0 if it did not
}

func (r retryable) Error() string        { return r.err.Error() }
func (r retryable) Unwrap() error        { return r.err }
func (r retryable) Is(target error) bool { return target == ErrUnavailable }

// client asks the vendors, one request at a time.
type client struct {
	transport http.RoundTripper
	clock     Clock
}

// get asks for an item once.
func (c client) get(ctx context.Context, i Item, location string) (reply, error) {
	ctx, stop := c.limit(ctx)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, location, nil)
	if err != nil {
		return reply{}, err
	}
	types, size := i.media()
	request.Header.Set("Accept", strings.Join(types, ", "))
	request.Header.Set("Accept-Encoding", "identity") // what is bounded is what is read
	request.Header.Set("User-Agent", "escrin")
	response, err := (&http.Client{Transport: c.transport, CheckRedirect: sameHost}).Do(request)
	if err != nil {
		return reply{}, c.failed(ctx, err)
	}
	defer response.Body.Close()
	if err := checkStatus(response, c.clock.Now()); err != nil {
		return reply{}, err
	}
	if encoding := response.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return reply{}, fmt.Errorf("%w: content encoding is %.40q", ErrUnverified, encoding)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, size+1))
	if err != nil {
		return reply{}, c.failed(ctx, err)
	}
	if int64(len(body)) > size {
		return reply{}, fmt.Errorf("%w: more than %d bytes", ErrUnverified, size)
	}
	chain, err := header(response.Header, i.chainHeader())
	return reply{body, chain, response.Header.Get("Content-Type")}, err
}

// limit ends the context when the clock says that the request took too long.
func (c client) limit(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		if c.clock.Wait(ctx, requestTimeout) == nil {
			cancel(fmt.Errorf("no answer within %v", requestTimeout))
		}
	}()
	return ctx, func() { cancel(context.Canceled) }
}

// failed tells a request that failed from one that the caller gave up.
func (c client) failed(ctx context.Context, err error) error {
	var refused redirected
	switch cause := context.Cause(ctx); {
	case errors.As(err, &refused):
		return fmt.Errorf("%w: %w", ErrUnverified, refused)
	case errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded):
		return cause
	case cause != nil:
		return retryable{err: cause}
	}
	return retryable{err: err}
}

// redirected is a redirect that was not followed.
type redirected struct{ to string }

func (r redirected) Error() string { return "redirects to " + r.to }

// sameHost follows a few redirects, and none that leads to another host or from
// https to http.
func sameHost(request *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > 3 || request.URL.Host != first.Host || request.URL.Scheme != first.Scheme {
		return redirected{fmt.Sprintf("%s://%s", request.URL.Scheme, request.URL.Host)}
	}
	return nil
}

func checkStatus(r *http.Response, now time.Time) error {
	err := fmt.Errorf("status %d", r.StatusCode)
	switch {
	case r.StatusCode == http.StatusOK:
		return nil
	case r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusGone:
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case r.StatusCode == http.StatusTooManyRequests || r.StatusCode >= 500:
		return retryable{err, retryAfter(r.Header.Get("Retry-After"), now)}
	}
	return fmt.Errorf("%w: %w", ErrUnverified, err)
}

// retryAfter reads a number of seconds or a date (RFC 9110, section 10.2.3). What
// is neither asks for nothing.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxPause)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxPause)
	}
	return 0
}

// hint adds the content type to why an answer does not verify, if it says that the
// answer is something else, such as a page of a proxy.
func (r reply) hint(i Item, err error) error {
	types, _ := i.media()
	if kind, _, bad := mime.ParseMediaType(r.kind); err == nil || bad == nil && slices.Contains(types, kind) {
		return err
	}
	return fmt.Errorf("%w (content type is %.80q, usual is %s)", err, r.kind, strings.Join(types, " or "))
}

// header returns the only value of a header with certificates in PEM, decoded.
func header(h http.Header, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	values := h.Values(name)
	if len(values) != 1 || len(values[0]) > maxChainHeader {
		return "", fmt.Errorf("%w: not one header %s of at most %d bytes", ErrUnverified, name, maxChainHeader)
	}
	chain, err := url.QueryUnescape(values[0])
	if err != nil {
		return "", fmt.Errorf("%w: header %s: %w", ErrUnverified, name, err)
	}
	return chain, nil
}
