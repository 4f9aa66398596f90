// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/dkg"
)

// forgetful is a node that leaves out the last event whenever it is asked for events.
func (w *world) forgetful() string {
	s := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		resp, err := http.Post(w.URL, "application/json", bytes.NewReader(body))
		if err != nil {
			return
		}
		defer resp.Body.Close()
		answer, _ := io.ReadAll(resp.Body)
		if strings.Contains(string(body), "eth_getLogs") {
			answer = withoutLast(answer)
		}
		_, _ = out.Write(answer)
	}))
	w.t.Cleanup(s.Close)
	return s.URL
}

func withoutLast(answer []byte) []byte {
	var reply map[string]json.RawMessage
	var logs []json.RawMessage
	if json.Unmarshal(answer, &reply) != nil || json.Unmarshal(reply["result"], &logs) != nil || len(logs) == 0 {
		return answer
	}
	reply["result"], _ = json.Marshal(logs[:len(logs)-1])
	answer, _ = json.Marshal(reply)
	return answer
}

// KR-17: a node that hides a message is not believed; another one is asked.
func TestKR17HiddenMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	number := w.run(2, w.holders...)
	liar := w.forgetful()
	read := func(urls ...string) ([]dkg.Post, error) {
		v, err := w.newBoard(w.holders[0].signer, urls...).View(t.Context())
		w.must(err)
		return v.Posts(t.Context(), number)
	}
	if posts, err := read(liar, w.URL); err != nil || len(posts) != 3 {
		t.Fatalf("%d posts, %v", len(posts), err)
	}
	if _, err := read(liar); err == nil {
		t.Fatal("believes a node that hides a dealing")
	}
}
