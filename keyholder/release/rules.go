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
	"github.com/escrin/escrin/attest/platform"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// maxVerifying is how many requests for certificates have their evidence verified
// at once. Anybody can sign one with a key of their own, and verification costs
// milliseconds.
const maxVerifying = 4

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
	verifying  chan struct{} // a place for each certificate's verification
}

// New returns rules, or an error that names what is missing.
func New(c Config) (*Rules, error) { return NewWithVerifier(c, crosscheck.New(c.Roots).Verify) }

// NewWithVerifier is New for who verifies evidence elsewhere. Only package
// attest/verify makes claims, so that a verifier can do no more than remember.
// Rules of a keyholder are New's; these are for keyholder/simulation.
func NewWithVerifier(c Config, authentic func(e attest.Evidence, now time.Time) (claims.Claims, error)) (*Rules, error) {
	switch {
	case c.ChainID == 0:
		return nil, errors.New("release rules: no chain id")
	case c.Registry == [20]byte{} || c.TaskHub == [20]byte{}:
		return nil, errors.New("release rules: no address of registry or task hub")
	case c.Chain == nil || c.Records == nil || c.Editions == nil || c.Clock == nil:
		return nil, errors.New("release rules: no chain, records, editions or clock")
	}
	return &Rules{
		config: c, authentic: authentic, acceptable: c.Policy.Appraise,
		verifying: make(chan struct{}, maxVerifying),
	}, nil
}

// Approved is a certificate that the rules allow to sign. The zero value is
// none.
type Approved struct {
	point   curve.G1
	grounds Grounds
	answers Answers
}

// Grounds are what a decision rested on.
type Grounds struct {
	Head      Head // whose state decided
	Permitter [20]byte
	Policy    Policy // of the identity, at its permitter
	Findings  keyholder.Findings
	Anchor    keyholder.Anchor // of a state
}

// Answers says what an approval is good for: a share of one epoch, of one
// subject, in answer to one request.
type Answers struct {
	Request [32]byte // digest of the signed request
	Epoch   uint64
	Subject [32]byte // digest of the certificate, or of the key name
}

// Point returns the point to multiply by the share; not a point for the zero
// value.
func (a Approved) Point() curve.G1 { return a.point }

// Findings returns what the certificate says of the platform and the author.
func (a Approved) Findings() keyholder.Findings { return a.grounds.Findings }

// Grounds returns what the approval rests on.
func (a Approved) Grounds() Grounds { return a.grounds }

// Answers returns what the approval is good for.
func (a Approved) Answers() Answers { return a.answers }

// Grant is a derived key that the rules allow to release to one channel key.
// The zero value is none.
type Grant struct {
	point      curve.G1
	channelKey []byte
	grounds    Grounds
	answers    Answers
}

// Point returns the point to multiply by the share; not a point for the zero
// value.
func (g Grant) Point() curve.G1 { return g.point }

// ChannelKey returns the HPKE public key that the share must be sealed to.
func (g Grant) ChannelKey() []byte { return g.channelKey }

// Grounds returns what the grant rests on.
func (g Grant) Grounds() Grounds { return g.grounds }

// Answers returns what the grant is good for.
func (g Grant) Answers() Answers { return g.answers }

// Certificate decides about a certificate. A refusal is a *keyholder.Error.
func (r *Rules) Certificate(ctx context.Context, asked Asked[keyholder.CertificateRequest]) (Approved, error) {
	if err := r.opened(asked.digest); err != nil {
		return Approved{}, err
	}
	e, permitter := asked.evidence, asked.request.Permitter
	state, err := r.config.Chain.At(ctx)
	if err != nil {
		return Approved{}, err
	}
	if err := recent(state.Head(), e.Binding); err != nil {
		return Approved{}, err
	}
	c, err := r.verifiedInTurn(e)
	if err != nil {
		return Approved{}, err
	}
	state.Expect(ctx, reads(e.Binding, c))
	grounds, err := r.appraised(ctx, state, e, c)
	if err != nil {
		return Approved{}, err
	}
	if grounds.Permitter != permitter {
		return Approved{}, refuse(keyholder.CodePolicyMismatch, "permitter of the identity is %x, not %x", grounds.Permitter, permitter)
	}
	certificate := keyholder.CertificateFor(e, grounds.Findings, permitter)
	return Approved{certificate.Point(), grounds, Answers{asked.digest, asked.epoch, certificate.Digest()}}, nil
}

