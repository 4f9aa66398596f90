// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
)

// savedVersion changes whenever other things of the files are measured, or in another way.
const savedVersion = 1

type savedFiles struct {
	Version       int             `json:"version"`
	Sections      []savedSection  `json:"sections"`
	MRTD          attest.Register `json:"mrtd"`
	Configuration attest.Register `json:"configuration"`
	Kernel        attest.Register `json:"kernel"`
	Initrd        attest.Register `json:"initrd"`
}

type savedSection struct {
	Address    uint64 `json:"address"`
	Size       uint64 `json:"size"`
	Kind       uint32 `json:"kind"`
	Attributes uint32 `json:"attributes"`
}

// Marshal encodes what was measured, for a cache: whoever keeps it also keeps it from being changed.
func (f Files) Marshal() ([]byte, error) {
	if !f.measured {
		return nil, errors.New("encode measured files: no files were measured")
	}
	saved := savedFiles{Version: savedVersion, MRTD: f.mrtd, Configuration: f.configuration, Kernel: f.kernel, Initrd: f.initrd}
	for _, s := range f.sections {
		saved.Sections = append(saved.Sections, savedSection{s.address, s.size, uint32(s.kind), s.attributes})
	}
	return json.Marshal(saved)
}

// ParseFiles reads what Marshal of this version wrote.
func ParseFiles(data []byte) (Files, error) {
	var saved savedFiles
	if err := json.Unmarshal(data, &saved); err != nil {
		return Files{}, fmt.Errorf("read measured files: %w", err)
	}
	if saved.Version != savedVersion || len(saved.Sections) == 0 || len(saved.Sections) > maxSections {
		return Files{}, fmt.Errorf("read measured files: version %d, %d sections", saved.Version, len(saved.Sections))
	}
	f := Files{measured: true, mrtd: saved.MRTD, configuration: saved.Configuration, kernel: saved.Kernel, initrd: saved.Initrd}
	for _, s := range saved.Sections {
		f.sections = append(f.sections, section{address: s.Address, size: s.Size, kind: sectionKind(s.Kind), attributes: s.Attributes})
	}
	return f, nil
}
