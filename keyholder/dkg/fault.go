// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"errors"
	"fmt"
)

// Reason says what is wrong with a message. It is stable: audits and vectors
// have it.
type Reason string

// What can be wrong.
const (
	NotADealer          Reason = "not_a_dealer"         // dealing of an index that does not deal
	DealingSize         Reason = "dealing_size"         // other number of commitments or sub-shares
	CommitmentInvalid   Reason = "commitment_invalid"   // encoding, curve, subgroup or identity
	PossessionInvalid   Reason = "possession_invalid"   // no proof of knowing the constant term
	ShareNotOwn         Reason = "share_not_own"        // hands on something else than its share
	SubShareMissing     Reason = "sub_share_missing"    // zeros in the place of one
	SubShareSealed      Reason = "sub_share_sealed"     // does not open; seen by its receiver alone
	SubShareWrong       Reason = "sub_share_wrong"      // contradicts the commitments; likewise
	NotAMember          Reason = "not_a_member"         // complaint of an index that is no member
	ComplaintMalformed  Reason = "complaint_malformed"  // not an ascending list of dealers
	ComplaintTooBroad   Reason = "complaint_too_broad"  // would make its author's share public
	JustificationAbsent Reason = "justification_absent" // complaints were not answered
	JustificationWrong  Reason = "justification_wrong"  // not for just these members, or contradicts
	PublicShareNone     Reason = "public_share_none"    // member without a share, which takes its own help or absence
)

// Fault is a deviation of a dealer or member.
type Fault struct {
	Phase  uint8  // in which it was posted, or should have been
	Index  uint32 // of a dealer; in Complaints and Certification of a member
	Reason Reason
}

// String names the fault for a log.
func (f Fault) String() string {
	role := "dealer"
	if f.Phase == Complaints || f.Phase == Certification {
		role = "member"
	}
	return fmt.Sprintf("%s %d: %s", role, f.Index, f.Reason)
}

// ErrTooFew reports that fewer dealings than needed are left: the epoch fails,
// and the one before stays.
var ErrTooFew = errors.New("too few dealings qualify")

// ErrNoShare reports that so many sub-shares do not fit that to complain would
// make our share public. We take no part in this epoch.
var ErrNoShare = errors.New("too many sub-shares do not fit: without a share in this epoch")
