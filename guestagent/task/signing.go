// SPDX-License-Identifier: Apache-2.0

package task

// Domain is the chain and the TaskHub that a signature is for.
type Domain struct {
	ChainID uint64
	TaskHub [20]byte
}

// Claim is what an attested requester signs to be claimed for: no runner but the one it names can claim with it.
type Claim struct {
	TaskID      [32]byte // of the batch
	TermsDigest [32]byte
	Attempt     uint32
	Runner      [20]byte // who claims, posts the bond, and is paid; the host's word
}

// Heartbeat extends a claim.
type Heartbeat struct {
	TaskID  [32]byte // of the batch
	Attempt uint32
	Until   uint64 // seconds since the epoch
}

// LogSegment is a part of what a workload says while it runs, as the host has it.
type LogSegment struct {
	TaskID  [32]byte
	Attempt uint32
	Number  uint64 // from 0
	Sealed  []byte
}

const (
	domainType    = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
	claimType     = "Claim(uint256 taskId,bytes32 termsDigest,uint32 attempt,address runner)"
	heartbeatType = "Heartbeat(uint256 taskId,uint32 attempt,uint64 until)"
	segmentType   = "LogSegment(uint256 taskId,uint32 attempt,uint64 number,bytes sealed)"
	resultType    = "TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)"
	reportType    = "TaskReport(uint256 taskId,bytes32 termsDigest,uint32 attempt,TaskResult[] results)" + resultType

	domainName    = "escrin TaskHub"
	domainVersion = "2"
)

// TaskID is the id of the batch that a submitter's terms with this salt have or will have:
// keccak256(abi.encode(hub, chain id, submitter, salt)) with the low byte cleared.
func (d Domain) TaskID(submitter [20]byte, salt [32]byte) [32]byte {
	id, _ := Batch(hashWords(address(d.TaskHub), number(d.ChainID), address(submitter), salt))
	return id
}

// SigningDigest returns the EIP-712 digest of a claim.
func (c Claim) SigningDigest(d Domain) [32]byte {
	return d.digest(typed(claimType, c.TaskID, c.TermsDigest, number(uint64(c.Attempt)), address(c.Runner)))
}

// SigningDigest returns the EIP-712 digest of a heartbeat.
func (h Heartbeat) SigningDigest(d Domain) [32]byte {
	return d.digest(typed(heartbeatType, h.TaskID, number(uint64(h.Attempt)), number(h.Until)))
}

// SigningDigest returns the EIP-712 digest of a segment. No contract takes it.
func (s LogSegment) SigningDigest(d Domain) [32]byte {
	return d.digest(typed(segmentType, s.TaskID, number(uint64(s.Attempt)), number(s.Number), keccak(s.Sealed)))
}

// SigningDigest returns the EIP-712 digest of a report, which the attempt's requester signs.
func (r Report) SigningDigest(d Domain) [32]byte {
	return d.digest(typed(reportType, r.TaskID, r.TermsDigest, number(uint64(r.Attempt)), ResultsDigest(r.Results)))
}

// ResultsDigest is EIP-712's hash of results.
func ResultsDigest(results []Result) [32]byte {
	hashes := make([][32]byte, len(results))
	for i, r := range results {
		hashes[i] = typed(resultType, r.words()...)
	}
	return hashWords(hashes...)
}

// typed is EIP-712's hashStruct.
func typed(kind string, fields ...[32]byte) [32]byte {
	return hashWords(append([][32]byte{keccak([]byte(kind))}, fields...)...)
}

func (d Domain) digest(message [32]byte) [32]byte {
	separator := typed(domainType, keccak([]byte(domainName)), keccak([]byte(domainVersion)), number(d.ChainID), address(d.TaskHub))
	return keccak([]byte{0x19, 0x01}, separator[:], message[:])
}
