// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/escrin/escrin/keyholder"
)

func (s *Server) keyholder(w http.ResponseWriter, _ *http.Request) {
	if s.config.Node == nil {
		s.nothing(w)
		return
	}
	s.answer(w, http.StatusOK, s.config.Node.Keyholder())
}

func (s *Server) completion(w http.ResponseWriter, r *http.Request) {
	epoch, err := strconv.ParseUint(r.PathValue("epoch"), 10, 64)
	if err != nil || s.config.Node == nil {
		s.nothing(w)
		return
	}
	s.answerIf(w, func() (json.Marshaler, bool) { return s.config.Node.Completion(epoch) })
}

func (s *Server) ownStatement(w http.ResponseWriter, _ *http.Request) {
	if s.config.Witness == nil {
		s.nothing(w)
		return
	}
	s.answerIf(w, s.config.Witness.Own)
}

func (s *Server) statement(w http.ResponseWriter, r *http.Request) {
	var signer [20]byte
	var nonce [32]byte
	if !parseHex(signer[:], r.PathValue("signer")) || !parseHex(nonce[:], r.PathValue("nonce")) || s.config.Witness == nil {
		s.nothing(w)
		return
	}
	s.answerIf(w, func() (json.Marshaler, bool) { return s.config.Witness.Of(signer, nonce) })
}

// answerIf answers what there is, if there is something.
func (s *Server) answerIf(w http.ResponseWriter, find func() (json.Marshaler, bool)) {
	if found, ok := find(); ok {
		s.answer(w, http.StatusOK, found)
		return
	}
	s.nothing(w)
}

func (s *Server) nothing(w http.ResponseWriter) {
	s.answer(w, http.StatusNotFound, &keyholder.Error{Code: codeNotFound, Message: "there is no such thing here", Retryable: true})
}

// codeNotFound is for what does not exist here, or does not exist yet.
const codeNotFound keyholder.Code = "not_found"

// parseHex reads 0x and as many hexadecimal digits, of either case, as dst takes.
func parseHex(dst []byte, text string) bool {
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok || len(digits) != 2*len(dst) {
		return false
	}
	_, err := hex.Decode(dst, []byte(digits))
	return err == nil
}
