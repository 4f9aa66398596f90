// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"bytes"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escrin/escrin/attest/internal/flaw"
	"github.com/escrin/escrin/attest/tdx"
)

// The flaws of documents, and of the parts that they judge.
const (
	flawKind       flaw.Flaw = "kind"
	flawFamily     flaw.Flaw = "family"
	flawVersion    flaw.Flaw = "version"
	flawSigner     flaw.Flaw = "signer"
	flawProduct    flaw.Flaw = "product"
	flawMiscSelect flaw.Flaw = "miscselect"
	flawAttributes flaw.Flaw = "attributes"
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
	Module     Module           `json:"tdxModule"` // before major version 1
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
	Date        time.Time `json:"tcbDate"` // no part older than this is at the level
	Status      Status    `json:"tcbStatus"`
	AdvisoryIDs []string  `json:"advisoryIDs,omitempty"`
	// Superseded is, of a level that is out of date, the earliest date of those that
	// the document lists before it: since then there was something better. Zero if
	// there is none, and of all other levels.
	Superseded time.Time `json:"-"`
}

// OpenTCBInfo checks that the signer with this key signed the document, and that
// it is a TCB info for TDX with everything that its verdicts need. When it
// is valid is asked of [Validity.Valid].
func OpenTCBInfo(s Signed, signer *ecdsa.PublicKey) (TCBInfo, error) {
	info, err := decode[TCBInfo](s, signer)
	if err != nil {
		return TCBInfo{}, fmt.Errorf("open TCB info: %w", err)
	}
	if info.ID != "TDX" || info.Version != 3 || info.TCBType != 0 {
		return TCBInfo{}, flaw.New(flawKind, fmt.Errorf("open TCB info: is of kind %q, version %d, type %d", info.ID, info.Version, info.TCBType))
	}
	if err := info.check(); err != nil {
		return TCBInfo{}, fmt.Errorf("open TCB info: %w", err)
	}
	return info, nil
}

// check refuses what would have to be guessed at when the document is used.
func (t TCBInfo) check() error {
	if err := t.Validity.check(); err != nil {
		return err
	}
	if len(t.FMSPC) != 6 || len(t.PCEID) != 2 || len(t.Levels) == 0 {
		return errors.New("family, PCE or levels are missing")
	}
	for _, level := range t.Levels {
		if len(level.TCB.SGX) != 16 || len(level.TCB.TDX) != 16 {
			return errors.New("level with other than 16 components")
		}
		if err := level.Verdict.check(); err != nil {
			return err
		}
	}
	return t.checkModules()
}

// checkModules refuses identities of which nobody could say which one counts.
func (t TCBInfo) checkModules() error {
	seen := make(map[string]bool)
	for _, identity := range t.Identities {
		id := strings.ToUpper(identity.ID)
		if seen[id] {
			return fmt.Errorf("TDX module %q is listed twice", id)
		}
		seen[id] = true
		if err := checkLevels(identity.Levels); err != nil {
			return err
		}
	}
	return nil
}

// Family checks that t is about the platform p at all.
func (t TCBInfo) Family(p Platform) error {
	if !bytes.Equal(t.FMSPC, p.FMSPC[:]) || !bytes.Equal(t.PCEID, p.PCEID[:]) {
		return flaw.New(flawFamily, fmt.Errorf("evaluate TCB: TCB info is for FMSPC %x, PCE %x; the platform is FMSPC %x, PCE %x",
			[]byte(t.FMSPC), []byte(t.PCEID), p.FMSPC, p.PCEID))
	}
	return nil
}

// PlatformVerdict returns what Intel says of a platform with these certified versions
// and this TEE TCB SVN. A platform that is not listed is an error.
func (t TCBInfo) PlatformVerdict(p Platform, svn [16]byte) (Verdict, error) {
	var better time.Time
	for _, level := range t.Levels {
		if covers(p.CPUSVN, level.TCB.SGX, 0) && p.PCESVN >= level.TCB.PCESVN && covers(svn, level.TCB.TDX, moduleParts(svn)) {
			return level.Verdict.after(better), nil
		}
		better = earlier(better, level.Date)
	}
	return Verdict{}, flaw.New(flaw.Unlisted, errors.New("evaluate TCB: platform matches no level"))
}

