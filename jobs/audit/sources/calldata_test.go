// SPDX-License-Identifier: Apache-2.0

package sources

import (
	"bytes"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/audit"
)

// batch is a call that delivers the results of two tasks.
func batch() (call []byte, results [2]task.Result, signatures [2][chain.SignatureSize]byte) {
	for i := range results {
		n := byte(i + 1)
		results[i] = task.Result{TaskID: [32]byte{31: n}, Attempt: uint32(n), ExitStatus: 256, InputDigest: [32]byte{n}, OutputDigest: [32]byte{n, n}, Runner: [20]byte{n}}
		signatures[i][0], signatures[i][64] = n, 27
	}
	ids := []*big.Int{big.NewInt(1), big.NewInt(2)}
	return bindings.NewTaskHub().PackAcceptTaskResults(ids, chain.Proof(signatures[:]...), task.Report(results[:]...)), results, signatures
}

func permitCall(terms []byte) []byte {
	return bindings.NewCertificatePermitter().PackAcquireIdentity([32]byte{1}, common.Address{2}, 300, terms, make([]byte, 128))
}

func TestDecodeResultFindsItsTaskInABatch(t *testing.T) {
	call, results, signatures := batch()
	for i, want := range results {
		got, signature, err := decodeResult(call, want.TaskID)
		if err != nil || got != want || !bytes.Equal(signature, signatures[i][:]) {
			t.Errorf("result %d: %+v, %x, %v", i, got, signature, err)
		}
	}
}

func TestDecodeRefusesOtherCalls(t *testing.T) {
	call, results, _ := batch()
	id := results[0].TaskID
	short := bindings.NewTaskHub().PackAcceptTaskResults([]*big.Int{big.NewInt(1)}, chain.Proof([65]byte{}), task.Report(results[0])[:100])
	more := bindings.NewTaskHub().PackAcceptTaskResults([]*big.Int{big.NewInt(1)}, chain.Proof([65]byte{}, [65]byte{}), task.Report(results[0]))
	for name, data := range map[string][]byte{
		"nothing": nil, "another method": permitCall(make([]byte, 160)), "cut off": call[:200], "short report": short, "two signatures": more,
	} {
		if got, _, err := decodeResult(data, id); err == nil {
			t.Errorf("%s: decoded as %+v", name, got)
		}
	}
	if _, _, err := decodeResult(call, [32]byte{9}); err == nil || !strings.Contains(err.Error(), "does not name the task") {
		t.Errorf("another task: %v", err)
	}
	for name, data := range map[string][]byte{"nothing": nil, "another method": call, "short terms": permitCall(make([]byte, 128))} {
		if got, err := decodePermit(data); err == nil {
			t.Errorf("%s: decoded as %+v", name, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	call, _, _ := batch()
	f.Add(call)
	f.Add(permitCall(make([]byte, 160)))
	f.Fuzz(func(t *testing.T, data []byte) {
		decodeResult(data, [32]byte{31: 1})
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
