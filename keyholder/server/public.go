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
	signer, ok := parseAddress(r.PathValue("signer"))
	if !ok || s.config.Witness == nil {
		s.nothing(w)
		return
	}
	s.answerIf(w, func() (json.Marshaler, bool) { return s.config.Witness.Of(signer) })
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

// parseAddress reads 0x and 40 hexadecimal digits of either case.
func parseAddress(text string) (address [20]byte, ok bool) {
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok || len(digits) != 2*len(address) {
		return address, false
	}
	_, err := hex.Decode(address[:], []byte(digits))
	return address, err == nil
}
