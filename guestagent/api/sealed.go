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
	"strings"
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

	maxName = 128       // bytes of an object's name
	maxSeal = 128 << 10 // bytes of a message: sealed, it is in a request of maxMessage bytes, with its context, however that is escaped
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

// ErrRefused says that the host has a signature, and says that it does not publish it. It may all the same.
var ErrRefused = errors.New("the host says that it refuses to publish this version")

type sealRequest struct {
	Context string `json:"context"` // what the message is for: it opens with the same alone
	Data    []byte `json:"data"`
	from
}

type dataReply struct {
	Data  []byte `json:"data"`
	Trial bool   `json:"trial"`
}

// seal seals a message to those who have the same keys.
func (s *Server) seal(ctx context.Context, r sealRequest) (dataReply, error) {
	if len(r.Data) > maxSeal || len(r.Context) > maxPath {
		return dataReply{}, &Error{413, "too_large", "the data have more than 131072 bytes, or the context more than 512"}
	}
	key, err := s.derived(ctx, r.from, purposeSeal, "")
	if err != nil {
		return dataReply{}, err
	}
	sealed, err := sealed(key, []byte(r.Context), r.Data)
	return dataReply{sealed, s.agent.Task().Trial}, err
}

func (s *Server) unseal(ctx context.Context, r sealRequest) (dataReply, error) {
	key, err := s.derived(ctx, r.from, purposeSeal, "")
	if err != nil {
		return dataReply{}, err
	}
	data, err := opened(key, []byte(r.Context), r.Data)
	if err != nil {
		err = &Error{422, "not_opened", "the message was sealed under another key or context, or changed"}
	}
	return dataReply{data, s.agent.Task().Trial}, err
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
	newest Anchor
}

// object finds an object of a request: that of the enclave, or with the field Escrin-Policy: identity, that of the identity.
func (s *Server) object(r request) (o object, err error) {
	if len(r.parameter) > maxName {
		return o, invalid("the name has more than 128 bytes")
	}
	under := from{Policy: Policy(r.fields["escrin-policy"])}
	if o.key, err = s.derived(s.ctx, under, purposeObject, r.parameter); err == nil {
		o.anchor, err = s.derived(s.ctx, under, purposeAnchor, r.parameter)
	}
	if err == nil {
		o.newest, err = s.agent.Anchor(s.ctx, o.anchor, 0)
	}
	return o, err
}

// aad binds a sealed object to its version.
func aad(version uint64) []byte { return []byte("escrin object " + strconv.FormatUint(version, 10)) }

// getObject gives the newest version of an object. Which it is, and whether there is one, the host has no say in (MB-14, MB-15).
func (s *Server) getObject(r request) (http11.Response, error) {
	o, err := s.object(r)
	if err == nil && o.newest.Version == 0 {
		err = &Error{404, "not_found", "there never was an object of this name"}
	}
	if err != nil {
		return http11.Response{}, err
	}
	blob, err := s.agent.Object(s.ctx, o.anchor, o.newest.Digest)
	if errors.Is(err, ErrWithheld) {
		message := "the newest version is " + strconv.FormatUint(o.newest.Version, 10) + ", and the host does not serve it: it has lost it, or serves another"
		err = &Error{409, "rollback", message}
	}
	if err != nil {
		return http11.Response{}, err
	}
	plain, err := opened(o.key, aad(o.newest.Version), blob)
	if err != nil {
		err = &Error{422, "not_opened", "the newest version was not sealed by an enclave with these keys"}
	}
	return http11.Response{Status: 200, Fields: [][2]string{{"Content-Type", "application/octet-stream"}, etag(o.newest.Version)}, Body: plain}, err
}

func etag(version uint64) [2]string {
	return [2]string{"ETag", `"` + strconv.FormatUint(version, 10) + `"`}
}

