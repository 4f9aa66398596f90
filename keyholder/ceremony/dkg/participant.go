// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
)

// ErrEarly reports a message of a round that this member has not reached.
var ErrEarly = errors.New("ceremony: message of a later round")

// Participant is one member's view of one ceremony. It is not safe for
// concurrent use.
type Participant struct {
	params  Params
	digest  [32]byte
	self    uint32
	signer  ed25519.PrivateKey
	secrets secrets

	session  [32]byte
	messages [rounds + 1][]*Message // by round, then author-1
	resumed  map[Round]Message      // own messages from a snapshot
	dealt    []dealing              // verified dealings, by author-1
	result   *Result
}

// secrets are drawn once, before anything is published.
type secrets struct {
	nonce        [nonceSize]byte
	channelSeed  []byte // HPKE private key of this ceremony
	channelKey   []byte
	coefficients []curve.Scalar // of our polynomial, constant term first
}

// Start begins a ceremony as member self: it draws all secrets and makes the
// first message. signer must belong to the member's public key.
func Start(rand io.Reader, params Params, self uint32, signer ed25519.PrivateKey) (*Participant, error) {
	var s secrets
	if _, err := io.ReadFull(rand, s.nonce[:]); err != nil {
		return nil, fmt.Errorf("start ceremony: draw randomness: %w", err)
	}
	for range params.Threshold {
		c, err := curve.RandomScalar(rand)
		if err != nil {
			return nil, fmt.Errorf("start ceremony: draw randomness: %w", err)
		}
		s.coefficients = append(s.coefficients, c)
	}
	var err error
	if s.channelSeed, s.channelKey, err = envelope.GenerateRecipient(); err != nil {
		return nil, fmt.Errorf("start ceremony: %w", err)
	}
	return begin(params, self, signer, s, nil)
}

func begin(params Params, self uint32, signer ed25519.PrivateKey, s secrets, resumed map[Round]Message) (*Participant, error) {
	if err := params.Validate(); err != nil {
		return nil, err
	}
	if self < 1 || int(self) > len(params.Members) || len(signer) != ed25519.PrivateKeySize ||
		!bytes.Equal(signer.Public().(ed25519.PublicKey), params.Members[self-1].PublicKey[:]) {
		return nil, errors.New("start ceremony: own key is not that of the member with our index")
	}
	p := &Participant{
		params: params, digest: params.Digest(), self: self, signer: signer,
		secrets: s, resumed: resumed, dealt: make([]dealing, len(params.Members)),
	}
	for r := range p.messages {
		p.messages[r] = make([]*Message, len(params.Members))
	}
	return p, p.publish(Hello)
}

// Round returns the round whose messages are being collected, or 0 when the
// ceremony is over.
func (p *Participant) Round() Round {
	if p.result != nil {
		return 0
	}
	for r := Confirm; r >= Hello; r-- {
		if p.messages[r][p.self-1] != nil {
			return r
		}
	}
	return 0
}

// Own returns our message of a round once it is made.
func (p *Participant) Own(r Round) (Message, bool) {
	if r < Hello || r > Confirm || p.messages[r][p.self-1] == nil {
		return Message{}, false
	}
	return *p.messages[r][p.self-1], true
}

// Missing returns the members whose message of the current round has not been
// accepted.
func (p *Participant) Missing() []uint32 {
	var out []uint32
	if r := p.Round(); r != 0 {
		for i, m := range p.messages[r] {
			if m == nil {
				out = append(out, uint32(i)+1)
			}
		}
	}
	return out
}

// Result returns the outcome once all members have confirmed it.
func (p *Participant) Result() (Result, bool) {
	if p.result == nil {
		return Result{}, false
	}
	return *p.result, true
}

