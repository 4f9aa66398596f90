// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/envelope"
)

// admitting is the config of one container that takes a variable and a file.
func admitting(required bool) config.Config {
	c := wanting()
	c.Containers[0].Process = config.Process{Args: []string{"run"}, Env: []string{"MODE=test", "A=1"}}
	c.Confidential = config.Confidential{Required: required, Env: []string{"MODE"}, Args: true, Files: []string{"/etc/app.conf"}}
	return c
}

func live1() config.Additions {
	return config.Additions{Version: 1, Env: []config.Variable{{Name: "MODE", Value: "live"}}, Args: []string{"-v"},
		Files: []config.File{{Path: "/etc/app.conf", Content: []byte("content")}}}
}

// announce has the key network certify a version of a confidential config, sealed to its key, and returns the blob.
func announce(t *testing.T, h *hosttest.Host, version uint64, document []byte) []byte {
	t.Helper()
	group, err := h.Keys.Group()
	if err != nil {
		t.Fatal(err)
	}
	policy := h.Job.MeasurementRoot
	name := config.AdditionsKey(h.Job.ChainID, h.Job.Registry, h.Job.Identity, policy, version)
	var sealed bytes.Buffer
	if err := envelope.SealToName(&sealed, rand.Reader, group, name, bytes.NewReader(document)); err != nil {
		t.Fatal(err)
	}
	blob := config.JoinSealed(policy, sealed.Bytes())
	digest := h.Put(blob)
	h.Keys.Anchor = func(n keyholder.AnchorName) keyholder.Anchor {
		if n.Set != keyholder.Announced || n.Name != config.AdditionsAnchor() || n.IdentityID != h.Job.Identity {
			return keyholder.Anchor{}
		}
		return keyholder.Anchor{Contract: [20]byte{1}, Version: version, Digest: digest}
	}
	return blob
}

func encode(t *testing.T, a config.Additions) []byte {
	t.Helper()
	document, err := a.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestConfidentialConfigIsAdded(t *testing.T) {
	h := newHost(t)
	announce(t, h, 3, encode(t, live1()))
	m := &machine{config: admitting(true)}
	if err := live(t, m, h); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.env, "|"); got != "A=1|MODE=live" {
		t.Errorf("environment %q", got)
	}
	if len(m.secrets) != 1 || m.secrets[0] != "+0=content" {
		t.Errorf("files %q", m.secrets)
	}
}

func TestConfidentialConfigThatNeedNotBe(t *testing.T) {
	h := newHost(t)
	m := &machine{config: admitting(false)}
	if err := live(t, m, h); err != nil || strings.Join(m.env, "|") != "MODE=test|A=1" {
		t.Errorf("environment %q, %v", m.env, err)
	}
	h = newHost(t)
	announce(t, h, 1, encode(t, live1()))
	m = &machine{config: wanting()} // which admits nothing, and does not ask
	if err := live(t, m, h); err != nil || len(m.secrets) > 0 {
		t.Errorf("files %q, %v", m.secrets, err)
	}
}

// TestAG07WhatIsWrongWithAConfidentialConfigIsNotSaid: reasons quote the document, and are not for the console.
func TestAG07WhatIsWrongWithAConfidentialConfigIsNotSaid(t *testing.T) {
	const canary = "CANARY7f3a"
	for name, document := range map[string]string{
		"unknown key":           `{"version":1,"env":[],"args":[],"files":[],"` + canary + `":1}`,
		"value for a name":      `{"version":1,"env":[{"name":"` + canary + `=","value":""}],"args":[],"files":[]}`,
		"path":                  `{"version":1,"env":[],"args":[],"files":[{"path":"` + canary + `","content":""}]}`,
		"variable not admitted": `{"version":1,"env":[{"name":"` + canary + `","value":""}],"args":[],"files":[]}`,
		"file not admitted":     `{"version":1,"env":[],"args":[],"files":[{"path":"/` + canary + `","content":""}]}`,
	} {
		h := newHost(t)
		announce(t, h, 1, []byte(document))
		err := live(t, &machine{config: admitting(true)}, h)
		var e *Error
		if !errors.As(err, &e) || e.Failure != hostlink.FailConfig || !strings.Contains(e.Err.Error(), canary) {
			t.Errorf("%s: %v, which does not quote the document", name, err)
		} else if !e.Confidential {
			t.Errorf("%s: the console is told %v", name, err)
		}
	}
}

// TestMB15TheHostDoesNotChooseTheConfig: old versions, none at all, other bytes, and what the enclave does not name.
func TestMB15TheHostDoesNotChooseTheConfig(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, h *hosttest.Host){
		"there is none": func(*testing.T, *hosttest.Host) {},
		"it was withdrawn": func(_ *testing.T, h *hosttest.Host) {
			h.Keys.Anchor = func(keyholder.AnchorName) keyholder.Anchor { return keyholder.Anchor{Version: 2} }
		},
		"another blob": func(t *testing.T, h *hosttest.Host) {
			h.Replace(h.Put(announce(t, h, 2, encode(t, live1()))), []byte("other"))
		},
		"of another version": func(t *testing.T, h *hosttest.Host) {
			old := announce(t, h, 1, encode(t, live1()))
			h.Keys.Anchor = func(keyholder.AnchorName) keyholder.Anchor { return keyholder.Anchor{Version: 2, Digest: h.Put(old)} }
		},
		"no document": func(t *testing.T, h *hosttest.Host) { announce(t, h, 1, []byte("{}")) },
		"IMG-16 a variable that is not named": func(t *testing.T, h *hosttest.Host) {
			announce(t, h, 1, encode(t, config.Additions{Version: 1, Env: []config.Variable{{Name: "A", Value: "2"}}}))
		},
		"IMG-16 LD_PRELOAD": func(t *testing.T, h *hosttest.Host) {
			announce(t, h, 1, []byte(`{"version":1,"env":[{"name":"LD_PRELOAD","value":"/x"}],"args":[],"files":[]}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			change(t, h)
			m := &machine{config: admitting(true)}
			err := live(t, m, h)
			var e *Error
			if !errors.As(err, &e) || e.Failure != hostlink.FailConfig {
				t.Errorf("the attempt ended with %v", err)
			}
			if len(m.env) > 0 {
				t.Errorf("the workload ran with %q", m.env)
			}
		})
	}
}