// moduleParts returns how many leading components of a TEE TCB SVN are the TDX
// module's and judged by its own identity: from major version 1 on, two.
func moduleParts(svn [16]byte) int {
	if svn[1] > 0 {
		return 2
	}
	return 0
}

// ModuleVerdict returns what Intel says of the TDX module with this TEE TCB SVN. Before
// major version 1 a module has no verdict of its own: it is the platform's.
func (t TCBInfo) ModuleVerdict(svn [16]byte, platform Verdict) (Verdict, error) {
	if moduleParts(svn) == 0 {
		return platform.clone(), nil
	}
	identity, err := t.moduleIdentity(svn)
	if err != nil {
		return Verdict{}, err
	}
	verdict, err := findSVN(identity.Levels, uint16(svn[0]))
	if err != nil {
		return Verdict{}, fmt.Errorf("evaluate TDX module: %w", err)
	}
	return verdict, nil
}

// Genuine checks that Intel signed the TDX module of this report, and that its
// attributes are as they must be, of a module with this TEE TCB SVN: a report can
// have two.
func (t TCBInfo) Genuine(r tdx.Report, svn [16]byte) error {
	module := t.Module
	if moduleParts(svn) != 0 {
		identity, err := t.moduleIdentity(svn)
		if err != nil {
			return err
		}
		module = identity.Module
	}
	if !bytes.Equal(module.MRSigner, r.MRSIGNERSEAM[:]) {
		return flaw.New(flawSigner, fmt.Errorf("evaluate TDX module: signer is %v", r.MRSIGNERSEAM))
	}
	if !masked(r.SEAMAttributes[:], module.AttributesMask, module.Attributes) {
		return flaw.New(flawAttributes, fmt.Errorf("evaluate TDX module: attributes are %x", r.SEAMAttributes))
	}
	return nil
}

func (t TCBInfo) moduleIdentity(svn [16]byte) (ModuleIdentity, error) {
	id := fmt.Sprintf("TDX_%02X", svn[1])
	for _, identity := range t.Identities {
		if strings.EqualFold(identity.ID, id) {
			return identity, nil
		}
	}
	return ModuleIdentity{}, flaw.New(flawVersion, fmt.Errorf("evaluate TDX module: %s is not listed", id))
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
	var better time.Time
	for _, level := range levels {
		if svn >= level.TCB.ISVSVN {
			return level.Verdict.after(better), nil
		}
		better = earlier(better, level.Date)
	}
	return Verdict{}, flaw.New(flaw.Unlisted, fmt.Errorf("security version %d matches no level", svn))
}

func checkLevels(levels []SVNLevel) error {
	if len(levels) == 0 {
		return errors.New("no levels")
	}
	for _, level := range levels {
		if err := level.Verdict.check(); err != nil {
			return err
		}
	}
	return nil
}

// clone returns a verdict that can be changed without changing the document.
func (v Verdict) clone() Verdict {
	v.AdvisoryIDs = slices.Clone(v.AdvisoryIDs)
	return v
}

// after returns a clone of v as the verdict of a level that comes after others, of
// which the earliest has the date better.
func (v Verdict) after(better time.Time) Verdict {
	if v = v.clone(); v.Status.outOfDate() {
		v.Superseded = better
	}
	return v
}

// earlier returns the earlier of two dates, of which a may be none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func (v Verdict) check() error {
	if !v.Status.Valid() || v.Date.IsZero() {
		return errors.New("level has no status or date")
	}
	return nil
}

// Worse returns what two verdicts that both apply come to: the worse status, the
// earlier date, the advisories of both, and the earlier date at which one that is
// out of date was superseded, which is none if that of either is unknown.
func (v Verdict) Worse(other Verdict) Verdict {
	if !v.Status.outOfDate() || other.Status.outOfDate() && other.Superseded.Before(v.Superseded) {
		v.Superseded = other.Superseded
	}
	if v.Status.BetterThan(other.Status) {
		v.Status = other.Status
	}
	if other.Date.Before(v.Date) {
		v.Date = other.Date
	}
	v.AdvisoryIDs = slices.Compact(slices.Sorted(slices.Values(slices.Concat(v.AdvisoryIDs, other.AdvisoryIDs))))
	return v
}
