// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/strictjson"
)

// demand is what the evidence must stand for, as far as the user has said so.
type demand struct {
	binding    bindingDemand
	reference  []attest.Measurement // registers of the guest; any of them
	reportData *[64]byte
	envelope   bool // it must be an envelope, whatever else is demanded
}

// codeEnvelope is the reason against a bare quote or report of which a statement is demanded.
const codeEnvelope = "expectation.envelope"

// impossible returns the reason to reject what is no envelope, if anything is demanded that only the statement in an
// envelope could answer to.
func (d demand) impossible(form string) []reason {
	demanded := d.binding.demanded()
	if form == formEnvelope || !d.envelope && len(demanded) == 0 {
		return []reason{}
	}
	detail := "there is no envelope"
	if len(demanded) > 0 {
		detail += ", and so nothing to compare with the demanded " + strings.Join(demanded, ", ")
	}
	return []reason{{codeEnvelope, detail, "A bare quote or report has no statement beside it, and something is demanded of the statement."}}
}

// fresh says whether anything is demanded that cannot have been known before some time.
func (d demand) fresh(form string) bool {
	return d.reportData != nil || form == formEnvelope && d.binding.BaseBlockHash != nil
}

// bindingDemand is a statement of which some fields are known. It is what --binding reads.
type bindingDemand struct {
	ChainID         *decimal        `json:"chainId"`
	Registry        *common.Address `json:"registry"`
	IdentityID      *common.Hash    `json:"identityId"`
	Requester       *common.Address `json:"requester"`
	ChannelKeyHash  *common.Hash    `json:"channelKeyHash"`
	Duration        *decimal        `json:"duration"`
	BaseBlock       *decimal        `json:"baseBlock"`
	BaseBlockHash   *common.Hash    `json:"baseBlockHash"`
	MeasurementRoot *common.Hash    `json:"measurementRoot"`
	ConfigDigest    *common.Hash    `json:"configDigest"`
	GroupKeyDigest  *common.Hash    `json:"groupKeyDigest"`
}

// decimal is a number of 64 bits, in JSON a number or a string of its digits.
type decimal uint64

