// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/escrin/escrin/guestagent/http11"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder/envelope"
)

// MaxObject is the largest object of the sealed storage in bytes.
const MaxObject = 8 << 20

const (
	purposeSeal   = "seal"
	purposeObject = "object" // its key
	purposeAnchor = "anchor" // its name on chain, which says nothing

	maxName = 128 // bytes of an object's name
)

// Anchor is the newest version of an object. The zero value says that there never was one.
type Anchor struct {
	Contract [20]byte    // that has it
	Version  uint64      // from 1
	Digest   wire.Digest // of the sealed object
}

// ErrWithheld says that the host does not serve an object that there is.
var ErrWithheld = errors.New("the host does not have the object, or has another")

// ErrPledged says that another content was signed as this version, and may yet become it.
var ErrPledged = errors.New("another content was signed as this version")

type sealRequest struct {
	Context string `json:"context"` // what the message is for: it opens with the same alone
	Data    []byte `json:"data"`
	Policy  Policy `json:"policy"`
	Version uint64 `json:"version"` // of the key
}

type dataReply struct {
	Data  []byte `json:"data"`
	Trial bool   `json:"trial"`
}

// seal seals a message to those who have the same keys.
func (s *Server) seal(ctx context.Context, r sealRequest) (dataReply, error) {
	key, err := s.derived(ctx, from{r.Policy, r.Version}, purposeSeal, "")
	if err != nil {
		return dataReply{}, err
	}
	sealed, err := sealed(key, []byte(r.Context), r.Data)
	return dataReply{sealed, s.agent.Task().Trial}, err
}

func (s *Server) unseal(ctx context.Context, r sealRequest) (dataReply, error) {
	key, err := s.derived(ctx, from{r.Policy, r.Version}, purposeSeal, "")
	if err != nil {
		return dataReply{}, err
	}
	data, err := opened(key, []byte(r.Context), r.Data)
	if err != nil {
		return dataReply{}, &Error{422, "not_opened", "the message was sealed under another key or context, or changed"}
	}
	return dataReply{data, s.agent.Task().Trial}, nil
}

func sealed(key [32]byte, aad, plain []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(int(envelope.SealedWithKeySize(uint64(len(plain)))))
	err := envelope.SealWithKey(&out, rand.Reader, key, aad, bytes.NewReader(plain))
	return out.Bytes(), err
}

func opened(key [32]byte, aad, sealed []byte) ([]byte, error) {
	plain, err := envelope.OpenSealedWithKey(bytes.NewReader(sealed), key, aad)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(plain)
}

// object is one name of the sealed storage.
type object struct {
	key    [32]byte
	anchor [32]byte // its name on chain
}

// object finds an object of a request: that of the enclave, or with the field Escrin-Policy: identity, that of the identity.
func (s *Server) object(ctx context.Context, r request) (o object, err error) {
	if len(r.parameter) > maxName {
		return o, invalid("the name has more than 128 bytes")
	}
	under := from{Policy: Policy(r.fields["escrin-policy"])}
	if o.key, err = s.derived(ctx, under, purposeObject, r.parameter); err == nil {
		o.anchor, err = s.derived(ctx, under, purposeAnchor, r.parameter)
	}
	return o, err
}

// aad binds a sealed object to its version.
func aad(version uint64) []byte { return []byte("escrin object " + strconv.FormatUint(version, 10)) }

// getObject gives the newest version of an object. Which it is, and whether there is one, the host has no say in (MB-14, MB-15).
func (s *Server) getObject(r request) (http11.Response, error) {
	o, err := s.object(s.ctx, r)
	if err != nil {
		return http11.Response{}, err
	}
	newest, err := s.agent.Anchor(s.ctx, o.anchor, 0)
	if err != nil {
		return http11.Response{}, err
	}
	if newest.Version == 0 {
		return http11.Response{}, &Error{404, "not_found", "there never was an object of this name"}
	}
	blob, err := s.agent.Object(s.ctx, o.anchor, newest.Digest)
	if errors.Is(err, ErrWithheld) {
		message := "the newest version is " + strconv.FormatUint(newest.Version, 10) + ", and the host does not serve it: it has lost it, or serves another"
		return http11.Response{}, &Error{409, "rollback", message}
	}
	if err != nil {
		return http11.Response{}, err
	}
	plain, err := opened(o.key, aad(newest.Version), blob)
	if err != nil {
		return http11.Response{}, &Error{422, "not_opened", "the newest version was not sealed by an enclave with these keys"}
	}
	return http11.Response{Status: 200, Fields: [][2]string{{"Content-Type", "application/octet-stream"}, etag(newest.Version)}, Body: plain}, nil
}

func etag(version uint64) [2]string {
	return [2]string{"ETag", `"` + strconv.FormatUint(version, 10) + `"`}
}

