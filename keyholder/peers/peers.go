// SPDX-License-Identifier: Apache-2.0

// Package peers asks the other holders of a network, over HTTP, for what package
// epoch needs of them. Who does not answer in time has not answered. (SPEC.md,
// section 8.)
package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

const (
	timeout  = 3 * time.Second
	maxReply = 32 << 10 // bytes
)

// Peers implements epoch.Peers.
type Peers struct {
	urls   map[[20]byte]string
	client *http.Client

	mu   sync.Mutex
	keys map[[32]byte][]byte // by digest: they never change
}

var _ epoch.Peers = (*Peers)(nil)

// New returns the holders that are reached at these addresses, by account.
func New(urls map[[20]byte]string) *Peers {
	return &Peers{
		urls: urls,
		client: &http.Client{
			Timeout:       timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		keys: map[[32]byte][]byte{},
	}
}

// EncryptionKeys implements epoch.Peers.
func (p *Peers) EncryptionKeys(ctx context.Context, members []dkg.Member) [][]byte {
	return p.each(members, func(m dkg.Member) []byte {
		if known := p.key(m.EncryptionKey); known != nil {
			return known
		}
		var reply keyholder.HolderReply
		if err := p.get(ctx, m, keyholder.PathKeyholder, &reply); err != nil {
			return nil
		}
		for _, key := range append(reply.Running, reply.Next) {
			p.learn(key)
		}
		return p.key(m.EncryptionKey)
	})
}

// Completions implements epoch.Peers.
func (p *Peers) Completions(ctx context.Context, number uint64, members []dkg.Member) [][]byte {
	path := strings.Replace(keyholder.PathCompletion, "{epoch}", strconv.FormatUint(number, 10), 1)
	return p.each(members, func(m dkg.Member) []byte {
		var reply keyholder.CompletionReply
		if err := p.get(ctx, m, path, &reply); err != nil || reply.Epoch != number {
			return nil
		}
		return reply.Signature[:]
	})
}

// each asks all members at once.
func (p *Peers) each(members []dkg.Member, ask func(dkg.Member) []byte) [][]byte {
	answers := make([][]byte, len(members))
	var wait sync.WaitGroup
	for i, m := range members {
		wait.Go(func() { answers[i] = ask(m) })
	}
	wait.Wait()
	return answers
}

func (p *Peers) key(digest [32]byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[digest]
}

// maxKeys bounds how many keys are remembered; peers could make up any number.
const maxKeys = 4096

func (p *Peers) learn(key []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys) >= maxKeys {
		clear(p.keys)
	}
	p.keys[abi.Keccak(key)] = key
}

func (p *Peers) get(ctx context.Context, m dkg.Member, path string, reply json.Unmarshaler) error {
	url, ok := p.urls[m.Account]
	if !ok {
		return fmt.Errorf("member %x is not in the configuration", m.Account)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+path, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || len(body) > maxReply {
		return fmt.Errorf("%s: status %d, %d bytes", path, resp.StatusCode, len(body))
	}
	return reply.UnmarshalJSON(body)
}