// UnmarshalJSON implements json.Unmarshaler.
func (d *decimal) UnmarshalJSON(text []byte) error {
	digits := string(text)
	if quoted, err := strconv.Unquote(digits); err == nil {
		digits = quoted
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	*d = decimal(n)
	return err
}

// over returns the statement with the fields that are known, and the names of those that are not: they are taken from
// the statement itself, so nothing is found out about them.
func (d bindingDemand) over(b attest.Binding) (want attest.Binding, unknown []string) {
	take := func(name string, known bool, set func()) {
		if !known {
			unknown = append(unknown, name)
			return
		}
		set()
	}
	take("chainId", d.ChainID != nil, func() { b.ChainID = uint64(*d.ChainID) })
	take("registry", d.Registry != nil, func() { b.Registry = *d.Registry })
	take("identityId", d.IdentityID != nil, func() { b.IdentityID = *d.IdentityID })
	take("requester", d.Requester != nil, func() { b.Requester = *d.Requester })
	take("channelKeyHash", d.ChannelKeyHash != nil, func() { b.ChannelKeyHash = *d.ChannelKeyHash })
	take("duration", d.Duration != nil, func() { b.Duration = uint64(*d.Duration) })
	take("baseBlock", d.BaseBlock != nil, func() { b.BaseBlock = uint64(*d.BaseBlock) })
	take("baseBlockHash", d.BaseBlockHash != nil, func() { b.BaseBlockHash = *d.BaseBlockHash })
	take("measurementRoot", d.MeasurementRoot != nil, func() { b.MeasurementRoot = *d.MeasurementRoot })
	take("configDigest", d.ConfigDigest != nil, func() { b.ConfigDigest = *d.ConfigDigest })
	take("groupKeyDigest", d.GroupKeyDigest != nil, func() { b.GroupKeyDigest = *d.GroupKeyDigest })
	return b, unknown
}

// demanded returns the names of the fields that are known.
func (d bindingDemand) demanded() (names []string) {
	_, unknown := d.over(attest.Binding{})
	_, all := bindingDemand{}.over(attest.Binding{})
	for _, name := range all {
		if !slices.Contains(unknown, name) {
			names = append(names, name)
		}
	}
	return names
}

// appraise returns every reason to reject, and the fields of the statement that were compared with nothing. A demand
// that does not say which guest it must be rejects all.
func (d demand) appraise(policy appraise.Policy, c claims.Claims, form string, at time.Time) (reasons []appraise.Reason, unknown []string) {
	if form != formEnvelope {
		return policy.Appraise(c, d.ofHardware(nil, d.reference).At(at)), nil
	}
	if d.binding.MeasurementRoot == nil && len(d.reference) == 0 {
		return policy.Appraise(c, appraise.Expectation{}.At(at)), nil
	}
	want, unknown := d.binding.over(c.Binding())
	reasons = policy.Appraise(c, appraise.Statement(want).At(at))
	if len(d.reference) == 0 && d.reportData == nil {
		return reasons, unknown
	}
	// The statement vouches for the report data, and the Merkle root for the registers, where the user names none.
	data, reference := c.ReportData(), d.reference
	if len(reference) == 0 {
		reference = []attest.Measurement{c.Measurement()}
	}
	for _, r := range policy.Appraise(c, d.ofHardware(&data, reference).At(at)) {
		if !slices.Contains(reasons, r) {
			reasons = append(reasons, r)
		}
	}
	return reasons, unknown
}

func (d demand) ofHardware(otherwise *[64]byte, reference []attest.Measurement) appraise.Expectation {
	data := d.reportData
	if data == nil {
		data = otherwise
	}
	if data == nil && len(reference) == 0 {
		return appraise.Expectation{}
	}
	if data == nil {
		data = new([64]byte)
	}
	return appraise.Hardware(*data, reference)
}

// demandFlags are the flags that say what the evidence must stand for.
type demandFlags struct {
	reportData   string
	measurements []string
	enclave      string
	binding      string
	groupKey     string
}

func (f *demandFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.reportData, "report-data", "", "the report data, 64 bytes in `HEX`, that the guest must have chosen")
	cmd.Flags().StringArrayVar(&f.measurements, "measurement", nil, "what the guest must measure to, in `HEX`: MRTD,RTMR0,RTMR1,RTMR2 of a TDX guest,\nthe launch digest of an SNP guest, or the measurement root of an enclave; may be repeated")
	cmd.Flags().StringVar(&f.enclave, "enclave", "", "the enclave `REF` that the guest must be, from the local store or the registry")
	cmd.Flags().StringVar(&f.groupKey, "group-key", "", "the key network that the guest must live in, by its group key: 96 bytes in `HEX`")
	cmd.Flags().StringVar(&f.binding, "binding", "", "fields that the statement of an envelope must have: a `JSON` object, or a file with one")
	addStoreFlag(cmd)
}

// demand reads the flags.
func (f *demandFlags) demand(cmd *cobra.Command) (d demand, err error) {
	if d.binding, err = readBinding(f.binding); err != nil {
		return d, usageError{cmd.CommandPath(), "--binding: " + err.Error()}
	}
	if f.reportData != "" {
		raw, err := hexBytes(f.reportData)
		if err != nil || len(raw) != 64 {
			return d, usageError{cmd.CommandPath(), "--report-data: want 64 bytes in hexadecimal"}
		}
		d.reportData = (*[64]byte)(raw)
	}
	for _, text := range f.measurements {
		if err := d.addMeasurement(text); err != nil {
			return d, usageError{cmd.CommandPath(), fmt.Sprintf("--measurement: %v", err)}
		}
	}
	if f.groupKey != "" {
		if err := d.addGroupKey(f.groupKey); err != nil {
			return d, usageError{cmd.CommandPath(), "--group-key: " + err.Error()}
		}
	}
	if f.enclave == "" {
		return d, nil
	}
	return d, f.addEnclave(cmd, &d)
}

func readBinding(text string) (bindingDemand, error) {
	if text == "" {
		return bindingDemand{}, nil
	}
	const limit = 64 << 10
	raw := []byte(text)
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		var err error
		if raw, err = readBounded(text, limit); err != nil {
			return bindingDemand{}, err
		}
	}
	return strictjson.Decode[bindingDemand](raw, limit)
}

