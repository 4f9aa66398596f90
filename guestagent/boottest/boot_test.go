// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
)

func TestBootRunsTheWorkload(t *testing.T) {
	h, err := hosttest.New(map[string][]byte{"bid.json": []byte(`{"bid":42}`)})
	check(t, err)
	script := `cat; echo; echo $GREETING; id -u; pwd; cat /input/bid.json > /output/copy; wc -c < /big; echo oops >&2; exit 7`
	console := boot(t, h, vm{disk: makeDisk(t, shellWorkload(script))})
	heard := h.Heard()
	for _, s := range heard.Steps {
		t.Logf("%6d ms  %s", s.Milliseconds, s.Step)
	}
	if heard.Result == nil {
		t.Fatalf("no result; failure %q\n%s", heard.Failure, console)
	}
	result, err := task.ParseReport(heard.Result.Report)
	check(t, err)
	if result.ExitStatus != 7 {
		t.Errorf("exit status %d, want 7", result.ExitStatus)
	}
	out, err := h.OpenOutput(result.OutputDigest)
	check(t, err)
	if want := "{\"bid\":42}\nhello\n1000\n/work\n1048576\n"; string(out.Stdout) != want {
		t.Errorf("stdout %q, want %q", out.Stdout, want)
	}
	if string(out.Stderr) != "oops\n" {
		t.Errorf("stderr %q", out.Stderr)
	}
	if len(out.Files) != 1 || out.Files[0].Name != "copy" || string(out.Files[0].Data) != `{"bid":42}` {
		t.Errorf("files %+v", out.Files)
	}
	if strings.Contains(string(console), "bid") || strings.Contains(string(console), "oops") {
		t.Errorf("AG-08: the console shows the workload's words:\n%s", console)
	}
}
