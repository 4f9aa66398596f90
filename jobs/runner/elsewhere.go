// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/escrin/escrin/jobs/blob"
)

// elsewhereLimit is how long the network's job service may take for one blob.
const elsewhereLimit = time.Minute

// blob returns a blob of this service, or else of the network's, with whom submitters store their inputs, and keeps that one. Its digest
// is checked wherever it comes from.
func (l *Local) blob(ctx context.Context, d blob.Digest) ([]byte, error) {
	b, err := l.Blobs.Get(d)
	if err == nil || l.Elsewhere == nil {
		return b, err
	}
	ctx, cancel := context.WithTimeout(ctx, elsewhereLimit)
	defer cancel()
	b, elsewhere := l.Elsewhere.Get(ctx, d, l.Blobs.MaxBytes())
	if elsewhere != nil {
		return nil, fmt.Errorf("%w; from the network's job service: %w", err, elsewhere)
	}
	if _, err := l.Blobs.Put(d, bytes.NewReader(b)); err != nil {
		return nil, err
	}
	return b, nil
}

// bringBlob takes a blob of the guest's to the network's job service, where whoever waits for the result looks for it.
func (l *Local) bringBlob(ctx context.Context, d blob.Digest) error {
	if l.Elsewhere == nil {
		return nil
	}
	b, err := l.Blobs.Get(d)
	if err != nil {
		return err
	}
	return l.bringElsewhere(ctx, func(ctx context.Context) error {
		_, err := l.Elsewhere.Put(ctx, b)
		return err
	})
}

// bringEvidence is bringBlob for evidence.
func (l *Local) bringEvidence(ctx context.Context, evidence []byte) error {
	if l.Elsewhere == nil {
		return nil
	}
	return l.bringElsewhere(ctx, func(ctx context.Context) error { return l.Elsewhere.PutEvidence(ctx, evidence) })
}

func (l *Local) bringElsewhere(ctx context.Context, put func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, elsewhereLimit)
	defer cancel()
	if err := put(ctx); err != nil {
		return fmt.Errorf("bring to the network's job service: %w", err)
	}
	return nil
}
