// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/jobs/joblog"
	"github.com/escrin/escrin/jobs/ticket"
)

// TestAG08ALogIsItsOwnersAlone: while a task runs its owner reads along. A stranger's `job logs` has no ticket to ask with; one that is
// put together of what is public and the stranger's own key opens nothing; and what the job service hands to anybody is sealed, and of
// one size.
func TestAG08ALogIsItsOwnersAlone(t *testing.T) {
	n := start(t)
	p := n.prepareAs(shell(t), "told", "version: 1\nlogs: {live: true}\n")
	const words = "words of the owner"
	task := p.submit("echo " + words + "; sleep 12; echo end")
	client := joblog.NewClient(n.file().Jobs)
	var sealed [][]byte
	n.until("there are segments", func() bool {
		var err error
		_, sealed, err = client.Read(t.Context(), common.HexToHash(task), 1, 0)
		return err == nil && len(sealed) > 1
	})
	for _, segment := range sealed {
		if len(segment) != livelog.SealedSize || bytes.Contains(segment, []byte(words)) {
			t.Errorf("anybody gets a segment of %d bytes", len(segment))
		}
	}
	s := p.stranger()
	s.refuse(1, []string{"no ticket of this task"}, "job", "logs", "--follow", task)
	s.takes(p.network, task)
	s.refuse(1, []string{livelog.ErrKey.Error()}, "job", "logs", "--follow", task)
	if out := s.try("job", "logs", task); out.code != 1 || out.stdout != "" {
		t.Errorf("a stranger reads %q, exit %d", out.stdout, out.code)
	}
	if out := p.run("job", "logs", "--follow", task); out != words+"\nend" {
		t.Errorf("the owner reads %q", out)
	}
	s.refuse(1, nil, "job", "logs", task) // nor the result
}

// stranger is somebody else on the same network, who has no tickets but those of their own.
func (n *network) stranger() *network {
	n.t.Helper()
	s := *n
	s.dir = n.t.TempDir()
	s.env = append(slices.Clone(n.env), "XDG_STATE_HOME="+filepath.Join(s.dir, "state"), "ESCRIN_NETWORK="+filepath.Join(n.dir, "state/escrin/dev/network.json"))
	return &s
}

// takes has a stranger write a ticket of the task, with another key for what is sealed to it.
func (n *network) takes(of *network, task string) {
	n.t.Helper()
	id := common.HexToHash(task)
	theirs, err := ticket.Load(filepath.Join(of.dir, "state/escrin/jobs"), id)
	if err != nil {
		n.t.Fatal(err)
	}
	own, err := ticket.NewSalted(theirs.ChainID, theirs.TaskHub, theirs.Submitter, theirs.Identity, theirs.Salt, theirs.Prepared)
	if err != nil {
		n.t.Fatal(err)
	}
	if own.Task != theirs.Task || bytes.Equal(own.ResultKey, theirs.ResultKey) {
		text, _ := json.Marshal(own)
		n.t.Fatalf("another ticket: %s", text)
	}
	dir := filepath.Join(n.dir, "state/escrin/jobs")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		n.t.Fatal(err)
	}
	if err := own.Save(dir); err != nil {
		n.t.Fatal(err)
	}
}
