// SPDX-License-Identifier: Apache-2.0

package oci

import (
	"encoding/json"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/strictjson"
)

// ImageConfig is what an image config says about its file system and how to run it.
type ImageConfig struct {
	Platform Platform
	DiffIDs  []v1.Hash // SHA-256 of each uncompressed layer, bottom first
	Process  Process
}

// Process is how the image's author wants it run (OCI image specification, "config").
type Process struct {
	User         string              `json:"User"`
	Env          []string            `json:"Env"`
	Entrypoint   []string            `json:"Entrypoint"`
	Cmd          []string            `json:"Cmd"`
	WorkingDir   string              `json:"WorkingDir"`
	Volumes      map[string]struct{} `json:"Volumes"`
	StopSignal   string              `json:"StopSignal"`
	ArgsEscaped  bool                `json:"ArgsEscaped"`
	Labels       map[string]string   `json:"Labels"`       // known, so that its case is checked; never interpreted
	ExposedPorts map[string]struct{} `json:"ExposedPorts"` // likewise
}

type imageConfigDocument struct {
	Architecture string          `json:"architecture"`
	OS           string          `json:"os"`
	Variant      string          `json:"variant"`
	Config       Process         `json:"config"`
	RootFS       rootFS          `json:"rootfs"`
	History      json.RawMessage `json:"history"`
}

type rootFS struct {
	Type    string    `json:"type"`
	DiffIDs []v1.Hash `json:"diff_ids"`
}

// ParseImageConfig reads an image config and requires an image of linux/amd64.
func ParseImageConfig(data []byte) (ImageConfig, error) {
	c, err := parseImageConfig(data)
	if err != nil {
		return ImageConfig{}, fmt.Errorf("parse image config: %w", err)
	}
	return c, nil
}

func parseImageConfig(data []byte) (ImageConfig, error) {
	doc, err := strictjson.DecodeOpen[imageConfigDocument](data, MaxDocument)
	if err != nil {
		return ImageConfig{}, err
	}
	platform := Platform{Architecture: doc.Architecture, OS: doc.OS, Variant: doc.Variant}
	if platform.OS != "linux" || platform.Architecture != "amd64" {
		return ImageConfig{}, UnsupportedPlatformError{[]string{platform.String()}}
	}
	if doc.RootFS.Type != "layers" {
		return ImageConfig{}, fmt.Errorf("rootfs type %q, want \"layers\"", doc.RootFS.Type)
	}
	for i, id := range doc.RootFS.DiffIDs {
		if id.Algorithm != "sha256" {
			return ImageConfig{}, fmt.Errorf("diff id %d is not SHA-256", i)
		}
	}
	return ImageConfig{Platform: platform, DiffIDs: doc.RootFS.DiffIDs, Process: doc.Config}, nil
}
