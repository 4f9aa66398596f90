// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
)

// KR-25: whatever is asked, and however it fails, neither logs nor metrics nor the
// audit log nor answers have a byte of the share, of a key that is made with it, or
// of the signer's key.
func TestKR25NoSecretsAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, inNetwork)
	d := readDocument(t)
	var told bytes.Buffer
	keep := func(r reply) { told.Write(r.body) }
	for _, x := range w.exchanges(d) {
		method, _, _ := strings.Cut(x.operation, " ")
		keep(ask(w.server, method, x.path, bytes.NewReader(x.body)))
		for cut := range 5 {
			keep(ask(w.server, method, x.path, bytes.NewReader(x.body[:len(x.body)*cut/5])))
		}
	}
	w.task.Attempt++
	for _, x := range w.exchanges(d) {
		method, _, _ := strings.Cut(x.operation, " ")
		keep(ask(w.server, method, x.path, bytes.NewReader(x.body)))
	}
	secret := ourSecret().Bytes()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(http.ResponseWriter, *http.Request) { panic(ourSecret()) })
	mux.HandleFunc("PUT /", func(http.ResponseWriter, *http.Request) { panic(string(secret[:])) })
	for _, method := range []string{"GET", "PUT"} {
		q := httptest.NewRecorder()
		w.server.bounded(mux).ServeHTTP(q, httptest.NewRequest(method, "/", nil))
		told.Write(q.Body.Bytes())
	}
	told.WriteString(w.log.String())
	told.Write(w.server.config.Metrics.Text())
	told.Write(files(t, w.audit))
	if !strings.Contains(told.String(), "granted") || !strings.Contains(told.String(), "panic in request") {
		t.Fatal("little was told")
	}
	key := ibe.HashName(w.release().Name).Mul(ourSecret()).Bytes()
	for name, s := range map[string][]byte{"share": secret[:], "share of a key": key[:], "signer's key": ourSigner().D.FillBytes(make([]byte, 32))} {
		for _, form := range forms(s) {
			if bytes.Contains(bytes.ToLower(told.Bytes()), bytes.ToLower(form)) {
				t.Errorf("%s is told as %q", name, form)
			}
		}
	}
}

// forms are what secret bytes look like in text.
func forms(s []byte) [][]byte {
	reversed := slices.Clone(s)
	slices.Reverse(reversed)
	var all [][]byte
	for _, b := range [][]byte{s, reversed} {
		all = append(all, b, []byte(hex.EncodeToString(b)), []byte(new(big.Int).SetBytes(b).String()))
		for shift := range 3 { // within longer base64, whatever comes before
			middle := base64.StdEncoding.EncodeToString(append(make([]byte, shift), b...))
			all = append(all, []byte(middle[4:len(middle)-4]))
		}
	}
	return all
}

func files(t *testing.T, dir string) (all []byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

// ourSecret is the share of all tests: 32 bytes that are found nowhere else.
func ourSecret() curve.Scalar { return secretOf(ourIndex) }