// putObject stores the version after the one that the workload names, if that is the newest.
func (s *Server) putObject(r request) (http11.Response, error) {
	before, err := expected(r.fields)
	if err != nil {
		return http11.Response{}, err
	}
	o, err := s.object(s.ctx, r)
	if err != nil {
		return http11.Response{}, err
	}
	newest, err := s.agent.Anchor(s.ctx, o.anchor, 0)
	if err != nil {
		return http11.Response{}, err
	}
	done := http11.Response{Status: 204, Fields: [][2]string{etag(before + 1)}}
	last, again := s.repeated(o.anchor, before+1, r.body)
	if again && newest == last {
		return done, nil
	}
	if newest.Version != before {
		return http11.Response{}, conflict(newest)
	}
	next := last
	if !again {
		next = Anchor{Contract: newest.Contract, Version: before + 1}
		if next.Digest, err = s.keep(o, next.Version, r.body); err != nil {
			return http11.Response{}, err
		}
		s.begin(o.anchor, next, r.body)
	}
	return done, s.advance(o.anchor, newest, next, r.body)
}

// keep seals a version of an object, and has the host keep it.
func (s *Server) keep(o object, version uint64, content []byte) (wire.Digest, error) {
	blob, err := sealed(o.key, aad(version), content)
	if err != nil {
		return wire.Digest{}, err
	}
	digest := wire.DigestOf(blob)
	return digest, s.agent.Keep(s.ctx, digest, blob)
}

// put is the last content that was to be a version of an object, and what it was sealed to.
type put struct {
	content [32]byte
	sealed  Anchor
}

// begin notes that a content is about to be signed as a version, if none was before.
func (s *Server) begin(name [32]byte, sealed Anchor, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.puts[name].sealed.Version < sealed.Version {
		s.puts[name] = put{sha256.Sum256(content), sealed}
	}
}

// begun notes that a content was signed as a version: what was before has lapsed.
func (s *Server) begun(name [32]byte, sealed Anchor, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts[name] = put{sha256.Sum256(content), sealed}
}

// repeated says what the same content was sealed to when it was put as this version before: to seal it anew would make another
// version of the same number, which is never signed.
func (s *Server) repeated(name [32]byte, version uint64, content []byte) (Anchor, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.puts[name]
	return last.sealed, last.sealed.Version == version && last.content == sha256.Sum256(content)
}

// expected is the version that If-Match names, or 0 for If-None-Match: *.
func expected(fields map[string]string) (uint64, error) {
	match, none := fields["if-match"], fields["if-none-match"]
	if match == "" && none == "*" {
		return 0, nil
	}
	version, err := strconv.ParseUint(match, 10, 63)
	if n := len(match); n > 2 && match[0] == '"' && match[n-1] == '"' {
		version, err = strconv.ParseUint(match[1:n-1], 10, 63)
	}
	if none != "" || err != nil || version == 0 {
		return 0, &Error{428, "version_wanted", `want If-Match with the version that this one follows, or If-None-Match: * for the first`}
	}
	return version, nil
}

func conflict(newest Anchor) *Error {
	return &Error{412, "conflict", "the newest version is " + strconv.FormatUint(newest.Version, 10)}
}

// settling is how long an anchor may take until keyholders see it as final.
const settling = 30 * time.Minute

// unknown is how a request ends whose signature has left the guest: the host may publish it up to its deadline.
func unknown() *Error {
	return &Error{504, "unknown", "whether this is or becomes the newest version is not known yet"}
}

// lapsed is how a request ends that the host did not publish in time.
func lapsed() *Error {
	return &Error{503, "lapsed", "the host did not publish this version in time: it is not the newest one and never will be by this request"}
}

// advance has the anchor advanced, and returns when it is final: not because the host says so. That it is not is certain only if
// another has the version (a later one may have come after this), or if it has none in a block after the signature's deadline.
func (s *Server) advance(name [32]byte, from, to Anchor, content []byte) error {
	ctx, cancel := context.WithTimeout(s.ctx, settling)
	defer cancel()
	deadline, sent := s.agent.Advance(ctx, name, from, to)
	if errors.Is(sent, ErrPledged) {
		return unknown()
	}
	s.begun(name, to, content)
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		after := uint64(0)
		if time.Now().Unix() > int64(deadline) {
			after = deadline
		}
		newest, err := s.agent.Anchor(ctx, name, after)
		switch {
		case err == nil && newest == to:
			return nil
		case err == nil && newest.Version == to.Version:
			return conflict(newest)
		case err == nil && newest.Version > to.Version:
			return unknown()
		case err == nil && after != 0:
			return lapsed()
		case sent != nil, ctx.Err() != nil:
			return unknown()
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}
