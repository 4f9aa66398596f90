// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/config"
)

func good() config.Config {
	return config.Config{
		Listen: "127.0.0.1:1075", Roots: "/roots.pem", Policy: "/policy.json",
		Peers: []config.Peer{
			{Account: config.Address{1}, URL: "http://127.0.0.1:1"},
			{Account: config.Address{2}, URL: "http://127.0.0.1:2"},
			{Account: config.Address{3}, URL: "https://example.org/x"},
		},
		Chain: config.Chain{
			ID: 31337, RPC: []string{"http://127.0.0.1:8545"}, Registry: config.Address{1}, TaskHub: config.Address{2}, Platforms: config.Address{3}, Anchors: config.Address{5},
			KeyNetwork: config.Address{4},
			Finality:   chainview.Confirmations(3),
		},
	}
}

func encode(t *testing.T, c config.Config) string {
	t.Helper()
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestParses(t *testing.T) {
	t.Parallel()
	text := encode(t, good())
	c, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if encode(t, c) != text || c.Chain.HeadAge() != chainview.Confirmations(3).MaxHeadAge() {
		t.Fatalf("changed: %+v", c)
	}
	c.Chain.MaxHeadAge = 7
	if c.Chain.HeadAge() != 7*time.Second {
		t.Fatal("head age is not the configured one")
	}
	checksummed := strings.Replace(text, `"registry":"0x01`, `"registry":"0xAb`, 1)
	if c, err := config.Parse([]byte(checksummed)); err != nil || c.Chain.Registry[0] != 0xab {
		t.Fatalf("address with capitals: %v", err)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(c *config.Config){
		"same account":    func(c *config.Config) { c.Peers[1].Account = c.Peers[0].Account },
		"no account":      func(c *config.Config) { c.Peers[1].Account = config.Address{} },
		"no peers":        func(c *config.Config) { c.Peers = nil },
		"listen":          func(c *config.Config) { c.Listen = "1075" },
		"peer address":    func(c *config.Config) { c.Peers[1].URL = "127.0.0.1:1076" },
		"AT-04 no root":   func(c *config.Config) { c.Roots = "" },
		"AT-04 no policy": func(c *config.Config) { c.Policy = "" },
		"chain id":        func(c *config.Config) { c.Chain.ID = 0 },
		"no rpc":          func(c *config.Config) { c.Chain.RPC = nil },
		"rpc address":     func(c *config.Config) { c.Chain.RPC = []string{"ws://x"} },
		"registry":        func(c *config.Config) { c.Chain.Registry = config.Address{} },
		"task hub":        func(c *config.Config) { c.Chain.TaskHub = config.Address{} },
		"platforms":       func(c *config.Config) { c.Chain.Platforms = config.Address{} },
		"anchors":         func(c *config.Config) { c.Chain.Anchors = config.Address{} },
		"key network":     func(c *config.Config) { c.Chain.KeyNetwork = config.Address{} },
		"agree":           func(c *config.Config) { c.Chain.Agree = 2 },
		"finality":        func(c *config.Config) { c.Chain.Finality = chainview.Confirmations(0) },
	} {
		c := good()
		change(&c)
		if _, err := config.Parse([]byte(encode(t, c))); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	text := encode(t, good())
	for name, b := range map[string]string{
		"unknown key":      strings.Replace(text, `"roots":`, `"debug":true,"roots":`, 1),
		"repeated key":     strings.Replace(text, `"roots":`, `"roots":"/x","roots":`, 1),
		"AT-04 no roots":   strings.Replace(text, `,"roots":"/roots.pem"`, ``, 1),
		"AT-04 no policy":  strings.Replace(text, `,"policy":"/policy.json"`, ``, 1),
		"finality missing": strings.Replace(text, `,"finality":{"confirmations":3}`, ``, 1),
		"short account":    strings.Replace(text, `"account":"0x01`, `"account":"0x`, 1),
		"no prefix":        strings.Replace(text, `"account":"0x01`, `"account":"0001`, 1),
		"trailing":         text + "{}",
		"empty":            "",
	} {
		if b == text {
			t.Fatalf("%s: the test changes nothing", name)
		}
		if _, err := config.Parse([]byte(b)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
