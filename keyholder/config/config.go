// SPDX-License-Identifier: Apache-2.0

// Package config is the configuration file of escrin-keyholder: strict JSON in
// which every key is known and required, but those marked optional.
package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/strictjson"
)

// MaxSize bounds a configuration file, in bytes.
const MaxSize = 1 << 20

// Config is the whole file.
type Config struct {
	Listen string `json:"listen"` // host:port of the API
	// Peers are where holders are reached, ourselves and those that may join
	// included. Who is a member, with which index, the board says.
	Peers  []Peer `json:"peers"`
	Chain  Chain  `json:"chain"`
	Roots  string `json:"roots"`  // path of the vendors' root certificates to trust: PEM, 1 to 4 (attest/verify.ParseRoots)
	Policy string `json:"policy"` // path of the appraisal policy (attest/appraise.ParsePolicy); the same for all holders
	Serving
}

// Peer is one holder.
type Peer struct {
	Account Address `json:"account"`
	URL     string  `json:"url"`
}

// Chain says which contracts are served and who is asked about them.
type Chain struct {
	ID  uint64   `json:"id"`
	RPC []string `json:"rpc"` // HTTP addresses
	// Agree is how many of them must agree on a block: more than half. Optional; all by default.
	Agree     int     `json:"agree,omitempty"`
	Registry  Address `json:"registry"`
	TaskHub   Address `json:"taskHub"`
	Platforms Address `json:"platforms"`
	Anchors   Address `json:"anchors"`
	// KeyNetwork is the board.
	KeyNetwork Address            `json:"keyNetwork"`
	Finality   chainview.Finality `json:"finality"`
	// MaxHeadAge is in seconds. Optional; by default it depends on Finality.
	MaxHeadAge uint32 `json:"maxHeadAge,omitempty"`
	// MaxFee is the most that is paid for the board's transactions, in wei for each
	// gas. Optional; by default 300 gwei.
	MaxFee uint64 `json:"maxFee,omitempty"`
}

// Address is 20 bytes, in JSON 0x-prefixed hexadecimal of either case.
type Address [20]byte

// MarshalText implements encoding.TextMarshaler.
func (a Address) MarshalText() ([]byte, error) { return []byte("0x" + hex.EncodeToString(a[:])), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Address) UnmarshalText(b []byte) error { return unmarshalHex(a[:], b) }

func unmarshalHex(dst, text []byte) error {
	digits, ok := strings.CutPrefix(string(text), "0x")
	if !ok || len(digits) != 2*len(dst) {
		return fmt.Errorf("want 0x and %d hexadecimal digits", 2*len(dst))
	}
	_, err := hex.Decode(dst, []byte(digits))
	return err
}

// Parse decodes and checks a configuration file.
func Parse(b []byte) (Config, error) {
	c, err := strictjson.Decode[Config](b, MaxSize)
	if err != nil {
		return Config{}, fmt.Errorf("parse configuration: %w", err)
	}
	if err := c.validate(); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	return c, nil
}

func (c Config) validate() error {
	if err := c.checkPeers(); err != nil {
		return err
	}
	if err := c.Serving.validate(c.Listen); err != nil {
		return err
	}
	if c.Roots == "" {
		return errors.New("roots is missing")
	}
	if c.Policy == "" {
		return errors.New("policy is missing")
	}
	return c.Chain.validate()
}

func (c Config) checkPeers() error {
	for i, p := range c.Peers {
		if p.Account == (Address{}) {
			return fmt.Errorf("peer %d: account is missing", i+1)
		}
		if err := checkURL(p.URL); err != nil {
			return fmt.Errorf("peer %d: %w", i+1, err)
		}
	}
	if len(c.Peers) == 0 || len(c.URLs()) != len(c.Peers) {
		return errors.New("peers: there are none, or two have the same account")
	}
	return nil
}

// URLs returns where holders are reached, by account.
func (c Config) URLs() map[[20]byte]string {
	urls := map[[20]byte]string{}
	for _, p := range c.Peers {
		urls[p.Account] = p.URL
	}
	return urls
}

func (c Chain) validate() error {
	if c.ID == 0 || len(c.RPC) == 0 || c.Registry == (Address{}) || c.TaskHub == (Address{}) || c.Platforms == (Address{}) ||
		c.Anchors == (Address{}) || c.KeyNetwork == (Address{}) {
		return errors.New("chain: id, rpc, registry, taskHub, platforms, anchors and keyNetwork are required")
	}
	if c.Finality == (chainview.Finality{}) {
		return errors.New("chain: finality is missing")
	}
	if err := chainview.CheckAgree(c.Agree, len(c.RPC)); err != nil {
		return fmt.Errorf("chain: agree: %w", err)
	}
	for _, u := range c.RPC {
		if err := checkURL(u); err != nil {
			return fmt.Errorf("chain: rpc: %w", err)
		}
	}
	return nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return err
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("%q is not an http address", s)
	}
	return nil
}

// HeadAge returns how old the head of the chain may be.
func (c Chain) HeadAge() time.Duration {
	if c.MaxHeadAge == 0 {
		return c.Finality.MaxHeadAge()
	}
	return time.Duration(c.MaxHeadAge) * time.Second
}
