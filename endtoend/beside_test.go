// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/jobs/api"
)

// serve runs a job service until the test ends.
func (n *network) serve(name string, flags ...string) {
	n.t.Helper()
	log, err := os.Create(filepath.Join(n.dir, "state/escrin/dev/logs", name+".log"))
	if err != nil {
		n.t.Fatal(err)
	}
	cmd := exec.Command(n.binary("escrin"), append([]string{"serve", "--dir", filepath.Join(n.dir, name)}, flags...)...)
	cmd.Env, cmd.Stderr = n.env, log
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			n.t.Errorf("%s: %v", name, err)
		}
		log.Close()
	})
}

// TestServiceBesideTheNetworks: the network's job service does nothing without a fee; another one does the task, with inputs that
// were stored there, and the result is found and verified as if it had not been another.
func TestServiceBesideTheNetworks(t *testing.T) {
	n := start(t)
	p := n.prepare(shell(t), "shell")
	n.kill("serve")
	n.serve("dear", "--listen", strings.TrimPrefix(n.file().Jobs, "http://"), "--account", "9", "--min-fee", "1")
	n.serve("beside", "--listen", "127.0.0.1:0", "--account", "8", "--spread", "1s")
	n.until("the network's job service serves", func() bool {
		_, err := api.NewClient(n.file().Jobs).Health(t.Context())
		return err == nil
	})
	task := p.submit("echo from beside; exit 5")
	if done := p.accepted(task); done.Result.ExitStatus != 5 || len(done.Attempts) != 0 {
		t.Errorf("exit status %d, attempts %+v", done.Result.ExitStatus, done.Attempts)
	}
	if out := n.run("job", "result", task); out != "from beside" {
		t.Errorf("the result says %q", out)
	}
	n.run("job", "verify", task)
}