// opened reports whether there are rules, and a request that they took apart.
func (r *Rules) opened(digest [32]byte) error {
	if r.authentic == nil || digest == [32]byte{} {
		return refuse(keyholder.CodeInternal, "no rules, or nothing asked")
	}
	return nil
}

func findings(c claims.Claims) keyholder.Findings {
	return keyholder.Findings{Platform: platform.Of(c), Author: platform.Author(c)}
}

// reads is what a decision about evidence reads.
func reads(b attest.Binding, c claims.Claims) Reads {
	return Reads{BaseBlock: b.BaseBlock, Identity: b.IdentityID, Platform: platform.Of(c)}
}

// recent reports whether the base block is final and young enough for a
// certificate.
func recent(head Head, b attest.Binding) error {
	if err := final(head, b); err != nil {
		return err
	}
	if age := head.Number - b.BaseBlock; age > keyholder.MaxBaseBlockAge {
		return refuse(keyholder.CodeBaseBlock, "base block is %d blocks old, at most %d are allowed", age, keyholder.MaxBaseBlockAge)
	}
	return nil
}

func final(head Head, b attest.Binding) error {
	if b.BaseBlock > head.Number {
		return notYet(keyholder.CodeBaseBlock, "base block is not final here")
	}
	return nil
}

// parsed parses evidence, pins its chain, registry and key network, and compares its
// binding with what it says was signed, so that nobody makes the costly check of the
// signature happen by putting another binding beside signed bytes of others.
func (r *Rules) parsed(evidence []byte, group Group) (attest.Evidence, error) {
	if r.authentic == nil {
		return attest.Evidence{}, refuse(keyholder.CodeInternal, "no rules")
	}
	e, err := attest.ParseEvidence(evidence)
	if err != nil {
		return attest.Evidence{}, refuse(keyholder.CodeBadRequest, "%v", err)
	}
	if e.Binding.ChainID != r.config.ChainID || e.Binding.Registry != r.config.Registry {
		return attest.Evidence{}, refuse(keyholder.CodeWrongNetwork,
			"evidence is bound to chain %d and registry %x; this keyholder serves chain %d and registry %x",
			e.Binding.ChainID, e.Binding.Registry, r.config.ChainID, r.config.Registry)
	}
	if e.Binding.GroupKeyDigest != group.Digest {
		return attest.Evidence{}, refuse(keyholder.CodeWrongNetwork,
			"evidence is bound to the key network %x; this keyholder is one of %x", e.Binding.GroupKeyDigest, group.Digest)
	}
	if signed, known := reportData(e); known && signed != e.Binding.ReportData() {
		return attest.Evidence{}, refuse(keyholder.CodeEvidenceRefused, "report data is not the digest of the binding")
	}
	return e, nil
}

// reportData returns the report data in the quote or report, and whether it can be
// read at all. Nobody has verified it.
func reportData(e attest.Evidence) (data [64]byte, known bool) {
	if e.TEE == attest.SNP {
		report, err := snp.Parse(e.Signed)
		return report.ReportData, err == nil
	}
	quote, err := tdx.ParseQuote(e.Signed)
	return quote.Report.ReportData, err == nil
}

// verifiedInTurn is verified for requests that cost who asks nothing, a few at once.
func (r *Rules) verifiedInTurn(e attest.Evidence) (claims.Claims, error) {
	select {
	case r.verifying <- struct{}{}:
		defer func() { <-r.verifying }()
		return r.verified(e)
	default:
		return claims.Claims{}, &keyholder.Error{
			Code: keyholder.CodeBusy, Message: "too much evidence is being verified at once: ask again", Retryable: true,
		}
	}
}

// verified verifies that evidence is authentic, by collateral that is not
// outdated.
func (r *Rules) verified(e attest.Evidence) (claims.Claims, error) {
	now := r.config.Clock()
	c, err := r.authentic(e, now)
	if err != nil {
		return claims.Claims{}, refuse(keyholder.CodeEvidenceInvalid, "%v", err)
	}
	return c, current(r.config.Editions.Outdated, c, now)
}

