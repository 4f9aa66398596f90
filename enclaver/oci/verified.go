// SPDX-License-Identifier: Apache-2.0

package oci

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// ErrMismatch says that content is not what its descriptor names.
var ErrMismatch = errors.New("content does not match its digest")

// NewVerifier returns a reader of r that ends with io.EOF only when exactly d.Size bytes with SHA-256
// d.Digest were read and r has no more (threat REG-01). What was read before must not be used until then.
// It ends with the context's error when ctx does.
func NewVerifier(ctx context.Context, r io.Reader, d Descriptor) *Verifier {
	return &Verifier{ctx: ctx, source: r, want: d, left: d.Size, hash: sha256.New()}
}

// Verifier is made by [NewVerifier].
type Verifier struct {
	ctx    context.Context
	source io.Reader
	want   Descriptor
	left   int64
	hash   hash.Hash
	done   error
}

// Read implements io.Reader; a mismatch is an error that wraps [ErrMismatch].
func (v *Verifier) Read(p []byte) (int, error) {
	if v.done != nil || len(p) == 0 {
		return 0, v.done
	}
	if v.done = v.ctx.Err(); v.done != nil {
		return 0, v.done
	}
	if v.left == 0 {
		v.done = v.end()
		return 0, v.done
	}
	n, err := v.source.Read(p[:min(int64(len(p)), v.left)])
	v.hash.Write(p[:n])
	v.left -= int64(n)
	if err == io.EOF && v.left > 0 {
		v.done = fmt.Errorf("%s: ends %d bytes early: %w", v.want.Digest, v.left, ErrMismatch)
		return n, v.done
	}
	if err != io.EOF {
		return n, err
	}
	return n, nil
}

func (v *Verifier) end() error {
	var one [1]byte
	switch _, err := io.ReadFull(v.source, one[:]); {
	case err == nil:
		return fmt.Errorf("%s: longer than %d bytes: %w", v.want.Digest, v.want.Size, ErrMismatch)
	case err != io.EOF:
		return err
	}
	if hex.EncodeToString(v.hash.Sum(nil)) != v.want.Digest.Hex {
		return fmt.Errorf("%s: %w", v.want.Digest, ErrMismatch)
	}
	return io.EOF
}

// ReadDocument reads a manifest, index or config whole and verifies it.
func ReadDocument(ctx context.Context, r io.Reader, d Descriptor) ([]byte, error) {
	if d.Size > MaxDocument {
		return nil, fmt.Errorf("%s: %d bytes, more than the %d allowed", d.Digest, d.Size, MaxDocument)
	}
	return io.ReadAll(NewVerifier(ctx, r, d))
}

// DescriptorOf describes data.
func DescriptorOf(mediaType string, data []byte) Descriptor {
	sum := sha256.Sum256(data)
	return Descriptor{MediaType: mediaType, Digest: HashOf(sum), Size: int64(len(data))}
}

// HashOf is the digest form of a SHA-256 sum.
func HashOf(sum [32]byte) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum[:])}
}
