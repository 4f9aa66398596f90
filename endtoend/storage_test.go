// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// TestMB15SealedStorageOfAnIdentity: two tasks of one identity, each in a machine of its own, keep versions of an object: by the
// contract Anchors on the chain, and by what the keyholders certify of it. Both have the same keys.
func TestMB15SealedStorageOfAnIdentity(t *testing.T) {
	n := start(t)
	p := n.prepareAs(compiled(t, "../guestagent/boottest/testdata/agent", v1.Config{Entrypoint: []string{"/app"}, User: "1000:1000"}), "storage", "version: 1\nchain: true\n")
	run := func() []string {
		t.Helper()
		task := p.submit("anything")
		p.accepted(task)
		p.run("job", "verify", task)
		return strings.Split(p.run("job", "result", task, "-o", filepath.Join(t.TempDir(), "result")), "\n")
	}
	first, second := run(), run()
	for i, want := range [][3]string{
		{"address 0x", "address 0x"}, {"unsealed sealed words <nil>", "unsealed sealed words <nil>"}, {"evidence true <nil>", "evidence true <nil>"},
		{"loaded  0 <nil>", "loaded x 1 <nil>"}, {"saved <nil>", "saved <nil>"}, {"call <nil> 0x", "call <nil> 0x"},
	} {
		if !strings.HasPrefix(first[i], want[0]) || !strings.HasPrefix(second[i], want[1]) {
			t.Errorf("the tasks say %q and %q", first[i], second[i])
		}
	}
	if first[0] != second[0] {
		t.Errorf("the identity has the keys %s and %s", first[0], second[0])
	}
}
