// SPDX-License-Identifier: Apache-2.0

// Package sources fetches the public data of a task for package audit: from an Ethereum JSON-RPC endpoint, from a
// job service's blob store, and from an OCI registry.
package sources

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/audit"
)

// Chain is what is asked of a JSON-RPC endpoint; an [ethclient.Client] is one.
type Chain interface {
	ethereum.ContractCaller
	ethereum.LogFilterer
	ethereum.TransactionReader
	ethereum.ChainReader
	ethereum.ChainIDReader
}

// Contracts are the addresses to read from.
type Contracts struct {
	Permitter common.Address
	TaskHub   common.Address
}

// Sources implements [audit.Source].
type Sources struct {
	chain     Chain
	at        Contracts
	store     string // base URL of the blob store
	hub       *bindings.TaskHub
	permitter *bindings.CertificatePermitter
	registry  *bindings.IdentityRegistry
}

var _ audit.Source = (*Sources)(nil)

// New makes sources of a chain, its contracts and the blob store at a base URL, e.g. http://127.0.0.1:1057.
func New(chain Chain, at Contracts, store string) *Sources {
	return &Sources{chain: chain, at: at, store: store, hub: bindings.NewTaskHub(), permitter: bindings.NewCertificatePermitter(),
		registry: bindings.NewIdentityRegistry()}
}

// Blob implements [audit.Source]. The bytes are returned as they come: the audit compares their digest.
func (s *Sources) Blob(ctx context.Context, digest [32]byte) ([]byte, error) {
	return s.get(ctx, "/v1/blobs/"+wire.Digest(digest).String(), audit.MaxBlob)
}

// Evidence implements [audit.Source].
func (s *Sources) Evidence(ctx context.Context, digest [32]byte) ([]byte, error) {
	return s.get(ctx, "/v1/evidence/"+wire.Hash32(digest).String(), audit.MaxEvidence)
}

func (s *Sources) get(ctx context.Context, path string, limit int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.store+path, nil)
	if err != nil {
		return nil, err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("reach the store: %w", err)
	}
	defer reply.Body.Close()
	switch reply.StatusCode {
	case http.StatusOK:
		return bounded(reply.Body, limit)
	case http.StatusNotFound:
		return nil, errors.New("the store does not have it")
	}
	return nil, api.ReadError(reply)
}

func bounded(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read from the store: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("the store sends more than %d bytes", limit)
	}
	return b, nil
}

// Enclave implements [audit.Source].
func (s *Sources) Enclave(ctx context.Context, locator string) (manifest, config []byte, err error) {
	ref, err := name.ParseReference(locator)
	if err != nil {
		return nil, nil, fmt.Errorf("read locator: %w", err)
	}
	described, err := remote.Get(ref, remote.WithContext(ctx))
	if err != nil {
		return nil, nil, fmt.Errorf("fetch %s from its registry: %w", ref, err)
	}
	manifest = described.Manifest
	parsed, err := artifact.ParseManifest(manifest)
	if err != nil {
		return manifest, nil, err
	}
	blob, err := remote.Layer(ref.Context().Digest(parsed.Config.Digest.String()), remote.WithContext(ctx))
	if err != nil {
		return manifest, nil, fmt.Errorf("fetch the config of %s: %w", ref, err)
	}
	stream, err := blob.Compressed()
	if err != nil {
		return manifest, nil, fmt.Errorf("fetch the config of %s: %w", ref, err)
	}
	defer stream.Close()
	config, err = bounded(stream, audit.MaxDocument)
	return manifest, config, err
}
