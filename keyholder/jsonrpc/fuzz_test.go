// SPDX-License-Identifier: Apache-2.0

package jsonrpc

import "testing"

// FuzzBatchReply: each call gets one reply, its own, with a result or an error.
func FuzzBatchReply(f *testing.F) {
	for _, seed := range []string{`[{"id":1,"result":1},{"id":0,"result":2}]`, `[{"id":0,"error":{"code":1}},{"id":1,"result":null}]`, `[null,null]`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		replies, err := sorted([]Call{NewCall("a"), NewCall("b")}, raw)
		if err != nil {
			return
		}
		for i, r := range replies {
			if len(replies) != 2 || (r.Err == nil) == (len(r.Result) == 0) {
				t.Errorf("reply %d is %+v", i, r)
			}
		}
	})
}
