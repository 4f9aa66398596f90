// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/escrin/escrin/enclaver/oci"
)

// Blob uploads a blob, unless the repository has it or the registry has it elsewhere (MountFrom). What open returns
// is checked as it is sent; if it is not what d names, the error wraps oci.ErrMismatch and the registry has not
// accepted it. An upload that is cut begins again.
func (p *Pusher) Blob(ctx context.Context, d oci.Descriptor, open func() (io.ReadCloser, error)) error {
	if err := d.Validate(); err != nil {
		return err
	}
	for attempt := 0; ; attempt++ {
		err := p.upload(ctx, d, open)
		if err == nil {
			return nil
		}
		if !errors.As(err, new(cutError)) || !p.client.waits.pause(ctx, attempt, retryAfter(err)) {
			return fmt.Errorf("upload %s: %w", d.Digest, err)
		}
	}
}

// cutError is the error of an upload that can begin again.
type cutError struct{ error }

func (e cutError) Unwrap() error { return e.error }

func (p *Pusher) upload(ctx context.Context, d oci.Descriptor, open func() (io.ReadCloser, error)) error {
	has, err := p.has(ctx, d)
	if err != nil {
		return err
	}
	if has {
		p.report(Transfer{d, Present, d.Size})
		return nil
	}
	session, err := p.begin(ctx, d)
	if err != nil {
		return err
	}
	if session == nil {
		p.report(Transfer{d, Mounted, d.Size})
		return nil
	}
	return p.send(ctx, d, session, open)
}

// has asks whether the repository has a blob of that digest and size.
func (p *Pusher) has(ctx context.Context, d oci.Descriptor) (bool, error) {
	resp, err := p.client.do(ctx, request{
		method: http.MethodHead,
		url:    p.client.url("blobs/"+d.Digest.String(), nil),
		accept: []int{http.StatusOK, http.StatusNotFound},
		roam:   true,
	})
	if err != nil {
		return false, err
	}
	discard(resp)
	return resp.StatusCode == http.StatusOK && (resp.ContentLength < 0 || resp.ContentLength == d.Size), nil
}

// begin starts an upload session and returns its address, or nil if the blob was mounted and nothing is to be sent.
func (p *Pusher) begin(ctx context.Context, d oci.Descriptor) (*url.URL, error) {
	var session *url.URL
	for _, from := range p.mountFrom {
		resp, err := p.post(ctx, url.Values{"mount": {d.Digest.String()}, "from": {from.RepositoryStr()}})
		if isNo(err) {
			continue // a registry may refuse to look there, and yet accept the upload
		}
		if err != nil {
			return nil, err
		}
		if resp.StatusCode == http.StatusCreated {
			return nil, nil
		}
		if session, err = location(resp); err != nil {
			return nil, err
		}
	}
	if session != nil {
		return session, nil
	}
	resp, err := p.post(ctx, nil)
	if err != nil {
		return nil, err
	}
	return location(resp)
}

func (p *Pusher) post(ctx context.Context, query url.Values) (*http.Response, error) {
	accept := []int{http.StatusAccepted} // the session, or StatusCreated when the blob was mounted
	if query != nil {
		accept = append(accept, http.StatusCreated)
	}
	resp, err := p.client.do(ctx, request{method: http.MethodPost, url: p.client.url("blobs/uploads/", query), accept: accept})
	if err == nil {
		discard(resp)
	}
	return resp, err
}

// isNo says whether an error is an answer of the registry.
func isNo(err error) bool {
	return errors.As(err, new(*answerError)) || errors.Is(err, ErrNotFound)
}

// location is where an answer says that the upload goes on; if that is another host, it gets no credentials.
func location(resp *http.Response) (*url.URL, error) {
	to, err := resp.Location()
	if err != nil {
		return nil, fmt.Errorf("%w: it names no place to upload to", errChallenge)
	}
	return to, nil
}

// send uploads the blob to a session.
func (p *Pusher) send(ctx context.Context, d oci.Descriptor, session *url.URL, open func() (io.ReadCloser, error)) error {
	if session.RawQuery != "" {
		session.RawQuery += "&" // what is there may be signed as it is
	}
	session.RawQuery += "digest=" + url.QueryEscape(d.Digest.String())
	var sent *outgoing
	resp, err := p.client.do(ctx, request{
		method: http.MethodPut,
		url:    session,
		header: map[string]string{"Content-Type": "application/octet-stream"},
		body: func() (io.ReadCloser, error) {
			sent.takeBack()
			inner, err := open()
			sent = newOutgoing(ctx, inner, d, p.report)
			return sent, err
		},
		size:   d.Size,
		accept: []int{http.StatusCreated},
		once:   true,
	})
	if err == nil {
		discard(resp)
		err = checkDigestHeader(resp.Header, d.Digest)
	}
	if err == nil {
		sent.finish()
		return nil
	}
	sent.takeBack()
	if flaw := sent.flaw(); flaw != nil {
		return flaw
	}
	if p.client.isTransient(ctx, err) {
		return cutError{err}
	}
	return err
}
