// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"

	"golang.org/x/crypto/sha3"

	"github.com/escrin/escrin/jobs/api"
)

// ErrNotFound says that the store has no blob of this digest.
var ErrNotFound = errors.New("blob not found")

// ErrMismatch says that the store returned bytes whose digest is not the one asked for.
var ErrMismatch = errors.New("store returned other bytes than those of the digest")

// ErrRefused says that the store will not have a blob, whoever brings it and whenever.
var ErrRefused = errors.New("the store does not take it")

// Client reads and writes blobs of one job service.
type Client struct {
	base string
	http *http.Client
}

// NewClient makes a client of the store of the job service at base, for example http://127.0.0.1:1057.
func NewClient(base string) *Client {
	return &Client{base: base, http: api.HTTPClient()}
}

// Put stores b and returns its digest. Storing the same bytes again is harmless.
func (c *Client) Put(ctx context.Context, b []byte) (Digest, error) {
	d := Of(b)
	if err := c.put(ctx, "/v1/blobs/"+d.String(), b); err != nil {
		return Digest{}, fmt.Errorf("put blob: %w", err)
	}
	return d, nil
}

// PutEvidence stores evidence under its Keccak-256. Storing the same bytes again is harmless.
func (c *Client) PutEvidence(ctx context.Context, b []byte) error {
	if err := c.put(ctx, evidenceRoute(keccak(b)), b); err != nil {
		return fmt.Errorf("put evidence: %w", err)
	}
	return nil
}

func (c *Client) put(ctx context.Context, path string, b []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, c.base+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("reach job service: %w", err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusCreated:
		return nil
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: %w", ErrRefused, api.ReadError(resp))
	}
	return api.ReadError(resp)
}

func evidenceRoute(digest [32]byte) string { return "/v1/evidence/0x" + hex.EncodeToString(digest[:]) }

// Get returns the blob of digest d, of at most max bytes. The bytes are checked against the digest: the error is
// ErrMismatch if they differ, ErrNotFound if the store does not have them.
func (c *Client) Get(ctx context.Context, d Digest, max int64) ([]byte, error) {
	b, err := c.read(ctx, "/v1/blobs/"+d.String(), max)
	if err != nil {
		return nil, fmt.Errorf("get blob %s: %w", d, err)
	}
	if Of(b) != d {
		return nil, fmt.Errorf("get blob %s: %w", d, ErrMismatch)
	}
	return b, nil
}

// Evidence returns the evidence whose Keccak-256 is digest, of at most max bytes, checked like Get.
func (c *Client) Evidence(ctx context.Context, digest [32]byte, max int64) ([]byte, error) {
	b, err := c.read(ctx, evidenceRoute(digest), max)
	if err != nil {
		return nil, fmt.Errorf("get evidence %#x: %w", digest, err)
	}
	if keccak(b) != digest {
		return nil, fmt.Errorf("get evidence %#x: %w", digest, ErrMismatch)
	}
	return b, nil
}

func (c *Client) read(ctx context.Context, path string, max int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach job service: %w", err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return readAtMost(resp.Body, max)
	case http.StatusNotFound:
		return nil, ErrNotFound
	default:
		return nil, api.ReadError(resp)
	}
}

// readAtMost reads r to its end and refuses more than max bytes.
func readAtMost(r io.Reader, max int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if int64(len(b)) > max {
		return nil, &TooLargeError{Max: max}
	}
	return b, nil
}

func keccak(b []byte) [32]byte {
	h := sha3.NewLegacyKeccak256()
	h.Write(b)
	return [32]byte(h.Sum(nil))
}
