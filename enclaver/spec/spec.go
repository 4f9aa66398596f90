// SPDX-License-Identifier: Apache-2.0

// Package spec is what an enclave's author declares beyond what the image says: the file escrin.yaml, or flags. Every
// field reaches the measured config, so that whoever trusts a measurement trusts these. escrin.schema.json beside this
// file describes the file for editors; SPEC.md is normative.
package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
)

// Version is the only version of the file that this package reads.
const Version = 1

// MaxSize is the largest file in bytes.
const MaxSize = 64 << 10

// Spec is what an author declares. Defaults are filled in, so that a later version with others reads it the same. The
// order of its fields is the order of the keys of its canonical JSON. The zero value is refused: begin with Default.
type Spec struct {
	Version      int            `json:"version"`
	Workload                    // of the one container, or nothing
	Containers   []Container    `json:"containers,omitempty"` // in start order; the last is the main one
	VM           VM             `json:"vm"`
	Network      config.Network `json:"network"`
	Chain        bool           `json:"chain"`      // whether the workload may call the chain by way of the host
	ScratchMiB   uint32         `json:"scratchMiB"` // for the writable layer over a root
	Scratch      string         `json:"scratch"`    // config.ScratchMemory or config.ScratchDisk
	OutputMiB    uint32         `json:"outputMiB"`  // RAM for /output
	MaxProcesses uint32         `json:"maxProcesses"`

	Tasks        config.Tasks        `json:"tasks"`
	Confidential config.Confidential `json:"confidential"`
	Logs         config.Logs         `json:"logs"`
}

// VM bounds the machine: the enclave is measured for no other, and the guest refuses one.
type VM struct {
	MinMemoryMiB uint32 `json:"minMemoryMiB"`
	MinVCPUs     uint32 `json:"minVcpus"`
	MaxVCPUs     uint32 `json:"maxVcpus"`
}

// Default declares nothing: the image is run as its author wants it.
func Default() Spec {
	b := config.DefaultBounds()
	return Spec{
		Version:    Version,
		Network:    config.Network{Egress: []config.Destination{}, Ingress: []config.Service{}},
		VM:         VM{MinMemoryMiB: b.MinMemoryMiB, MinVCPUs: b.MinVCPUs, MaxVCPUs: b.MaxVCPUs},
		ScratchMiB: b.ScratchMiB, Scratch: b.ScratchMedium, OutputMiB: b.OutputMiB, MaxProcesses: b.MaxProcesses,
		Tasks:        config.Tasks{PerBoot: 1},
		Confidential: config.Confidential{Env: []string{}, Files: []string{}},
	}
}

// Canonical returns the one encoding of s, or an error where Parse would refuse it.
func (s Spec) Canonical() ([]byte, error) {
	s.Workload, s.Containers = s.Workload.clone(), slices.Clone(s.Containers)
	for i := range s.Containers {
		s.Containers[i].Workload = s.Containers[i].Workload.clone()
	}
	s.sort()
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("encode spec: %w", err)
	}
	document, err := wire.Encode(s)
	if err == nil && len(document) > MaxSize {
		err = fmt.Errorf("%d bytes, more than %d", len(document), MaxSize)
	}
	if err != nil {
		return nil, fmt.Errorf("encode spec: %w", err)
	}
	return document, nil
}

// sort puts lists in the order that the measured config wants.
func (s *Spec) sort() {
	s.Workload.sort()
	for i := range s.Containers {
		s.Containers[i].sort()
	}
	slices.SortFunc(s.Network.Egress, config.Destination.Compare)
	slices.SortFunc(s.Network.Ingress, func(a, b config.Service) int { return cmp.Compare(a.Port, b.Port) })
	slices.Sort(s.Confidential.Env)
	slices.Sort(s.Confidential.Files)
}

// ParseCanonical reads what Canonical returns and nothing else.
func ParseCanonical(document []byte) (Spec, error) {
	var s Spec
	err := wire.Decode(document, MaxSize, &s)
	if err == nil {
		err = s.Validate()
	}
	if err != nil {
		return Spec{}, fmt.Errorf("parse spec: %w", err)
	}
	return s, nil
}

// Validate holds the rules of SPEC.md that do not depend on the image; the zero Spec fails it.
func (s Spec) Validate() error {
	if s.Version != Version {
		return fmt.Errorf("version %d, want %d", s.Version, Version)
	}
	err := s.validContainers()
	if err == nil {
		err = s.measured().Validate()
	}
	if err == nil {
		err = s.supported()
	}
	return err
}

// measured is a measured config with all that s says in it: one set of rules for author and guest.
func (s Spec) measured() config.Config {
	var containers []config.Container
	for _, c := range s.All() {
		containers = append(containers, c.measured())
	}
	containers[len(containers)-1].IO = config.IO{Input: config.InputPath, Output: config.OutputPath}
	return s.Around(containers...)
}

// Around returns the measured config of these containers, with all that s says of the machine.
func (s Spec) Around(containers ...config.Container) config.Config {
	return config.Config{
		Version: config.Version, Containers: containers, Bounds: s.Bounds(),
		Network: s.Network, Chain: s.Chain, Tasks: s.Tasks, Confidential: s.Confidential, Logs: s.Logs,
	}
}

// Bounds are those of the measured config.
func (s Spec) Bounds() config.Bounds {
	return config.Bounds{
		MinMemoryMiB: s.VM.MinMemoryMiB, MinVCPUs: s.VM.MinVCPUs, MaxVCPUs: s.VM.MaxVCPUs,
		ScratchMiB: s.ScratchMiB, ScratchMedium: s.Scratch, OutputMiB: s.OutputMiB, MaxProcesses: s.MaxProcesses,
	}
}

// Shapes returns those of all shapes that the author allows, in their order; none is an error.
func (s Spec) Shapes(all []attest.Shape) ([]attest.Shape, error) {
	var allowed, names = []attest.Shape(nil), []string(nil)
	for _, shape := range all {
		names = append(names, shape.String())
		if shape.MemoryMiB >= s.VM.MinMemoryMiB && shape.VCPUs >= s.VM.MinVCPUs && shape.VCPUs <= s.VM.MaxVCPUs {
			allowed = append(allowed, shape)
		}
	}
	if len(allowed) == 0 {
		err := fmt.Errorf("no machine has at least %d MiB and %d…%d processors", s.VM.MinMemoryMiB, s.VM.MinVCPUs, s.VM.MaxVCPUs)
		return nil, hint.Wrap(err, "the machines that can be measured are %s", strings.Join(names, "; "))
	}
	return allowed, nil
}