// putObject stores the version after the one that the workload names, if that is the newest. While it waits for the chain the content
// is not in memory any more, and others have its place.
func (s *Server) putObject(r request) (http11.Response, error) {
	before, err := expected(r.fields)
	if err != nil {
		return http11.Response{}, err
	}
	o, err := s.object(r)
	if err != nil {
		return http11.Response{}, err
	}
	done := http11.Response{Status: 204, Fields: [][2]string{etag(before + 1)}}
	next, again := s.repeated(o.anchor, put{sha256.Sum256(r.body), Anchor{Contract: o.newest.Contract, Version: before + 1}})
	if again && o.newest == next.sealed {
		return done, nil
	}
	if o.newest.Version != before {
		return http11.Response{}, conflict(o.newest)
	}
	if !again {
		if next.sealed.Digest, err = s.keep(o, before+1, r.body); err != nil {
			return http11.Response{}, err
		}
		s.signing(o.anchor, next, false)
	}
	r.giveBack()
	return done, s.advance(o, next)
}

// keep seals a version of an object, and has the host keep it.
func (s *Server) keep(o object, version uint64, content []byte) (wire.Digest, error) {
	if s.kept.Add(1) > MaxKept {
		return wire.Digest{}, &Error{429, "too_large", "an attempt stores at most 64 versions of objects, which this one has done"}
	}
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

// signing notes what is about to be signed as a version, if nothing was before; or what was signed, as what was before has lapsed.
func (s *Server) signing(name [32]byte, p put, signed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if signed || s.puts[name].sealed.Version < p.sealed.Version {
		s.puts[name] = p
	}
}

// repeated says what the same content was sealed to when it was put as this version before: to seal it anew would make another
// version of the same number, which is never signed.
func (s *Server) repeated(name [32]byte, p put) (put, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := s.puts[name]; last.sealed.Version == p.sealed.Version && last.content == p.content {
		return last, true
	}
	return p, false
}

// expected is the version that If-Match names, or 0 for If-None-Match: *.
func expected(fields map[string]string) (uint64, error) {
	match, none := fields["if-match"], fields["if-none-match"]
	if match == "" && none == "*" {
		return 0, nil
	}
	number, opens := strings.CutPrefix(match, `"`)
	number, closes := strings.CutSuffix(number, `"`)
	version, err := strconv.ParseUint(number, 10, 63)
	if none != "" || err != nil || version == 0 || opens != closes {
		return 0, &Error{428, "version_wanted", `want If-Match with the version that this one follows, or If-None-Match: * for the first`}
	}
	return version, nil
}

func conflict(newest Anchor) *Error {
	return &Error{412, "conflict", "the newest version is " + strconv.FormatUint(newest.Version, 10)}
}

// settling is how long an anchor may take until keyholders see it as final.
const settling = 30 * time.Minute

// unknown is how a request ends whose signature has left the guest: the host may publish it up to its deadline, whatever it said
// when it was sent it.
func unknown(sent error) *Error {
	message := "whether this is or becomes the newest version is not known yet"
	if errors.Is(sent, ErrRefused) {
		message += ": the host says that it refuses to publish it, as it does when it has published as many in this attempt as its operator pays for"
	}
	return &Error{504, "unknown", message}
}

// advance has the anchor advanced, and returns when it is final: not because the host says so. That it is not is certain only if
// another has the version (a later one may have come after this), or if it has none in a block after the signature's deadline.
func (s *Server) advance(o object, next put) error {
	ctx, cancel := context.WithTimeout(s.ctx, settling)
	defer cancel()
	to := next.sealed
	deadline, sent := s.agent.Advance(ctx, o.anchor, o.newest, to)
	if errors.Is(sent, ErrPledged) {
		return unknown(sent)
	}
	s.signing(o.anchor, next, true)
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		after := uint64(0)
		if time.Now().Unix() > int64(deadline) {
			after = deadline
		}
		newest, err := s.agent.Anchor(ctx, o.anchor, after)
		switch {
		case err == nil && newest == to:
			return nil
		case err == nil && newest.Version == to.Version:
			return conflict(newest)
		case err == nil && newest.Version < to.Version && after != 0:
			return &Error{503, "lapsed", "the host did not publish this version in time: it is not the newest one and never will be by this request"}
		case err == nil && newest.Version > to.Version, sent != nil, ctx.Err() != nil:
			return unknown(sent)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}
