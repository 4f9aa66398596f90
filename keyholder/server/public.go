// SPDX-License-Identifier: Apache-2.0

package server

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/origin"
)

// Paths of the API that this package does not share with clients.
const (
	PathKeyholder  = keyholder.PathKeyholder
	PathKey        = keyholder.PathKey
	PathCompletion = keyholder.PathCompletion
	PathWitness    = "/v1/witness" // may be followed by a signer and a nonce, each behind a slash

	pathKeynet      = keyholder.PathKeynet
	pathCertificate = keyholder.PathCertificate
	pathState       = keyholder.PathState
	pathRelease     = keyholder.PathRelease
)

//go:embed openapi.yaml
var openapi []byte

// limited bounds how often an address is answered.
func (s *Server) limited(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.within(origin.Of(r, s.config.TrustedProxies)) {
			s.refuse(w, s.tooOften("address"))
			return
		}
		handle(w, r)
	}
}

// health tells that the process serves, ready or not.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

// ready tells whether requests that use the share can be answered.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	switch {
	case s.stopping.Load():
		plain(w, http.StatusServiceUnavailable, "stopping")
	case s.usable() == nil:
		plain(w, http.StatusServiceUnavailable, "no share of the present epoch")
	case s.config.Audit.Err() != nil:
		plain(w, http.StatusServiceUnavailable, "the audit log cannot be written")
	default:
		plain(w, http.StatusOK, "ready")
	}
}

func plain(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, line+"\n")
}

// description is this API's own.
func (s *Server) description(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openapi)
}

func (s *Server) keynet(w http.ResponseWriter, _ *http.Request) {
	reply := keynetReply{Final: s.config.Final()}
	if own := s.share.Load(); own != nil {
		network := own.Network()
		reply.Index, reply.Ready, reply.Network = own.Index(), true, &network
	} else if others, ok := s.others(); ok {
		reply.Network = &others
	}
	s.answer(w, http.StatusOK, reply)
}

// others is the network of the present epoch if it is one without us.
func (s *Server) others() (keyholder.Network, bool) {
	if s.config.Node == nil {
		return keyholder.Network{}, false
	}
	return s.config.Node.Others()
}

// keynetReply is a keyholder.KeynetReply that says how it is written.
type keynetReply keyholder.KeynetReply

// MarshalJSON implements json.Marshaler.
func (r keynetReply) MarshalJSON() ([]byte, error) { return json.Marshal(keyholder.KeynetReply(r)) }

func (s *Server) keyholder(w http.ResponseWriter, _ *http.Request) {
	if s.config.Node == nil {
		s.refuse(w, nothing())
		return
	}
	s.answer(w, http.StatusOK, s.config.Node.Keyholder())
}

func (s *Server) encryptionKey(w http.ResponseWriter, r *http.Request) {
	var digest [32]byte
	if !parseHex(digest[:], r.PathValue("digest")) || s.config.Node == nil {
		s.refuse(w, nothing())
		return
	}
	found, ok := s.config.Node.EncryptionKey(digest)
	s.answerIf(w, found, ok)
}

func (s *Server) completion(w http.ResponseWriter, r *http.Request) {
	epoch, err := strconv.ParseUint(r.PathValue("epoch"), 10, 64)
	if err != nil || s.config.Node == nil {
		s.refuse(w, nothing())
		return
	}
	found, ok := s.config.Node.Completion(epoch)
	s.answerIf(w, found, ok)
}

func (s *Server) ownStatement(w http.ResponseWriter, _ *http.Request) {
	if s.config.Witness == nil {
		s.refuse(w, nothing())
		return
	}
	found, ok := s.config.Witness.Own()
	s.answerIf(w, found, ok)
}

func (s *Server) statement(w http.ResponseWriter, r *http.Request) {
	var signer [20]byte
	var nonce [32]byte
	if !parseHex(signer[:], r.PathValue("signer")) || !parseHex(nonce[:], r.PathValue("nonce")) || s.config.Witness == nil {
		s.refuse(w, nothing())
		return
	}
	found, ok := s.config.Witness.Of(signer, nonce)
	s.answerIf(w, found, ok)
}

// answerIf answers what there is, if there is something.
func (s *Server) answerIf(w http.ResponseWriter, found json.Marshaler, ok bool) {
	if !ok {
		s.refuse(w, nothing())
		return
	}
	s.answer(w, http.StatusOK, found)
}

func nothing() *keyholder.Error {
	return &keyholder.Error{Code: keyholder.CodeNotFound, Message: "there is no such thing here, or not yet", Retryable: true}
}

// parseHex reads 0x and just as many hexadecimal digits, of either case, as fill
// dst.
func parseHex(dst []byte, text string) bool {
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok || len(digits) != 2*len(dst) {
		return false
	}
	_, err := hex.Decode(dst, []byte(digits))
	return err == nil
}
