// SPDX-License-Identifier: Apache-2.0

package sources

import (
	"bytes"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/audit"
)

// batch is a report of two results and the call that delivers it.
func batch() (call []byte, terms task.Terms, report task.Report, signature [chain.SignatureSize]byte) {
	terms = task.Terms{Submitter: [20]byte{1}, Identity: [32]byte{2}, Count: 2, Attempts: 8, Fee: [32]byte{31: 5}}
	report = task.Report{Attempt: 3, Results: []task.Result{{ExitStatus: 256}, {ExitStatus: 7, OutputDigest: [32]byte{4}, PublicOutput: [32]byte{5}}}}
	signature[0], signature[64] = 9, 27
	return reportCall(chain.Proof(terms, signature), report.Encode()), terms, report, signature
}

func reportCall(proof, report []byte) []byte {
	return bindings.NewTaskHub().PackAcceptTaskResults([]*big.Int{big.NewInt(0), big.NewInt(1)}, proof, report)
}

func claimCall(signature []byte) []byte {
	return bindings.NewTaskHub().PackClaim(big.NewInt(1), bindings.ITaskLifecycleTerms{Count: 2, Fee: big.NewInt(5)}, common.Address{7}, signature)
}

func permitCall(terms []byte) []byte {
	return bindings.NewCertificatePermitter().PackAcquireIdentity([32]byte{1}, common.Address{2}, 300, terms, make([]byte, 128))
}

func TestDecodeCallsOfTheHub(t *testing.T) {
	call, terms, report, signature := batch()
	proof, got, err := decodeReport(call)
	if err != nil || proof.terms != terms || !bytes.Equal(proof.signature, signature[:]) || got.Attempt != 3 || !slices.Equal(got.Results, report.Results) {
		t.Errorf("%+v, %+v, %v", proof, got, err)
	}
	claim, err := decodeClaim(claimCall(signature[:]))
	if want := (task.Terms{Count: 2, Fee: [32]byte{31: 5}}); err != nil || claim.terms != want || !bytes.Equal(claim.signature, signature[:]) {
		t.Errorf("%+v, %v", claim, err)
	}
}

func TestDecodeRefusesOtherCalls(t *testing.T) {
	call, terms, report, signature := batch()
	proof := chain.Proof(terms, signature)
	for name, data := range map[string][]byte{
		"nothing": nil, "another method": permitCall(make([]byte, 160)), "cut off": call[:200], "short report": reportCall(proof, report.Encode()[:100]),
		"no proof": reportCall(nil, report.Encode()), "short proof": reportCall(proof[:task.TermsSize+8], report.Encode()),
		"no result": reportCall(proof, task.Report{}.Encode()), "wide terms": reportCall(append([]byte{1}, proof[1:]...), report.Encode()),
	} {
		if got, _, err := decodeReport(data); err == nil {
			t.Errorf("%s: decoded as %+v", name, got)
		}
	}
	claim := claimCall(signature[:])
	wide := bytes.Clone(claim)
	wide[4+word]++
	for name, data := range map[string][]byte{"nothing": nil, "another method": call, "cut off": claim[:200], "wide terms": wide} {
		if got, err := decodeClaim(data); err == nil {
			t.Errorf("%s: decoded as %+v", name, got)
		}
	}
	for name, data := range map[string][]byte{"nothing": nil, "another method": call, "short terms": permitCall(make([]byte, 128))} {
		if got, err := decodePermit(data); err == nil {
			t.Errorf("%s: decoded as %+v", name, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	call, _, _, signature := batch()
	f.Add(call)
	f.Add(claimCall(signature[:]))
	f.Add(permitCall(make([]byte, 160)))
	f.Fuzz(func(t *testing.T, data []byte) {
		decodeReport(data)
		decodeClaim(data)
		decodePermit(data)
	})
}

// A store may send anything: it is asked for bounded amounts, and what it does not have is said in words.
func TestStoreThatSendsTooMuchOrNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/v1/evidence/"):
			w.Write(make([]byte, audit.MaxEvidence+1))
		case strings.HasPrefix(r.URL.Path, "/v1/blobs/sha256:00"):
			http.NotFound(w, r)
		default:
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	s := New(nil, Contracts{}, server.URL)
	for want, get := range map[string]func() ([]byte, error){
		"more than 262144 bytes":    func() ([]byte, error) { return s.Evidence(t.Context(), [32]byte{}) },
		"does not have it":          func() ([]byte, error) { return s.Blob(t.Context(), [32]byte{}) },
		"500 Internal Server Error": func() ([]byte, error) { return s.Blob(t.Context(), [32]byte{1}) },
	} {
		if _, err := get(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
}
