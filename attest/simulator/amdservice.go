// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/escrin/escrin/attest/kds"
)

// vendorOf returns the vendor of the product that a path of AMD's service names,
// or nil.
func (s *Services) vendorOf(r *http.Request) *AMD {
	for _, p := range s.snp {
		if string(p.vendor.product) == r.PathValue("product") {
			return p.vendor
		}
	}
	return nil
}

// certChain answers with the issuer of keys of a kind, and the root.
func (s *Services) certChain(signer kds.Signer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := s.vendorOf(r)
		if v == nil {
			refuse(w, nil)
			return
		}
		issuer, err := v.issuer(signer)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/x-pem-file")
		w.Write(encodePEM(issuer.cert.Raw, v.ark.cert.Raw))
	}
}

func (s *Services) amdCRL(w http.ResponseWriter, r *http.Request) {
	v := s.vendorOf(r)
	if v == nil {
		refuse(w, nil)
		return
	}
	list, err := v.list(v.clock().Add(-s.at(r.URL.Path).Age), SNPFlaws{}, snpCredentials{})
	if err != nil {
		refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/pkix-crl")
	w.Write(list)
}

// vcek answers with the certificate of a chip's key at the security versions in
// the query.
func (s *Services) vcek(w http.ResponseWriter, r *http.Request) {
	id, err := hex.DecodeString(r.PathValue("hwid"))
	if err != nil {
		http.Error(w, "chip id is not hexadecimal", http.StatusBadRequest)
		return
	}
	for _, p := range s.snp {
		c, _ := p.current()
		about := c.about
		if string(p.vendor.product) != r.PathValue("product") || about.Signer != kds.VCEK || string(about.HWID) != string(id) {
			continue
		}
		tcb, err := parseTCB(about.Product, r.URL.Query())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		about.TCB = tcb
		made, err := p.vendor.issueAll(chip{about: about, key: c.key}, SNPFlaws{})
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/pkix-cert")
		w.Write(made.vek.cert.Raw)
		return
	}
	refuse(w, nil)
}

// parseTCB reads the parts of a TCB in a query. Each must be there.
func parseTCB(p kds.Product, q url.Values) (t kds.TCB, err error) {
	parts := map[string]*uint8{"blSPL": &t.Bootloader, "teeSPL": &t.TEE, "snpSPL": &t.SNP, "ucodeSPL": &t.Microcode}
	if p == kds.Turin {
		parts["fmcSPL"] = &t.FMC
	}
	for name, part := range parts {
		n, err := strconv.ParseUint(q.Get(name), 10, 8)
		if err != nil {
			return kds.TCB{}, fmt.Errorf("%s is not a number below 256", name)
		}
		*part = uint8(n)
	}
	return t, nil
}
