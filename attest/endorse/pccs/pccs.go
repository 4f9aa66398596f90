// SPDX-License-Identifier: Apache-2.0

// Package pccs serves endorsements over HTTP to others: by the routes of Intel's
// Provisioning Certificate Caching Service (PCCS), version 4, and by those of
// AMD's Key Distribution Service. Clients of either need another address and
// nothing else. Who uses it need not trust it: everything it serves is signed by
// the vendors.
package pccs

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escrin/escrin/attest/endorse"
	"github.com/escrin/escrin/attest/kds"
)

// answerTimeout is how long a client waits for what has to be fetched.
const answerTimeout = 90 * time.Second

// maxQuery bounds a query, in bytes.
const maxQuery = 1 << 10

// Source is where endorsements come from: an [endorse.Fetcher].
type Source interface {
	Get(ctx context.Context, i endorse.Item) (endorse.Endorsement, error)
	// Has reports whether Get asks nobody.
	Has(i endorse.Item) bool
}

// handler answers from a source.
type handler struct {
	source Source
	quota  *quota
	log    func(line string)
}

// Handler returns the routes. The log is told of each request that could not be
// answered for a reason that is not the client's; it may be nil.
func Handler(s Source, log func(line string)) http.Handler {
	if log == nil {
		log = func(string) {}
	}
	h, mux := handler{s, newQuota(), log}, http.NewServeMux()
	mux.HandleFunc("GET /sgx/certification/v4/pckcrl", h.pckCRL)
	mux.HandleFunc("GET /sgx/certification/v4/rootcacrl", h.rootCRL(true))
	mux.HandleFunc("GET /IntelSGXRootCA.der", h.rootCRL(false))
	mux.HandleFunc("GET /sgx/certification/v4/pckcert", h.pckCert)
	for _, t := range []endorse.Technology{endorse.SGX, endorse.TDX} {
		mux.HandleFunc("GET /"+string(t)+"/certification/v4/tcb", h.tcb(t))
		mux.HandleFunc("GET /"+string(t)+"/certification/v4/qe/identity", h.qeIdentity(t))
	}
	for base, s := range map[string]kds.Signer{"vcek": kds.VCEK, "vlek": kds.VLEK} {
		mux.HandleFunc("GET /"+base+"/v1/{product}/cert_chain", h.amd("application/x-pem-file", s, endorse.AMDChain))
		mux.HandleFunc("GET /"+base+"/v1/{product}/crl", h.amd("application/pkix-crl", s, endorse.AMDCRL))
	}
	mux.HandleFunc("GET /vcek/v1/{product}/{hwid}", h.vcek)
	return mux
}

// pckCRL serves the list of an authority: in DER if asked for, else in the
// hexadecimal digits that Intel's service writes.
func (h handler) pckCRL(w http.ResponseWriter, r *http.Request) {
	query, ok := queryOf(w, r)
	if !ok {
		return
	}
	ca := endorse.CA(strings.ToLower(query.Get("ca")))
	if ca != endorse.PlatformCA && ca != endorse.ProcessorCA {
		badRequest(w)
		return
	}
	h.list(w, r, endorse.PCKCRL(ca), !strings.EqualFold(query.Get("encoding"), "der"))
}

func (h handler) rootCRL(digits bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { h.list(w, r, endorse.RootCRL(), digits) }
}

func (h handler) list(w http.ResponseWriter, r *http.Request, i endorse.Item, digits bool) {
	e, ok := h.get(w, r, i)
	if !ok {
		return
	}
	if !digits {
		send(w, e, "application/pkix-crl", e.Body)
		return
	}
	send(w, e, "application/x-pem-file", []byte(hex.EncodeToString(e.Body)))
}

// pckCert has nothing to serve: certificates of platforms are in their quotes.
func (h handler) pckCert(w http.ResponseWriter, _ *http.Request) { notFound(w) }

func (h handler) tcb(t endorse.Technology) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query, ok := queryOf(w, r)
		if !ok {
			return
		}
		fmspc, err := hex.DecodeString(query.Get("fmspc"))
		if err != nil || len(fmspc) != 6 {
			badRequest(w)
			return
		}
		h.document(w, r, query, endorse.TCBInfo(t, [6]byte(fmspc)))
	}
}

func (h handler) qeIdentity(t endorse.Technology) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if query, ok := queryOf(w, r); ok {
			h.document(w, r, query, endorse.QEIdentity(t))
		}
	}
}

