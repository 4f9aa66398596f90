// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/share"
	"github.com/escrin/escrin/strictjson"
)

// Keys keep records durably and in secret. [keystore.Keystore] does.
type Keys interface {
	// Get returns a record; the error is keystore.ErrNone if it is not there.
	Get(name string) ([]byte, error)
	// Names returns the names of all records.
	Names() []string
	// Apply makes changes, of which a crash leaves all or none.
	Apply(changes ...keystore.Change) error
}

// nextKey is the record of the key that sub-shares of the next epoch with this
// holder are encrypted to.
const nextKey = keystore.NextEncryption

// recordOf tells which epoch a record belongs to.
func recordOf(name string) (epoch uint64, ok bool) {
	rest, found := strings.CutPrefix(name, "epoch-")
	number, _, dot := strings.Cut(rest, ".")
	epoch, err := strconv.ParseUint(number, 10, 64)
	return epoch, found && dot && err == nil && number == strconv.FormatUint(epoch, 10)
}

// find returns a record, or nil if there is none.
func find(k Keys, name string) ([]byte, error) {
	b, err := k.Get(name)
	if errors.Is(err, keystore.ErrNone) {
		return nil, nil
	}
	return b, err
}

func newKey(rand io.Reader) ([]byte, error) {
	private := make([]byte, envelope.PrivateKeySize)
	if _, err := io.ReadFull(rand, private); err != nil {
		return nil, fmt.Errorf("draw encryption key: %w", err)
	}
	return private, nil
}

// storedShare is a share with everything that is needed to serve with it.
type storedShare struct {
	Index        uint32   `json:"index"`
	Secret       []byte   `json:"secret"`
	Threshold    int      `json:"threshold"`
	GroupKey     []byte   `json:"groupKey"`
	PublicShares [][]byte `json:"publicShares"` // by index-1; zeros of who has none
	Accounts     [][]byte `json:"accounts"`     // of the members, by index-1
	Signers      [][]byte `json:"signers"`
	Commitments  []byte   `json:"commitments"`
	Completion   []byte   `json:"completion"` // digest
}

const maxStoredShare = 1 << 20

func newStoredShare(r Record, index uint32, secret curve.Scalar, o dkg.Outcome, completion [32]byte) storedShare {
	scalar, group, commitments := secret.Bytes(), o.GroupKey.Bytes(), o.CommitmentsDigest()
	s := storedShare{
		Index: index, Secret: scalar[:], Threshold: r.Threshold, GroupKey: group[:], Commitments: commitments[:], Completion: completion[:],
	}
	for i, m := range r.Members {
		public := o.PublicShares[i].Bytes()
		s.PublicShares = append(s.PublicShares, public[:])
		s.Accounts, s.Signers = append(s.Accounts, m.Account[:]), append(s.Signers, m.Signer[:])
	}
	return s
}

func (s storedShare) marshal() ([]byte, error) { return json.Marshal(s) }

// Share is a holder's share of an epoch, with those who hold the others.
type Share struct {
	Epoch       uint64
	Index       uint32
	Threshold   int
	Members     []Holder
	Completion  [32]byte // digest
	commitments [32]byte
	secret      curve.Scalar
	groupKey    curve.G2
}

// Holder is a member of an epoch with its public share.
type Holder struct {
	Account     [20]byte
	Signer      [20]byte
	PublicShare curve.G2 // the identity if it has no share
}

// loadShare returns the share of an epoch, or nil if there is none.
func loadShare(k Keys, epoch uint64) (*Share, error) {
	b, err := find(k, keystore.ShareOf(epoch))
	if b == nil || err != nil {
		return nil, err
	}
	defer clear(b)
	s, err := parseShare(epoch, b)
	if err != nil {
		return nil, fmt.Errorf("read share of epoch %d: %w", epoch, err)
	}
	return s, nil
}

func parseShare(epoch uint64, b []byte) (*Share, error) {
	w, err := strictjson.Decode[storedShare](b, maxStoredShare)
	if err != nil {
		return nil, err
	}
	n := len(w.PublicShares)
	if len(w.Accounts) != n || len(w.Signers) != n || w.Index < 1 || int(w.Index) > n || len(w.Commitments) != 32 || len(w.Completion) != 32 {
		return nil, errors.New("record is malformed")
	}
	s := &Share{Epoch: epoch, Index: w.Index, Threshold: w.Threshold, Completion: [32]byte(w.Completion), commitments: [32]byte(w.Commitments)}
	if s.secret, err = curve.ScalarFromBytes(w.Secret); err != nil {
		return nil, err
	}
	if s.groupKey, err = curve.G2FromBytes(w.GroupKey); err != nil {
		return nil, err
	}
	for i, b := range w.PublicShares {
		public, err := publicShare(b)
		if err != nil {
			return nil, err
		}
		if len(w.Accounts[i]) != 20 || len(w.Signers[i]) != 20 {
			return nil, errors.New("record is malformed")
		}
		s.Members = append(s.Members, Holder{[20]byte(w.Accounts[i]), [20]byte(w.Signers[i]), public})
	}
	return s, nil
}

// publicShare reads a public share, or zeros.
func publicShare(b []byte) (curve.G2, error) {
	if bytes.Equal(b, make([]byte, curve.G2Size)) {
		return curve.G2{}, nil
	}
	return curve.G2FromBytes(b)
}

// Use returns the share for those who use it. sign is that of the holder's signer;
// urls are the addresses of the members that are known.
func (s *Share) Use(sign share.Sign, board keyholder.Board, urls map[[20]byte]string) (share.Share, error) {
	return share.New(s.Index, s.secret, sign, s.network(board, urls))
}

// completes reports whether the share is what the transcript of an epoch, as it is now,
// came to. It is false for no share.
func (s *Share) completes(r Record) bool {
	if s == nil {
		return false
	}
	o := dkg.Outcome{GroupKey: s.groupKey}
	return s.Completion == dkg.CompletionDigest(r.SessionID, o.GroupKeyDigest(), s.commitments, r.Transcript)
}

// network describes those who have shares of the epoch.
func (s *Share) network(board keyholder.Board, urls map[[20]byte]string) keyholder.Network {
	network := keyholder.Network{Board: board, Epoch: s.Epoch, Threshold: s.Threshold, GroupKey: s.groupKey.Bytes()}
	for i, m := range s.Members {
		if m.PublicShare.IsIdentity() {
			continue
		}
		network.Holders = append(network.Holders, keyholder.Holder{
			Index: uint32(i) + 1, URL: urls[m.Account], Signer: m.Signer, PublicShare: m.PublicShare.Bytes(),
		})
	}
	return network
}

// publicShares returns those of all members.
func (s *Share) publicShares() []curve.G2 {
	var points []curve.G2
	for _, m := range s.Members {
		points = append(points, m.PublicShare)
	}
	return points
}

// partial returns this holder's part of the signature on the completion.
func (s *Share) partial() curve.G1 {
	return curve.HashToG1(curve.DSTCompletion, s.Completion[:]).Mul(s.secret)
}
