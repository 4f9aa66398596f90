// SPDX-License-Identifier: Apache-2.0

package attest

// Binding is the statement that an enclave makes with its evidence: which
// identity it asks for, on which chain, for which of its keys, for how long, when
// (the recent block hash is the freshness), and in which key network it lives.
// Changing any one field changes the report data, so a quote supports exactly one
// statement.
type Binding struct {
	ChainID         uint64
	Registry        [20]byte // identity registry contract
	IdentityID      [32]byte
	Requester       [20]byte // address of the enclave's secp256k1 key, which signs results
	ChannelKeyHash  [32]byte // Keccak-256 of the HPKE public key that receives key shares
	Duration        uint64   // requested lifetime of the permit, in seconds
	BaseBlock       uint64   // number of a recent block
	BaseBlockHash   [32]byte // and its hash
	MeasurementRoot [32]byte // Root over the enclave's measurements
	ConfigDigest    [32]byte // SHA-256 of the measured configuration
	GroupKeyDigest  [32]byte // Keccak-256 of the public key of the key network whose answers the enclave believes, in the form of EIP-2537
}

// BindingTag separates binding digests from every other hash:
// Keccak-256("escrin.binding.v3").
func BindingTag() [32]byte { return keccak([]byte("escrin.binding.v3")) }

// Digest returns Keccak-256 of the ABI encoding of BindingTag and the eleven
// fields in the order of SPEC.md §1, one word each.
func (b Binding) Digest() [32]byte {
	var w words
	w.word(BindingTag())
	w.uint(b.ChainID)
	w.address(b.Registry)
	w.word(b.IdentityID)
	w.address(b.Requester)
	w.word(b.ChannelKeyHash)
	w.uint(b.Duration)
	w.uint(b.BaseBlock)
	w.word(b.BaseBlockHash)
	w.word(b.MeasurementRoot)
	w.word(b.ConfigDigest)
	w.word(b.GroupKeyDigest)
	return keccak(w)
}

// ReportData returns the report data that a quote for b carries: the digest and
// 32 zero bytes.
func (b Binding) ReportData() (data [64]byte) {
	digest := b.Digest()
	copy(data[:32], digest[:])
	return data
}

// WorkloadTag stands in the second half of report data that a guest makes for its
// workload: Keccak-256("escrin.workload.v1"). In that of its own statements there are
// zeros, so that a workload can never have one of them signed.
func WorkloadTag() [32]byte { return keccak([]byte("escrin.workload.v1")) }

// WorkloadReportData returns the report data that a quote over data of b's workload
// carries: Keccak-256 of WorkloadTag, the digest of b and that of data, one word each;
// and WorkloadTag.
func (b Binding) WorkloadReportData(data []byte) (out [64]byte) {
	var w words
	tag := WorkloadTag()
	w.word(tag)
	w.word(b.Digest())
	w.word(keccak(data))
	digest := keccak(w)
	copy(out[:32], digest[:])
	copy(out[32:], tag[:])
	return out
}

// HashChannelKey returns the Keccak-256 of an encoded HPKE public key, as it
// stands in [Binding.ChannelKeyHash].
func HashChannelKey(key []byte) [32]byte { return keccak(key) }
