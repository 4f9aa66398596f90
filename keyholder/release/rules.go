// SPDX-License-Identifier: Apache-2.0

package release

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/crosscheck"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// MaxBaseBlockAge is how many blocks before the head the base block of evidence
// may lie for a certificate.
const MaxBaseBlockAge = 128

// Config is everything that rules need. No field may be left out.
type Config struct {
	ChainID  uint64
	Registry [20]byte
	TaskHub  [20]byte
	Roots    verify.Roots
	Policy   appraise.Policy
	Chain    ChainView
	Records  Records
	Editions Editions
	Clock    func() time.Time
}

// Rules decide. The zero value approves nothing. They are safe for concurrent
// use.
type Rules struct {
	config     Config
	authentic  func(e attest.Evidence, now time.Time) (claims.Claims, error)
	acceptable func(c claims.Claims, x appraise.Expectation) []appraise.Reason
}

// New returns rules, or an error that names what is missing.
func New(c Config) (*Rules, error) {
	switch {
	case c.ChainID == 0:
		return nil, errors.New("release rules: no chain id")
	case c.Registry == [20]byte{} || c.TaskHub == [20]byte{}:
		return nil, errors.New("release rules: no address of registry or task hub")
	case c.Chain == nil || c.Records == nil || c.Editions == nil || c.Clock == nil:
		return nil, errors.New("release rules: no chain, records, editions or clock")
	}
	return &Rules{config: c, authentic: crosscheck.New(c.Roots).Verify, acceptable: c.Policy.Appraise}, nil
}

// Approved is a certificate that the rules allow to sign. The zero value is
// none.
type Approved struct{ point curve.G1 }

// Point returns the point to multiply by the share; not a point for the zero
// value.
func (a Approved) Point() curve.G1 { return a.point }

// Grant is a derived key that the rules allow to release to one channel key.
// The zero value is none.
type Grant struct {
	point      curve.G1
	channelKey []byte
	context    [32]byte
}

// Point returns the point to multiply by the share; not a point for the zero
// value.
func (g Grant) Point() curve.G1 { return g.point }

// ChannelKey returns the HPKE public key that the share must be sealed to.
func (g Grant) ChannelKey() []byte { return g.channelKey }

// Context returns the associated data of the seal: the signed request digest.
func (g Grant) Context() [32]byte { return g.context }

// Certificate decides about a certificate. A refusal is a *keyholder.Error.
func (r *Rules) Certificate(ctx context.Context, req keyholder.CertificateRequest) (Approved, error) {
	e, c, err := r.verified(req.Evidence)
	if err != nil {
		return Approved{}, err
	}
	state, err := r.config.Chain.At(ctx)
	if err != nil {
		return Approved{}, err
	}
	if age := int64(state.Head().Number) - int64(e.Binding.BaseBlock); age > MaxBaseBlockAge {
		return Approved{}, refuse(keyholder.CodeBaseBlock, "base block is %d blocks old, at most %d are allowed", age, MaxBaseBlockAge)
	}
	if err := r.appraised(ctx, state, e, c); err != nil {
		return Approved{}, err
	}
	if err := currentPermitter(ctx, state, e.Binding.IdentityID, req.Permitter); err != nil {
		return Approved{}, err
	}
	return Approved{keyholder.CertificateFor(e, req.Permitter).Point()}, nil
}

// verified parses evidence, pins its chain and registry, and verifies that it
// is authentic by collateral that is not outdated. No chain read happens before.
func (r *Rules) verified(evidence []byte) (attest.Evidence, claims.Claims, error) {
	if r.authentic == nil {
		return attest.Evidence{}, claims.Claims{}, refuse(keyholder.CodeInternal, "no rules")
	}
	e, err := attest.ParseEvidence(evidence)
	if err != nil {
		return attest.Evidence{}, claims.Claims{}, refuse(keyholder.CodeBadRequest, "%v", err)
	}
	if e.Binding.ChainID != r.config.ChainID || e.Binding.Registry != r.config.Registry {
		return attest.Evidence{}, claims.Claims{}, refuse(keyholder.CodeWrongNetwork,
			"evidence is bound to chain %d and registry %x; this keyholder serves chain %d and registry %x",
			e.Binding.ChainID, e.Binding.Registry, r.config.ChainID, r.config.Registry)
	}
	c, err := r.authentic(e, r.config.Clock())
	if err != nil {
		return attest.Evidence{}, claims.Claims{}, refuse(keyholder.CodeEvidenceInvalid, "%v", err)
	}
	return e, c, r.current(c.Editions())
}

