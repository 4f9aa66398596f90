// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What s4 did is done still, or it says who does it now: with every flag that it
// ever had.
func TestS4Verbs(t *testing.T) {
	t.Parallel()
	holder := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/identity":
			_, _ = io.WriteString(w, `{"signer":"0x00000000000000000000000000000000000000aa"}`)
		case "/early/v1/identity":
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"error":{"code":"not_ready","message":"no share yet","retryable":true}}`)
		default:
			_, _ = io.WriteString(w, `{}`)
		}
	}))
	defer holder.Close()
	for _, c := range []struct {
		args        string
		status      int
		out, errors string
	}{
		{"get-ssss-signer " + holder.URL + "/", 0, "0x00000000000000000000000000000000000000aa  ", ""},
		{"get-ssss-signer --json " + holder.URL, 0, `"signer": "0x00000000000000000000000000000000000000aa"`, ""},
		{"get-ssss-signer " + holder.URL + "/early", 1, "", "no share yet"},
		{"get-ssss-signer " + holder.URL + "/other", 1, "", "something else"},
		{"get-ssss-signer http://127.0.0.1:1", 1, "", "escrin keynet status"},
		{"set-policy -v nitro policy.json", 1, "", "escrin identity set-policy"},
		{"set-approvers --threshold 0.66 0x01", 1, "", "escrin keynet start"},
		{"acquire-identity --duration 3600", 1, "", "escrin job submit"},
		{"deal --version 2", 1, "", "escrin secret set"},
		{"reconstruct", 1, "", "escrin job result"},
		{"--json reconstruct", 1, "", `"hint":"escrin job result`},
		{"deal --help", 0, "Replaced", ""},
		{"dance", 2, "", "unknown command"},
	} {
		var out, errors strings.Builder
		status := run(append([]string{"s4"}, strings.Fields(c.args)...), strings.NewReader(""), &out, &errors)
		if status != c.status || !strings.Contains(out.String(), c.out) || !strings.Contains(errors.String(), c.errors) {
			t.Errorf("%s: %d\n%s\n%s", c.args, status, out.String(), errors.String())
		}
	}
}
