// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"

	"github.com/escrin/escrin/attest/collateral"
)

// endorsed returns the collateral of the first platform that is, or any with a
// nil function, as the service has it now.
func (s *Services) endorsed(r *http.Request, is func(*Platform) bool) (b collateral.Bundle, c credentials, err error) {
	for _, p := range s.tdx {
		if is != nil && !is(p) {
			continue
		}
		f := s.at(r.URL.Path)
		m, c := p.current()
		k, err := p.signers(m, Flaws{})
		if err != nil {
			return b, c, err
		}
		b, err := p.vendor.endorse(c, m, p.vendor.state(m.platform.FMSPC, f.Undone), p.vendor.clock().Add(-f.Age), Flaws{}, k)
		return b, c, err
	}
	return b, c, nil
}

func (s *Services) tcbInfo(w http.ResponseWriter, r *http.Request) {
	fmspc, err := hex.DecodeString(r.URL.Query().Get("fmspc"))
	if err != nil || len(fmspc) != 6 {
		http.Error(w, "fmspc is not 12 hexadecimal digits", http.StatusBadRequest)
		return
	}
	b, c, err := s.endorsed(r, func(p *Platform) bool { return p.FMSPC() == [6]byte(fmspc) })
	if err != nil || b.TCBInfo.Document == nil {
		refuse(w, err)
		return
	}
	answerSigned(w, "TCB-Info-Issuer-Chain", c, "tcbInfo", b.TCBInfo)
}

func (s *Services) qeIdentity(w http.ResponseWriter, r *http.Request) {
	b, c, err := s.endorsed(r, nil)
	if err != nil || b.QEIdentity.Document == nil {
		refuse(w, err)
		return
	}
	answerSigned(w, "SGX-Enclave-Identity-Issuer-Chain", c, "enclaveIdentity", b.QEIdentity)
}

// answerSigned sends a signed document as Intel does.
func answerSigned(w http.ResponseWriter, header string, c credentials, name string, d collateral.Signed) {
	answerChain(w, header, c.signer, c.root)
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"` + name + `":` + string(d.Document) + `,"signature":"` + hex.EncodeToString(d.Signature[:]) + `"}`))
}

func answerChain(w http.ResponseWriter, header string, chain ...authority) {
	var text []byte
	for _, a := range chain {
		text = append(text, encodePEM(a.cert.Raw)...)
	}
	w.Header().Set(header, strings.ReplaceAll(url.QueryEscape(string(text)), "+", "%20"))
	w.Header().Set("Request-ID", "simulated")
}

func (s *Services) pckCRL(w http.ResponseWriter, r *http.Request) {
	encoding := r.URL.Query().Get("encoding")
	if encoding != "" && encoding != "der" && encoding != "pem" {
		http.Error(w, "encoding is neither der nor pem", http.StatusBadRequest)
		return
	}
	if ca := r.URL.Query().Get("ca"); ca != "platform" {
		http.Error(w, "only ca=platform has a list", http.StatusNotFound)
		return
	}
	b, c, err := s.endorsed(r, nil)
	if err != nil || b.PlatformCRL == nil {
		refuse(w, err)
		return
	}
	answerChain(w, "SGX-PCK-CRL-Issuer-Chain", c.platformCA, c.root)
	if encoding == "der" {
		w.Header().Set("Content-Type", "application/pkix-crl")
		w.Write(b.PlatformCRL)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Write(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: b.PlatformCRL}))
}

func (s *Services) rootCRL(w http.ResponseWriter, r *http.Request) {
	b, _, err := s.endorsed(r, nil)
	if err != nil || b.RootCRL == nil {
		refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/pkix-crl")
	w.Write(b.RootCRL)
}

// rootCRLHex is the root's list as caching services have it.
func (s *Services) rootCRLHex(w http.ResponseWriter, r *http.Request) {
	b, _, err := s.endorsed(r, nil)
	if err != nil || b.RootCRL == nil {
		refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte(hex.EncodeToString(b.RootCRL)))
}