// current reports whether no newer collateral was seen, and remembers this.
func (r *Rules) current(editions []collateral.Edition) error {
	outdated, err := r.config.Editions.Advance(editions)
	if err != nil {
		return &keyholder.Error{Code: keyholder.CodeInternal, Message: "cannot record the collateral", Retryable: true}
	}
	if len(outdated) > 0 {
		e := outdated[0]
		return refuse(keyholder.CodeCollateralOutdated, "%v number %d of %s is older than one that was seen before: fetch the collateral anew",
			e.Series.Document, new(big.Int).SetBytes(e.Number[:]), e.Issued.UTC().Format(time.RFC3339))
	}
	return nil
}

// appraised compares verified evidence with what the chain says: the hash of
// the base block, and the identity's policy. Fields that only the enclave
// chooses (requester, channel key, duration, configuration) are taken from the
// binding, which the quote signs.
func (r *Rules) appraised(ctx context.Context, state State, e attest.Evidence, c claims.Claims) error {
	want := e.Binding
	want.ChainID, want.Registry = r.config.ChainID, r.config.Registry
	if want.BaseBlock > state.Head().Number {
		return notYet(keyholder.CodeBaseBlock, "base block is not final here")
	}
	var err error
	if want.BaseBlockHash, err = state.BlockHash(ctx, want.BaseBlock); err != nil {
		return err
	}
	if want.BaseBlockHash != e.Binding.BaseBlockHash {
		return refuse(keyholder.CodeBaseBlock, "block %d has another hash on the chain", want.BaseBlock)
	}
	permitter, err := state.Permitter(ctx, want.IdentityID)
	if err != nil {
		return err
	}
	if permitter == [20]byte{} {
		return notYet(keyholder.CodePolicyMismatch, "identity does not exist or has no permitter")
	}
	policy, err := state.Policy(ctx, permitter, want.IdentityID)
	if err != nil {
		return err
	}
	if policy.MeasurementRoot == [32]byte{} {
		return notYet(keyholder.CodePolicyMismatch, "identity has no policy")
	}
	if policy.MeasurementRoot != e.Binding.MeasurementRoot {
		return refuse(keyholder.CodePolicyMismatch, "evidence names measurement root %x, the identity's policy %x",
			e.Binding.MeasurementRoot, policy.MeasurementRoot)
	}
	if want.Duration == 0 || want.Duration > policy.MaxDuration {
		return refuse(keyholder.CodePolicyMismatch, "duration is %d s, the policy allows 1 to %d s", want.Duration, policy.MaxDuration)
	}
	want.MeasurementRoot = policy.MeasurementRoot
	if reasons := r.acceptable(c, appraise.Statement(want).At(r.config.Clock())); len(reasons) > 0 {
		return refuse(keyholder.CodeEvidenceRefused, "%s", list(reasons))
	}
	return nil
}

func currentPermitter(ctx context.Context, state State, identity [32]byte, permitter [20]byte) error {
	current, err := state.Permitter(ctx, identity)
	if err != nil {
		return err
	}
	if current != permitter {
		return refuse(keyholder.CodePolicyMismatch, "permitter of the identity is %x, not %x", current, permitter)
	}
	return nil
}

func list(reasons []appraise.Reason) string {
	out := ""
	for i, reason := range reasons {
		if i > 0 {
			out += "; "
		}
		out += reason.String()
	}
	return out
}

// refuse returns a refusal that asking again does not change.
func refuse(code keyholder.Code, format string, args ...any) *keyholder.Error {
	return &keyholder.Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// notYet returns a refusal for what the chain does not show, but may show when
// newer blocks are final.
func notYet(code keyholder.Code, message string) *keyholder.Error {
	return &keyholder.Error{Code: code, Message: message + " yet", Retryable: true}
}
