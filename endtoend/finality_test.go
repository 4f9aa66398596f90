// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"strconv"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/jobs/blob"
)

// TestTaskWhereFinalityTakesTime: keyholders believe no block before eight others are on top of it. A guest's evidence is bound to one that
// they believe, its key comes when its claim is final to them, and the result is accepted in the first attempt.
func TestTaskWhereFinalityTakesTime(t *testing.T) {
	const confirmations = 8
	n := start(t, "--confirmations", strconv.Itoa(confirmations))
	p := n.prepare(shell(t), "shell")
	id := p.submit("echo done >/output/done")
	task := p.accepted(id)
	if len(task.Attempts) != 1 {
		t.Fatalf("%d attempts: %+v", len(task.Attempts), task.Attempts)
	}
	n.run("job", "verify", id)
	blocks := map[string]uint64{}
	for _, tx := range task.Attempts[0].Txs {
		blocks[tx.Kind] = tx.Block
	}
	if blocks["claim"] == 0 || blocks["result"] < blocks["claim"]+confirmations {
		t.Errorf("the key came before the claim was final: %v", blocks)
	}
	raw, err := blob.NewClient(n.file().Jobs).Evidence(t.Context(), task.Attempts[0].Evidence, attest.MaxEvidenceSize)
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := attest.ParseEvidence(raw)
	if err != nil {
		t.Fatal(err)
	}
	if base := evidence.Binding.BaseBlock; base+confirmations > blocks["permit"] {
		t.Errorf("evidence of block %d, which was not final when the permit came in block %d", base, blocks["permit"])
	}
}
