// SPDX-License-Identifier: Apache-2.0

package jsonrpc_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/jsonrpc"
)

// server answers everything with one body, and keeps what it was asked.
func server(t *testing.T, status int, body string) (c *jsonrpc.Client, asked *[]byte) {
	t.Helper()
	asked = new([]byte)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked, _ = io.ReadAll(r.Body)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return jsonrpc.New(s.URL), asked
}

func TestCall(t *testing.T) {
	t.Parallel()
	c, asked := server(t, 200, `{"jsonrpc":"2.0","id":0,"result":"0x10"}`)
	raw, err := c.Call(t.Context(), "m", jsonrpc.Text("a"), jsonrpc.Number(255), jsonrpc.Hex([]byte{1, 2}))
	if err != nil || string(raw) != `"0x10"` {
		t.Fatalf("%s, %v", raw, err)
	}
	if want := `{"jsonrpc":"2.0","id":0,"method":"m","params":["a","0xff","0x0102"]}`; string(*asked) != want {
		t.Errorf("asked %s", *asked)
	}
	if _, err := c.Call(t.Context(), "m"); err != nil || !bytes.HasSuffix(*asked, []byte(`"params":[]}`)) {
		t.Errorf("asked %s, %v", *asked, err)
	}
}

func TestBatchInAnyOrder(t *testing.T) {
	t.Parallel()
	c, _ := server(t, 200, `[{"id":1,"error":{"code":-3,"message":"no"}},{"id":0,"result":5}]`)
	replies, err := c.Batch(t.Context(), jsonrpc.NewCall("a"), jsonrpc.NewCall("b"))
	if err != nil || string(replies[0].Result) != "5" || replies[0].Err != nil {
		t.Fatalf("%+v, %v", replies, err)
	}
	var said *jsonrpc.Error
	if !errors.As(replies[1].Err, &said) || said.Code != -3 || said.Message != "no" {
		t.Errorf("%v", replies[1].Err)
	}
}

func TestKR17RepliesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"status": {500, `{"id":0,"result":1}`}, "redirect": {307, `{"id":0,"result":1}`}, "not JSON": {200, "<html>"}, "nothing": {200, ""},
		"neither": {200, `{"id":0}`}, "error": {200, `{"id":0,"error":{"code":1,"message":"` + strings.Repeat("x", 5000) + `"}}`},
		"KR-12 endless": {200, strings.Repeat(" ", jsonrpc.MaxReply+1)},
	} {
		client, _ := server(t, c.status, c.body)
		_, err := client.Call(t.Context(), "m")
		if err == nil || len(err.Error()) > 400 || strings.Contains(err.Error(), "http") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := client.Batch(t.Context(), jsonrpc.NewCall("m")); err == nil {
			t.Errorf("%s, in a batch", name)
		}
	}
	client, _ := server(t, 200, `[]`)
	if _, err := client.Batch(t.Context()); err == nil {
		t.Error("empty batch")
	}
	if _, err := client.Batch(t.Context(), make([]jsonrpc.Call, jsonrpc.MaxBatch+1)...); err == nil {
		t.Error("large batch")
	}
}

// An address can hold a password.
func TestKR25ErrorsWithoutTheAddress(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://secret:secret@127.0.0.1:1/secret", "http://secret\x7f"} {
		_, err := jsonrpc.New(url).Call(t.Context(), "m")
		if err == nil || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%v", err)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	var v struct {
		Q jsonrpc.Quantity
		D jsonrpc.Data
		H jsonrpc.Hash
		A jsonrpc.Address
	}
	text := `{"Q":"0xff","D":"0x0102","H":"0x` + strings.Repeat("11", 32) + `","A":"0x` + strings.Repeat("22", 20) + `"}`
	if err := json.Unmarshal([]byte(text), &v); err != nil || v.Q != 255 || !bytes.Equal(v.D, []byte{1, 2}) || v.H[31] != 0x11 || v.A[19] != 0x22 {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, bad := range []string{`{"Q":"0x"}`, `{"Q":"ff"}`, `{"Q":1}`, `{"Q":"0x11111111111111111"}`, `{"Q":"0x-1"}`, `{"D":"0x1"}`, `{"D":"0xzz"}`, `{"H":"0x11"}`, `{"A":"0x` + strings.Repeat("22", 21) + `"}`} {
		if err := json.Unmarshal([]byte(bad), &v); err == nil {
			t.Errorf("%s", bad)
		}
	}
}