// document serves the document that everybody gets. A client that insists on
// another TCB evaluation data number gets none: by fetching it, one client would
// make all others go by it.
func (h handler) document(w http.ResponseWriter, r *http.Request, query url.Values, i endorse.Item) {
	number, update := query.Get("tcbEvaluationDataNumber"), query.Get("update")
	want, err := strconv.ParseUint(number, 10, 32)
	if number != "" && (err != nil || update != "") || !slices.Contains([]string{"", "standard", "early"}, update) {
		badRequest(w)
		return
	}
	if update == "early" {
		notFound(w)
		return
	}
	e, ok := h.get(w, r, i)
	switch {
	case !ok:
		return
	case number != "" && uint64(e.EvaluationNumber()) != want:
		notFound(w)
		return
	}
	send(w, e, "application/json", e.Body)
}

// amd serves what there is one of for each product.
func (h handler) amd(contentType string, s kds.Signer, item func(kds.Product, kds.Signer) endorse.Item) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		product := kds.Product(r.PathValue("product"))
		if !product.Valid() {
			notFound(w)
			return
		}
		if e, ok := h.get(w, r, item(product, s)); ok {
			send(w, e, contentType, e.Body)
		}
	}
}

// vcek serves the certificate of a chip's key.
func (h handler) vcek(w http.ResponseWriter, r *http.Request) {
	query, ok := queryOf(w, r)
	if !ok {
		return
	}
	product := kds.Product(r.PathValue("product"))
	hwid, err := hex.DecodeString(r.PathValue("hwid"))
	if err != nil {
		badRequest(w)
		return
	}
	tcb, err := tcbOf(product, query)
	if err != nil {
		badRequest(w)
		return
	}
	item, err := endorse.VCEK(product, hwid, tcb)
	if err != nil {
		badRequest(w)
		return
	}
	chip := fmt.Sprintf("%s %x", product, hwid)
	if !h.source.Has(item) {
		leave, ok := h.quota.enter(chip)
		if !ok {
			unavailable(w)
			return
		}
		defer leave()
	}
	if e, ok := h.get(w, r, item); ok {
		h.quota.meet(chip)
		send(w, e, "application/octet-stream", e.Body)
	}
}

// tcbOf reads a firmware version, all parts of it and no others.
func tcbOf(p kds.Product, query url.Values) (t kds.TCB, err error) {
	parts := map[string]*uint8{"blSPL": &t.Bootloader, "teeSPL": &t.TEE, "snpSPL": &t.SNP, "ucodeSPL": &t.Microcode}
	if p == kds.Turin {
		parts["fmcSPL"] = &t.FMC
	}
	if len(query) != len(parts) {
		return kds.TCB{}, errors.New("other parts than the product has")
	}
	for name, part := range parts {
		n, err := strconv.ParseUint(query.Get(name), 10, 8)
		if err != nil {
			return kds.TCB{}, fmt.Errorf("%s: %w", name, err)
		}
		*part = uint8(n)
	}
	return t, nil
}

// queryOf reads a query in which nothing is said twice.
func queryOf(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err == nil && len(r.URL.RawQuery) > maxQuery {
		err = errors.New("too long")
	}
	for _, values := range query {
		if len(values) != 1 {
			err = errors.New("said twice")
		}
	}
	if err != nil {
		badRequest(w)
	}
	return query, err == nil
}

// get answers the request itself if there is nothing to send.
func (h handler) get(w http.ResponseWriter, r *http.Request, i endorse.Item) (endorse.Endorsement, bool) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
	defer cancel()
	e, err := h.source.Get(ctx, i)
	switch {
	case err == nil:
		return e, true
	case errors.Is(err, endorse.ErrNotFound):
		notFound(w)
		return e, false
	case r.Context().Err() != nil:
		return e, false // nobody is there to be told
	}
	h.log(err.Error())
	switch {
	case errors.Is(err, endorse.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		unavailable(w)
	case errors.Is(err, endorse.ErrUnverified), errors.Is(err, endorse.ErrOlder):
		fail(w, http.StatusBadGateway, "Unable to retrieve the collateral from the vendor.")
	default:
		fail(w, http.StatusInternalServerError, "Internal server error occurred.")
	}
	return e, false
}

func send(w http.ResponseWriter, e endorse.Endorsement, contentType string, body []byte) {
	if name, value := e.ChainHeader(); name != "" {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body) // a client that went away is no news
}

func badRequest(w http.ResponseWriter) {
	fail(w, http.StatusBadRequest, "Invalid request parameters.")
}

func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "30")
	fail(w, http.StatusServiceUnavailable, "Server is currently unable to process the request.")
}

func notFound(w http.ResponseWriter) {
	fail(w, http.StatusNotFound, "No cache data for this platform.")
}

func fail(w http.ResponseWriter, status int, message string) { http.Error(w, message, status) }
