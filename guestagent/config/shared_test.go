// SPDX-License-Identifier: Apache-2.0

package config

import (
	"reflect"
	"strings"
	"testing"
)

// pair is a config of two containers that share a volume.
func pair() Config {
	c := good()
	shared := Volume{Path: "/shared", SizeMiB: 8, Name: "shared"}
	c.Containers[0].Volumes = []Volume{shared}
	c.Containers[1].Volumes = []Volume{{Path: "/data", SizeMiB: 256, Disk: true}, {Path: "/elsewhere", SizeMiB: 8, Name: "shared", ReadOnly: true}}
	return c
}

func TestWhatContainersShare(t *testing.T) {
	document, err := pair().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	if i, j := c.Home(1, 1); i != 0 || j != 0 {
		t.Errorf("the shared volume is at %d, %d", i, j)
	}
	if i, j := c.Home(1, 0); i != 1 || j != 0 {
		t.Errorf("another one is at %d, %d", i, j)
	}
	for reason, change := range map[string]func(c *Config){
		"is no name":                 func(c *Config) { c.Containers[0].Volumes[0].Name = "Shared" },
		"readOnly without a name":    func(c *Config) { c.Containers[1].Volumes[0].ReadOnly = true },
		"another size":               func(c *Config) { c.Containers[1].Volumes[1].SizeMiB = 9 },
		"size or medium":             func(c *Config) { c.Containers[1].Volumes[1].Disk = true },
		"has the volume shared twic": func(c *Config) { c.Containers[1].Volumes[0] = Volume{Path: "/a", SizeMiB: 8, Name: "shared"} },
		"is a container":             func(c *Config) { c.Containers[0].Name = c.Network.Egress[1].Name },
		"/shared/key would be":       func(c *Config) { c.Containers[0].Secrets = []Secret{{Name: "key", Path: "/shared/key"}} },
		"/shared/x would be": func(c *Config) {
			c.Containers[0].Volumes = append(c.Containers[0].Volumes, Volume{Path: "/shared/x", SizeMiB: 1})
		},
		"/elsewhere/app would be": func(c *Config) { c.Confidential.Files = []string{"/elsewhere/app"} },
		"/run/escrin would be":    func(c *Config) { c.Containers[0].Volumes[0].Path = "/run" },
		"/etc/hosts would be":     func(c *Config) { c.Containers[0].Volumes[0].Path = "/etc" },
	} {
		c := pair()
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

// TestSharedVolumeHasOneSlice: it is made once, with the container that has it first.
func TestSharedVolumeHasOneSlice(t *testing.T) {
	c := pair()
	for _, v := range []*Volume{&c.Containers[0].Volumes[0], &c.Containers[1].Volumes[1]} {
		v.Disk = true
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	want := []Slice{{0, 0, 0, 2048}, {1, -1, 2048, 65536}, {1, 0, 67584, 65536}}
	if got := c.ScratchSlices(); !reflect.DeepEqual(got, want) {
		t.Errorf("slices %+v", got)
	}
}
