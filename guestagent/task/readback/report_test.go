// SPDX-License-Identifier: Apache-2.0

package readback

import (
	"bytes"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/guestagent/task"
)

func anyResult(t *rapid.T) task.Result {
	word := func(label string) [32]byte { return [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, label)) }
	return task.Result{ExitStatus: rapid.Uint32().Draw(t, "status"), OutputDigest: word("output"), PublicOutput: word("public")}
}

func TestReportRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := task.Report{Attempt: rapid.Uint32().Draw(t, "attempt")}
		for range rapid.IntRange(1, 5).Draw(t, "results") {
			want.Results = append(want.Results, anyResult(t))
		}
		attempt, results, err := ParseReport(want.Encode())
		if err != nil || attempt != want.Attempt || !reflect.DeepEqual(results, want.Results) {
			t.Fatalf("%d, %+v, %v", attempt, results, err)
		}
	})
	for _, n := range []int{1, task.MaxCount} {
		report := task.Report{Results: make([]task.Result, n)}.Encode()
		if _, results, err := ParseReport(report); err != nil || len(results) != n {
			t.Errorf("%d results: %v", len(results), err)
		}
	}
	for name, report := range map[string][]byte{
		"no result": task.Report{}.Encode(), "too many": task.Report{Results: make([]task.Result, task.MaxCount+1)}.Encode(),
		"cut off": task.Report{Results: make([]task.Result, 2)}.Encode()[:task.MinReport+1],
	} {
		if _, _, err := ParseReport(report); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzParseReport(f *testing.F) {
	f.Add(task.Report{Attempt: 2, Results: []task.Result{{ExitStatus: 3, OutputDigest: [32]byte{1}, PublicOutput: [32]byte{2}}}}.Encode())
	f.Fuzz(func(t *testing.T, report []byte) {
		attempt, results, err := ParseReport(report)
		if err == nil && !bytes.Equal(task.Report{Attempt: attempt, Results: results}.Encode(), report) {
			t.Errorf("%x was accepted", report)
		}
	})
}
