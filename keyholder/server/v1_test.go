// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
)

// W3, W5, D11: a permit in escrin v1's words is a certificate's share, for what
// the evidence binds and for nothing else, to a request that is signed whole.
func TestV1Permit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := fill(pathPermits)
	permit := func(path string, change map[string]any) reply {
		q := w.permit()
		maps.Copy(q, change)
		return w.post(path, w.signed(path, q))
	}
	r := permit(path, nil)
	var got keyholder.CertificateReply
	if err := json.Unmarshal(r.body, &got); r.status != 200 || err != nil {
		t.Fatal(r, err)
	}
	same := w.post(keyholder.PathCertificate, w.signed(keyholder.PathCertificate, w.certificate()))
	var certificate keyholder.CertificateReply
	if err := json.Unmarshal(same.body, &certificate); err != nil {
		t.Fatal(same, err)
	}
	if got.Signature != certificate.Signature || !reflect.DeepEqual(got.Findings, certificate.Findings) {
		t.Errorf("%+v, and as a certificate %+v", got, certificate)
	}
	zero, word := "0x"+strings.Repeat("00", 20), "0x"+strings.Repeat("0a", 32)
	for name, c := range map[string]struct {
		path   string
		change map[string]any
		code   keyholder.Code
	}{
		"another recipient (W5)":    {path, map[string]any{"recipient": zero}, keyholder.CodeEvidenceRefused},
		"another duration (W5)":     {path, map[string]any{"duration": 0}, keyholder.CodeEvidenceRefused},
		"another base block (W3)":   {path, map[string]any{"base_block": 91}, keyholder.CodeEvidenceRefused},
		"another permitter":         {path, map[string]any{"permitter": zero}, keyholder.CodePolicyMismatch},
		"a context":                 {path, map[string]any{"context": "0x01"}, keyholder.CodeBadRequest},
		"authorization is no bytes": {path, map[string]any{"authorization": "0x0"}, keyholder.CodeBadRequest},
		"authorization is empty":    {path, map[string]any{"authorization": "0x"}, keyholder.CodeBadRequest},
		"authorization is text":     {path, map[string]any{"authorization": "zz"}, keyholder.CodeBadRequest},
		"an unknown key (D16)":      {path, map[string]any{"relayer": zero}, keyholder.CodeBadRequest},
		"another chain":             {strings.Replace(path, "31337", "1", 1), nil, keyholder.CodeWrongNetwork},
		"another registry":          {strings.Replace(path, "0x01", "0x02", 1), nil, keyholder.CodeWrongNetwork},
		"another identity":          {path[:len(path)-66] + word, nil, keyholder.CodeWrongNetwork},
		"a path of nothing":         {"/v1/permits/x/y/z", nil, keyholder.CodeBadRequest},
	} {
		if r := permit(c.path, c.change); !r.refused(c.code) {
			t.Errorf("%s: %v", name, r)
		}
	}
	if r := w.post(path, w.signed("/v1/permits/31337/x/y", w.permit())); !r.refused(keyholder.CodeSignatureInvalid) {
		t.Errorf("signed for another path: %v", r)
	}
	if r := ask(w.server, "POST", path, strings.NewReader(`{"permitter":"`+zero+`"}`)); !r.refused(keyholder.CodeBadRequest) {
		t.Errorf("not signed (D11): %v", r)
	}
	for _, r := range w.records() {
		if r.About != auditlog.Certificate {
			t.Errorf("%+v", r)
		}
	}
}

// D10, D13, D15, W6, W7: what dealt, committed, fetched and destroyed shares is
// gone, and says what came instead.
func TestV1Gone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, r := range w.server.goneRoutes() {
		method, path, _ := strings.Cut(r.pattern, " ")
		got := ask(w.server, method, fill(path), forever{})
		if !got.refused(keyholder.CodeGone) || got.err.Retryable || !(strings.Contains(got.err.Message, "escrin ") || strings.Contains(got.err.Message, "POST /v1/")) {
			t.Errorf("%s: %v", r.pattern, got)
		}
	}
	if r := ask(w.server, "GET", PathIdentity, nil); r.status != 200 || !strings.HasPrefix(string(r.body), `{"signer":"0x`) {
		t.Error(r)
	}
	if r := ask(w.server, "GET", "/", nil); r.status != 204 {
		t.Error(r)
	}
}

func FuzzPermitRequest(f *testing.F) {
	f.Add([]byte(`{"permitter":"0x0101010101010101010101010101010101010101","recipient":"0x","base_block":1,"duration":1,"authorization":"0x01","context":"0x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		q, err := decodePermit(b)
		if err == nil && len(q.Authorization) > len(b) {
			t.Fatal("longer than what it was read from")
		}
	})
}