// Accept takes a message of another member. The same message again is no error;
// another one of the same round is a fault. When the last message of a round
// arrives, our message of the next round is made: take a snapshot before it is
// published.
func (p *Participant) Accept(m Message) error {
	if m.Author < 1 || int(m.Author) > len(p.params.Members) || m.Round < Hello || m.Round > Confirm {
		return ErrMessage
	}
	if known := p.messages[m.Round][m.Author-1]; known != nil {
		if bytes.Equal(known.Marshal(), m.Marshal()) {
			return nil
		}
		return &Fault{m.Author, m.Round, "two different messages in one round"}
	}
	if m.Round != p.Round() {
		return ErrEarly
	}
	if err := p.check(m); err != nil {
		return err
	}
	p.messages[m.Round][m.Author-1] = &m
	return p.advance()
}

// check verifies the frame of a message and then what its round demands.
func (p *Participant) check(m Message) error {
	if len(m.Body) != p.params.bodySize(m.Round) {
		return &Fault{m.Author, m.Round, "body has the wrong size"}
	}
	key := p.params.Members[m.Author-1].PublicKey
	if !ed25519.Verify(key[:], m.signed(p.digest), m.Signature[:]) {
		return &Fault{m.Author, m.Round, "signature does not verify"}
	}
	if m.Session != p.sessionOf(m.Round) {
		if m.Round == Hello {
			return &Fault{m.Author, m.Round, "names a session before there is one"}
		}
		return &Disagreement{m.Author, m.Round}
	}
	switch m.Round {
	case Deal:
		return p.checkDeal(m)
	case Confirm:
		if transcript := p.transcript(); !bytes.Equal(m.Body, transcript[:]) {
			return &Disagreement{m.Author, m.Round}
		}
	}
	return nil
}

// advance makes our next message, or the result, when the round is complete.
func (p *Participant) advance() error {
	r := p.Round()
	if len(p.Missing()) > 0 {
		return nil
	}
	switch r {
	case Hello:
		p.session = p.sessionDigest()
	case Confirm:
		return p.finish()
	}
	return p.publish(r + 1)
}

// publish makes our message of round r, or takes it from the snapshot.
func (p *Participant) publish(r Round) error {
	m, ok := p.resumed[r]
	if !ok {
		body, err := p.body(r)
		if err != nil {
			return fmt.Errorf("ceremony: make %s: %w", r, err)
		}
		m = Message{Round: r, Author: p.self, Session: p.sessionOf(r), Body: body}
		copy(m.Signature[:], ed25519.Sign(p.signer, m.signed(p.digest)))
	}
	if err := p.check(m); err != nil {
		return err
	}
	p.messages[r][p.self-1] = &m
	return nil
}

func (p *Participant) body(r Round) ([]byte, error) {
	switch r {
	case Hello:
		return append(p.secrets.nonce[:], p.secrets.channelKey...), nil
	case Commit:
		public := p.publicPart()
		h := p.commitHash(p.self, public)
		return h[:], nil
	case Deal:
		return p.deal()
	default:
		t := p.transcript()
		return t[:], nil
	}
}

// sessionOf returns what the session field of a round must be.
func (p *Participant) sessionOf(r Round) [32]byte {
	if r == Hello {
		return [32]byte{}
	}
	return p.session
}

// sessionDigest names this run: members, threshold and everybody's nonce and
// key.
func (p *Participant) sessionDigest() [32]byte {
	h := sha256.New()
	h.Write([]byte("escrin.dkg.v1.session\x00"))
	h.Write(p.digest[:])
	for _, m := range p.messages[Hello] {
		h.Write(m.Body)
	}
	return [32]byte(h.Sum(nil))
}

// transcript digests every message before Confirm. Equal transcripts at all
// members mean that nobody told two stories.
func (p *Participant) transcript() [32]byte {
	h := sha256.New()
	h.Write([]byte("escrin.dkg.v1.transcript\x00"))
	h.Write(p.digest[:])
	for r := Hello; r <= Deal; r++ {
		for _, m := range p.messages[r] {
			h.Write(m.Marshal())
		}
	}
	return [32]byte(h.Sum(nil))
}