func hexBytes(text string) ([]byte, error) { return hex.DecodeString(strings.TrimPrefix(text, "0x")) }

// addMeasurement reads one of the three forms of --measurement, which their sizes tell apart.
func (d *demand) addMeasurement(text string) error {
	var parts []attest.Register
	words := strings.Split(text, ",")
	for _, word := range words {
		raw, err := hexBytes(word)
		switch {
		case err != nil:
			return fmt.Errorf("%.80q is not hexadecimal", word)
		case len(raw) == common.HashLength && len(words) == 1:
			return d.setRoot(common.Hash(raw))
		case len(raw) != len(attest.Register{}):
			return fmt.Errorf("a register or launch digest has 48 bytes and a measurement root 32, not %d", len(raw))
		}
		parts = append(parts, attest.Register(raw))
	}
	switch len(parts) {
	case 1:
		d.reference = append(d.reference, attest.Measurement{TEE: attest.SNP, LaunchDigest: parts[0]})
	case 4:
		registers := attest.Registers{MRTD: parts[0], RTMR0: parts[1], RTMR1: parts[2], RTMR2: parts[3]}
		d.reference = append(d.reference, attest.Measurement{TEE: attest.TDX, Registers: registers})
	default:
		return errors.New("want MRTD,RTMR0,RTMR1,RTMR2, or a launch digest, or a measurement root")
	}
	return nil
}

func (d *demand) addGroupKey(text string) error {
	raw, err := hexBytes(text)
	if err != nil || len(raw) != curve.G2Size {
		return fmt.Errorf("want %d bytes in hexadecimal", curve.G2Size)
	}
	digest, err := keyholder.GroupKeyDigest([curve.G2Size]byte(raw))
	if err != nil {
		return err
	}
	if known := d.binding.GroupKeyDigest; known != nil && *known != digest {
		return errors.New("--binding has the digest of another")
	}
	d.binding.GroupKeyDigest = (*common.Hash)(&digest)
	return nil
}

func (d *demand) setRoot(root common.Hash) error {
	if known := d.binding.MeasurementRoot; known != nil && *known != root {
		return fmt.Errorf("there are two measurement roots: %s and %s", *known, root)
	}
	d.binding.MeasurementRoot = &root
	return nil
}

// addEnclave demands that the guest is an enclave: its documents say what it measures to.
func (f *demandFlags) addEnclave(cmd *cobra.Command, d *demand) error {
	ref, err := enclaver.ParseReference(f.enclave)
	if err != nil {
		return usageError{cmd.CommandPath(), "--enclave: " + err.Error()}
	}
	store, err := openStore(cmd)
	if err != nil {
		return err
	}
	description, err := enclaver.Inspect(cmd.Context(), ref, store)
	if err != nil {
		return err
	}
	d.reference = append(d.reference, description.Config.Measurements...)
	raw, err := hex.DecodeString(description.Config.MeasuredConfig.Digest.Hex)
	if err != nil || len(raw) != common.HashLength {
		return fmt.Errorf("enclave %s: its measured configuration has no SHA-256", ref)
	}
	digest := common.Hash(raw)
	d.binding.ConfigDigest = &digest
	return d.setRoot(common.Hash(description.Config.MeasurementRoot))
}

// readPolicy reads a policy file.
func readPolicy(path string) (appraise.Policy, error) {
	raw, err := readBounded(path, appraise.MaxPolicySize)
	if err != nil {
		return appraise.Policy{}, fmt.Errorf("read policy: %w", err)
	}
	policy, err := appraise.ParsePolicy(raw)
	if err != nil {
		return appraise.Policy{}, fmt.Errorf("read policy %s: %w", home(path), err)
	}
	return policy, nil
}

// readTime reads --time; without it, it is now.
func readTime(cmd *cobra.Command, text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, usageError{cmd.CommandPath(), fmt.Sprintf("--time: %.80q is no time such as 2026-03-01T12:00:00Z", text)}
	}
	return at, nil
}