// current reports whether no newer collateral was seen than that of c, as compare
// finds: a method of Editions, of which one remembers it.
func current(compare func([]collateral.Edition, time.Time) ([]collateral.Edition, error), c claims.Claims, now time.Time) error {
	outdated, err := compare(c.Editions(), now)
	if err != nil {
		return &keyholder.Error{Code: keyholder.CodeInternal, Message: "cannot read or record editions of collateral", Retryable: true}
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
// binding, which the quote signs; chain, registry and key network were pinned before. Only of evidence that is acceptable by all this
// are the editions of its collateral remembered: for what anybody can show, nobody
// else has to fetch anew.
func (r *Rules) appraised(ctx context.Context, state State, e attest.Evidence, c claims.Claims) (Grounds, error) {
	want := e.Binding
	want.ChainID, want.Registry = r.config.ChainID, r.config.Registry
	if err := final(state.Head(), want); err != nil {
		return Grounds{}, err
	}
	var err error
	if want.BaseBlockHash, err = state.BlockHash(ctx, want.BaseBlock); err != nil {
		return Grounds{}, err
	}
	if want.BaseBlockHash != e.Binding.BaseBlockHash {
		return Grounds{}, refuse(keyholder.CodeBaseBlock, "block %d has another hash on the chain", want.BaseBlock)
	}
	permitter, err := state.Permitter(ctx, want.IdentityID)
	if err != nil {
		return Grounds{}, err
	}
	if permitter == [20]byte{} {
		return Grounds{}, notYet(keyholder.CodePolicyMismatch, "identity does not exist or has no permitter")
	}
	policy, err := state.Policy(ctx, permitter, want.IdentityID)
	if err != nil {
		return Grounds{}, err
	}
	if err := policy.admits(want); err != nil {
		return Grounds{}, err
	}
	now := r.config.Clock()
	if reasons := r.acceptable(c, appraise.Statement(want).At(now)); len(reasons) > 0 {
		return Grounds{}, refuse(keyholder.CodeEvidenceRefused, "%s", list(reasons))
	}
	if err := allowedPlatform(ctx, state, c); err != nil {
		return Grounds{}, err
	}
	return Grounds{Head: state.Head(), Permitter: permitter, Policy: policy, Findings: findings(c)}, current(r.config.Editions.Advance, c, now)
}

// admits reports whether the policy can fit a binding. Which author's release a
// measurement root is, only the contract is told.
func (p Policy) admits(b attest.Binding) error {
	switch {
	case p.Kind == 0 || p.Subject == [32]byte{}:
		return notYet(keyholder.CodePolicyMismatch, "identity has no policy")
	case p.Kind > ByIDBlock:
		return refuse(keyholder.CodePolicyMismatch, "policy of the identity is of the unknown kind %d", p.Kind)
	case p.Kind == ByAuthor && [12]byte(p.Subject[:12]) != [12]byte{}:
		return refuse(keyholder.CodePolicyMismatch, "policy of the identity names author %x, which is no account", p.Subject)
	case p.Kind == ByMeasurements && p.Subject != b.MeasurementRoot:
		return refuse(keyholder.CodePolicyMismatch, "evidence names measurement root %x, the identity's policy %x", b.MeasurementRoot, p.Subject)
	case b.Duration == 0 || b.Duration > p.MaxDuration:
		return refuse(keyholder.CodePolicyMismatch, "duration is %d s, the policy allows 1 to %d s", b.Duration, p.MaxDuration)
	}
	return nil
}

// allowedPlatform asks the chain whether the platform's family was denied, or its
// floor raised, since this keyholder's own policy was written (AT-18).
func allowedPlatform(ctx context.Context, state State, c claims.Claims) error {
	word := platform.Of(c)
	allowed, err := state.PlatformAllowed(ctx, word)
	if err != nil {
		return err
	}
	if !allowed {
		return refuse(keyholder.CodePlatformDenied, "the platform registry denies platform %x", word)
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
