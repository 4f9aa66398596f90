// SPDX-License-Identifier: Apache-2.0

// Package peers asks the other holders of a network, over HTTP, for what package
// epoch needs of them. Who does not answer in time has not answered. (SPEC.md,
// section 8.)
package peers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

const (
	timeout  = 3 * time.Second
	maxReply = 64 << 10 // bytes
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

// EncryptionKeys implements epoch.Peers. Who shows its key to one of us shows it to
// all.
func (p *Peers) EncryptionKeys(ctx context.Context, members []dkg.Member) [][]byte {
	p.each(members, func(_ int, m dkg.Member) {
		if p.key(m.EncryptionKey) == nil {
			p.ask(ctx, p.urls[m.Account], m.EncryptionKey)
		}
	})
	var wait sync.WaitGroup
	for _, url := range p.urls {
		wait.Go(func() { p.askFor(ctx, url, members) })
	}
	wait.Wait()
	keys := make([][]byte, len(members))
	for i, m := range members {
		keys[i] = p.key(m.EncryptionKey)
	}
	return keys
}

// askFor asks a peer for all keys that are missing, as long as it answers.
func (p *Peers) askFor(ctx context.Context, url string, members []dkg.Member) {
	for _, m := range members {
		if p.key(m.EncryptionKey) == nil && !p.ask(ctx, url, m.EncryptionKey) {
			return
		}
	}
}

// ask asks a peer for the key with a digest, and reports whether it answered.
func (p *Peers) ask(ctx context.Context, url string, digest [32]byte) bool {
	var reply keyholder.KeyReply
	path := strings.Replace(keyholder.PathKey, "{digest}", fmt.Sprintf("0x%x", digest), 1)
	err := p.get(ctx, url, path, &reply)
	if err == nil && abi.Keccak(reply.Key) == digest {
		p.learn(digest, reply.Key)
	}
	return err == nil || errors.Is(err, errStatus)
}

// EncryptionKey returns the key with a digest, if it is a member's that was asked
// for.
func (p *Peers) EncryptionKey(digest [32]byte) ([]byte, bool) {
	key := p.key(digest)
	return key, key != nil
}

// Completions implements epoch.Peers.
func (p *Peers) Completions(ctx context.Context, number uint64, members []dkg.Member) [][]byte {
	path := strings.Replace(keyholder.PathCompletion, "{epoch}", strconv.FormatUint(number, 10), 1)
	answers := make([][]byte, len(members))
	p.each(members, func(i int, m dkg.Member) {
		var reply keyholder.CompletionReply
		if err := p.get(ctx, p.urls[m.Account], path, &reply); err == nil && reply.Epoch == number {
			answers[i] = reply.Signature[:]
		}
	})
	return answers
}

// PublicShares implements epoch.Peers. Members tell those of the epoch that they serve.
func (p *Peers) PublicShares(ctx context.Context, number uint64, members []dkg.Member) [][][curve.G2Size]byte {
	answers := make([][][curve.G2Size]byte, len(members))
	p.each(members, func(i int, m dkg.Member) {
		var reply keyholder.KeynetReply
		if err := p.get(ctx, p.urls[m.Account], keyholder.PathKeynet, &reply); err != nil || reply.Network == nil || reply.Network.Epoch != number {
			return
		}
		answers[i] = byIndex(reply.Network.Holders, len(members))
	})
	return slices.DeleteFunc(answers, func(a [][curve.G2Size]byte) bool { return a == nil })
}

// byIndex returns the public shares of n members; nil if there are more.
func byIndex(holders []keyholder.Holder, n int) [][curve.G2Size]byte {
	shares := make([][curve.G2Size]byte, n)
	for _, h := range holders {
		if int(h.Index) > n {
			return nil
		}
		shares[h.Index-1] = h.PublicShare
	}
	return shares
}

// each asks all members at once.
func (p *Peers) each(members []dkg.Member, ask func(i int, m dkg.Member)) {
	var wait sync.WaitGroup
	for i, m := range members {
		wait.Go(func() { ask(i, m) })
	}
	wait.Wait()
}

func (p *Peers) key(digest [32]byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[digest]
}

// maxKeys bounds how many keys are remembered: those of some epochs.
const maxKeys = 4 * keyholder.MaxHolders

func (p *Peers) learn(digest [32]byte, key []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys) >= maxKeys {
		clear(p.keys)
	}
	p.keys[digest] = key
}

var errStatus = errors.New("refused")

func (p *Peers) get(ctx context.Context, url, path string, reply any) error {
	if url == "" {
		return errors.New("the member is not in the configuration")
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
		return fmt.Errorf("%s: %w: status %d, %d bytes", path, errStatus, resp.StatusCode, len(body))
	}
	return json.Unmarshal(body, reply)
}
