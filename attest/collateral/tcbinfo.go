// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"bytes"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/escrin/escrin/attest/tdx"
)

// TCBInfo is Intel's list of what security versions a family of TDX platforms
// can have, and what they are worth, best first (PCS API version 4, TCB info
// version 3).
type TCBInfo struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Validity
	FMSPC      Hex              `json:"fmspc"`
	PCEID      Hex              `json:"pceId"`
	TCBType    int              `json:"tcbType"`
	Module     Module           `json:"tdxModule"`
	Identities []ModuleIdentity `json:"tdxModuleIdentities,omitempty"`
	Levels     []PlatformLevel  `json:"tcbLevels"`
}

// Module says which TDX module is genuine.
type Module struct {
	MRSigner       Hex `json:"mrsigner"`
	Attributes     Hex `json:"attributes"`
	AttributesMask Hex `json:"attributesMask"`
}

// ModuleIdentity says the same, and what its versions are worth, for the TDX
// modules of one major version. Its id is "TDX_" and the version in hexadecimal.
type ModuleIdentity struct {
	ID string `json:"id"`
	Module
	Levels []SVNLevel `json:"tcbLevels"`
}

// PlatformLevel is one combination of least security versions.
type PlatformLevel struct {
	TCB struct {
		SGX    []Component `json:"sgxtcbcomponents"`
		PCESVN uint16      `json:"pcesvn"`
		TDX    []Component `json:"tdxtcbcomponents"`
	} `json:"tcb"`
	Verdict
}

// Component is the security version of one of 16 parts of a platform.
type Component struct {
	SVN uint8 `json:"svn"`
}

// SVNLevel is one least security version of an enclave or TDX module.
type SVNLevel struct {
	TCB struct {
		ISVSVN uint16 `json:"isvsvn"`
	} `json:"tcb"`
	Verdict
}

// Verdict is what a level is worth.
type Verdict struct {
	Date        string   `json:"tcbDate"`
	Status      Status   `json:"tcbStatus"`
	AdvisoryIDs []string `json:"advisoryIDs,omitempty"`
}

// OpenTCBInfo checks that the signer with this key signed the document, that it
// is valid at now, and that it is a TCB info for TDX.
func OpenTCBInfo(s Signed, signer *ecdsa.PublicKey, now time.Time) (TCBInfo, error) {
	var info TCBInfo
	if err := decode(s, signer, &info); err != nil {
		return TCBInfo{}, fmt.Errorf("open TCB info: %w", err)
	}
	if info.ID != "TDX" || info.Version != 3 || info.TCBType != 0 {
		return TCBInfo{}, fmt.Errorf("open TCB info: is of kind %q, version %d, type %d", info.ID, info.Version, info.TCBType)
	}
	if err := info.check(now); err != nil {
		return TCBInfo{}, fmt.Errorf("open TCB info: %w", err)
	}
	return info, nil
}

// Evaluate returns what Intel says of the platform that made the report, and of
// its TDX module. A platform that the TCB info is not for or does not list is an
// error.
func (t TCBInfo) Evaluate(p Platform, r tdx.Report) (platform, module Verdict, err error) {
	if !bytes.Equal(t.FMSPC, p.FMSPC[:]) || !bytes.Equal(t.PCEID, p.PCEID[:]) {
		return Verdict{}, Verdict{}, fmt.Errorf("evaluate TCB: TCB info is for FMSPC %x, PCE %x; the platform is FMSPC %x, PCE %x",
			[]byte(t.FMSPC), []byte(t.PCEID), p.FMSPC, p.PCEID)
	}
	platform, err = t.platform(p, r.TEETCBSVN)
	if err != nil {
		return Verdict{}, Verdict{}, fmt.Errorf("evaluate TCB: %w", err)
	}
	module, err = t.module(r, platform)
	if err != nil {
		return Verdict{}, Verdict{}, fmt.Errorf("evaluate TCB: %w", err)
	}
	return platform, module, nil
}

func (t TCBInfo) platform(p Platform, svn [16]byte) (Verdict, error) {
	for _, level := range t.Levels {
		if len(level.TCB.SGX) != 16 || len(level.TCB.TDX) != 16 {
			return Verdict{}, errors.New("level with other than 16 components")
		}
		if !covers(p.CPUSVN, level.TCB.SGX, 0) || p.PCESVN < level.TCB.PCESVN || !covers(svn, level.TCB.TDX, moduleParts(svn)) {
			continue
		}
		if moduleParts(svn) == 0 && level.TCB.TDX[1].SVN != 0 {
			return Verdict{}, errors.New("level is for another version of the TDX module")
		}
		return level.Verdict.checked()
	}
	return Verdict{}, errors.New("platform matches no level")
}

// moduleParts returns how many leading components of a TEE TCB SVN are the TDX
// module's and judged by its own identity: from major version 1 on, two.
func moduleParts(svn [16]byte) int {
	if svn[1] > 0 {
		return 2
	}
	return 0
}

func (t TCBInfo) module(r tdx.Report, platform Verdict) (Verdict, error) {
	if moduleParts(r.TEETCBSVN) == 0 {
		return platform, t.Module.matches(r)
	}
	id := fmt.Sprintf("TDX_%02X", r.TEETCBSVN[1])
	for _, identity := range t.Identities {
		if !strings.EqualFold(identity.ID, id) {
			continue
		}
		if err := identity.matches(r); err != nil {
			return Verdict{}, err
		}
		return findSVN(identity.Levels, uint16(r.TEETCBSVN[0]))
	}
	return Verdict{}, fmt.Errorf("TDX module %s is not listed", id)
}

func (m Module) matches(r tdx.Report) error {
	if !bytes.Equal(m.MRSigner, r.MRSIGNERSEAM[:]) {
		return fmt.Errorf("TDX module has signer %v", r.MRSIGNERSEAM)
	}
	if !masked(r.SEAMAttributes[:], m.AttributesMask, m.Attributes) {
		return fmt.Errorf("TDX module has attributes %x", r.SEAMAttributes)
	}
	return nil
}

// covers reports whether every version from component first on is at least that
// of the level.
func covers(svn [16]byte, level []Component, first int) bool {
	for i := first; i < len(svn); i++ {
		if svn[i] < level[i].SVN {
			return false
		}
	}
	return true
}

func findSVN(levels []SVNLevel, svn uint16) (Verdict, error) {
	for _, level := range levels {
		if svn >= level.TCB.ISVSVN {
			return level.Verdict.checked()
		}
	}
	return Verdict{}, fmt.Errorf("security version %d matches no level", svn)
}

func (v Verdict) checked() (Verdict, error) {
	if !v.Status.Valid() {
		return Verdict{}, errors.New("level has no status")
	}
	return v, nil
}
