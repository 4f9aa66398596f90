// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/store"
)

func readConfig(path string) (config.Config, error) {
	b, err := readFile(path, config.MaxSize)
	if err != nil {
		return config.Config{}, fmt.Errorf("read configuration: %w", err)
	}
	return config.Parse(b)
}

// readFile reads a file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	return b, err
}

// readTrust reads whose evidence the keyholder believes, and what it accepts.
func readTrust(c config.Config) (roots verify.Roots, policy appraise.Policy, err error) {
	pem, err := readFile(c.Roots, config.MaxSize)
	if err != nil {
		return roots, policy, fmt.Errorf("read roots: %w", err)
	}
	if roots, err = verify.ParseRoots(pem); err != nil {
		return roots, policy, fmt.Errorf("read roots %s: %w", c.Roots, err)
	}
	text, err := readFile(c.Policy, appraise.MaxPolicySize)
	if err != nil {
		return roots, policy, fmt.Errorf("read policy: %w", err)
	}
	if policy, err = appraise.ParsePolicy(text); err != nil {
		return roots, policy, fmt.Errorf("read policy %s: %w", c.Policy, err)
	}
	return roots, policy, nil
}

func newView(c config.Config, floor chainview.Floor, log *slog.Logger) (*chainview.View, error) {
	return chainview.New(chainview.Config{
		ChainID: c.Chain.ID, Registry: c.Chain.Registry, TaskHub: c.Chain.TaskHub, Platforms: c.Chain.Platforms, Anchors: c.Chain.Anchors, URLs: c.Chain.RPC,
		Agree: c.Chain.Agree, Fault: func(endpoint int, err error) { log.Warn("chain endpoint", "place", endpoint+1, "error", err) },
		Finality: c.Chain.Finality, MaxHeadAge: c.Chain.HeadAge(), Floor: floor, Clock: time.Now,
	})
}

func newRules(c config.Config, view *chainview.View, db *store.Store) (*release.Rules, error) {
	roots, policy, err := readTrust(c)
	if err != nil {
		return nil, err
	}
	return release.New(release.Config{
		ChainID: c.Chain.ID, Registry: c.Chain.Registry, TaskHub: c.Chain.TaskHub,
		Roots: roots, Policy: policy, Chain: view, Records: db, Editions: db, Clock: time.Now,
	})
}
