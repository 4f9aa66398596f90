// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest/internal/pki"
)

// sgxVendor is Intel as far as SGX goes, which the simulator does not play.
type sgxVendor struct {
	t         *testing.T
	root      signer
	documents signer
	processor signer
	qeID      string // of the QE identity
}

type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newSGXVendor(t *testing.T) *sgxVendor {
	v := &sgxVendor{t: t, qeID: "QE"}
	v.root = v.certify(pki.Root.CommonName(), true, signer{})
	v.documents = v.certify(pki.TCBSigner.CommonName(), false, v.root)
	v.processor = v.certify(processorCA, true, v.root)
	return v
}

func (v *sgxVendor) certify(name string, ca bool, by signer) signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		v.t.Fatal(err)
	}
	id := sha256.Sum256([]byte(name))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"test"}},
		NotBefore: start.AddDate(-1, 0, 0), NotAfter: start.AddDate(5, 0, 0), BasicConstraintsValid: true, IsCA: ca,
		SubjectKeyId: id[:20], SignatureAlgorithm: x509.ECDSAWithSHA256, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if ca {
		template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	if by.cert == nil {
		by, template.AuthorityKeyId, template.MaxPathLen = signer{template, key}, id[:20], 1
	} else if ca {
		template.MaxPathLenZero = true
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, &key.PublicKey, by.key)
	if err != nil {
		v.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		v.t.Fatal(err)
	}
	return signer{cert, key}
}

func (v *sgxVendor) chain(w http.ResponseWriter, name string, s signer) {
	w.Header().Set(name, strings.ReplaceAll(url.QueryEscape(string(pki.EncodePEM(s.cert, v.root.cert))), "+", "%20"))
}

func (v *sgxVendor) document(w http.ResponseWriter, name, document string) {
	digest := sha256.Sum256([]byte(document))
	r, s, err := ecdsa.Sign(rand.Reader, v.documents.key, digest[:])
	if err != nil {
		v.t.Error(err)
	}
	var signature [64]byte
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"%s":%s,"signature":"%x"}`, name, document, signature)
}

const sgxDates = `"issueDate":"2026-11-20T00:00:00Z","nextUpdate":"2026-12-20T00:00:00Z","tcbEvaluationDataNumber":20`

func (v *sgxVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.RequestURI() {
	case "/sgx/certification/v4/tcb?fmspc=00906ed50000":
		v.chain(w, "TCB-Info-Issuer-Chain", v.documents)
		v.document(w, "tcbInfo", `{"id":"SGX","version":3,`+sgxDates+`,"fmspc":"00906ED50000","pceId":"0000","tcbType":0,"tcbLevels":[]}`)
	case "/sgx/certification/v4/qe/identity":
		v.chain(w, "SGX-Enclave-Identity-Issuer-Chain", v.documents)
		v.document(w, "enclaveIdentity", `{"id":"`+v.qeID+`","version":2,`+sgxDates+`}`)
	case "/sgx/certification/v4/pckcrl?ca=processor&encoding=der":
		v.chain(w, "SGX-PCK-CRL-Issuer-Chain", v.processor)
		der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
			Number: big.NewInt(7), ThisUpdate: start.Add(-time.Hour), NextUpdate: start.Add(720 * time.Hour),
		}, v.processor.cert, v.processor.key)
		if err != nil {
			v.t.Error(err)
		}
		w.Header().Set("Content-Type", "application/pkix-crl")
		fmt.Fprintf(w, "%x", der) // in digits, as Intel's caching service has it
	default:
		http.NotFound(w, r)
	}
}

// What guests of SGX need is passed on too: documents of their own kind, and the
// list of the authority for platforms with one processor.
func TestSGX(t *testing.T) {
	w := newWorld(t)
	v := newSGXVendor(t)
	w.roots = pki.EncodePEM(v.root.cert)
	w.answer(func(rw http.ResponseWriter, r *http.Request, _ http.Handler) { v.ServeHTTP(rw, r) })
	f := w.fetcher(t.TempDir())
	if e := get(t, f, TCBInfo(SGX, [6]byte{0, 0x90, 0x6e, 0xd5})); e.EvaluationNumber() != 20 {
		t.Errorf("number %d", e.EvaluationNumber())
	}
	identity := get(t, f, QEIdentity(SGX))
	if name, value := identity.ChainHeader(); name != "SGX-Enclave-Identity-Issuer-Chain" || strings.Contains(value, "+") {
		t.Errorf("%s: %.40s", name, value)
	}
	list := get(t, f, PCKCRL(ProcessorCA))
	if list.Edition.Number[19] != 7 || list.Body[0] != 0x30 || list.EvaluationNumber() != 0 {
		t.Errorf("%x", list.Edition.Number)
	}
	if e := get(t, f, PCKCRL(ProcessorCA).AtLeast(99)); !e.Fetched.Equal(list.Fetched) {
		t.Error("lists have no TCB evaluation data number")
	}
	v.qeID = "TD_QE"
	for name, i := range map[string]Item{"of the other technology": QEIdentity(SGX), "under the other name": QEIdentity(TDX)} {
		if _, err := w.fetcher(t.TempDir()).Get(context.Background(), i); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	v.qeID = "QE"
	honest := v.documents
	v.documents.key = v.processor.key // which the certificate is not of
	if _, err := w.fetcher(t.TempDir()).Get(context.Background(), QEIdentity(SGX)); !errors.Is(err, ErrUnverified) {
		t.Errorf("signed by another key: error is %v", err)
	}
	v.documents = v.certify(pki.TCBSigner.CommonName(), false, v.processor)
	if _, err := w.fetcher(t.TempDir()).Get(context.Background(), QEIdentity(SGX)); !errors.Is(err, ErrUnverified) {
		t.Errorf("signer not certified by the root: error is %v", err)
	}
	v.documents = honest
	v.processor = v.certify("Intel SGX PCK Processor", true, v.root)
	if _, err := w.fetcher(t.TempDir()).Get(context.Background(), PCKCRL(ProcessorCA)); !errors.Is(err, ErrUnverified) {
		t.Errorf("error is %v", err)
	}
}

func TestSystemClock(t *testing.T) {
	before := time.Now()
	if now := (SystemClock{}).Now(); now.Before(before) {
		t.Error("goes back")
	}
	if err := (SystemClock{}).Wait(context.Background(), 1); err != nil {
		t.Error(err)
	}
	ended, end := context.WithCancel(context.Background())
	end()
	if err := (SystemClock{}).Wait(ended, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	for _, d := range []time.Duration{0, 1, 2, 3, time.Second, time.Hour} {
		for range 100 {
			if j := RandomJitter(d); j > d || j < d/2 {
				t.Errorf("%v of %v", j, d)
			}
		}
	}
}
