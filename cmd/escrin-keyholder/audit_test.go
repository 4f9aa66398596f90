// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/config"
)

// configure changes the holder's configuration file.
func (h *holder) configure(change func(*config.Config)) {
	h.t.Helper()
	b, err := os.ReadFile(h.config)
	must(h.t, err)
	c, err := config.Parse(b)
	must(h.t, err)
	change(&c)
	b, err = json.Marshal(c)
	must(h.t, err)
	must(h.t, os.WriteFile(h.config, b, 0o600))
}

// W14: of three real processes each has on record who got what; that cannot be
// changed any more, since the chain has the log's hash.
func TestAuditLogOfRealProcesses(t *testing.T) {
	t.Parallel()
	var measured []string
	w := newWorldWith(t, func(c *config.Config) {
		c.Audit.AnchorEvery = 1
		c.Metrics = freeAddress(t)
		measured = append(measured, c.Metrics)
	})
	task := w.submit(1)
	e := w.boot(nil)
	e.acquire()
	w.claim(task, e)
	_, err := e.release(t.Context(), task, nil)
	must(t, err)
	e.bindEverywhere(task)
	certificates := 0
	for i, h := range w.network.holders {
		h.await("audit log anchored")
		h.await("granted", `"about":"release"`)
		text := metricsAt(t, measured[i])
		for _, want := range []string{
			`escrin_keyholder_requests_total{about="release",result="granted"}`, "escrin_keyholder_active_epoch 1\n", "escrin_keyholder_epoch 1\n", "escrin_keyholder_audit_broken 0\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("metrics of keyholder %d lack %s:\n%s", i+1, want, text)
			}
		}
		h.stop()
		dir := filepath.Join(h.dir, auditDir)
		got := map[string]int{}
		_, err := auditlog.Verify(dir, func(r auditlog.Entry) error {
			if r.Decision == auditlog.Granted && r.Requester == auditlog.Address(e.evidence.Binding.Requester) && r.Identity == auditlog.Word(w.identity) {
				got[r.About]++
			}
			return nil
		})
		certificates += got[auditlog.Certificate]
		if err != nil || got[auditlog.Release] == 0 {
			t.Errorf("keyholder %d has on record %v, %v", i+1, got, err)
		}
		heads := w.anchored(h.member.Signer)
		if len(heads) == 0 {
			t.Errorf("nothing of keyholder %d is on chain", i+1)
		}
		for _, head := range heads {
			if err := auditlog.Contains(t.Context(), dir, head); err != nil {
				t.Errorf("keyholder %d: %v", i+1, err)
			}
		}
	}
	if certificates < 2 { // a client is content with a threshold
		t.Errorf("%d shares of the certificate are on record", certificates)
	}
}

func metricsAt(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get("http://" + address + "/metrics")
	must(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	return string(b)
}

// anchored are the heads that a signer put on chain.
func (w *world) anchored(signer common.Address) (heads []auditlog.Head) {
	w.t.Helper()
	c, err := ethclient.DialContext(w.t.Context(), w.rpc)
	must(w.t, err)
	defer c.Close()
	newest, err := c.BlockNumber(w.t.Context())
	must(w.t, err)
	by := types.LatestSignerForChainID(new(big.Int).SetUint64(devchain.ChainID))
	for n := range newest + 1 {
		block, err := c.BlockByNumber(w.t.Context(), new(big.Int).SetUint64(n))
		must(w.t, err)
		for _, tx := range block.Transactions() {
			from, err := types.Sender(by, tx)
			if err != nil || from != signer || tx.To() == nil || *tx.To() != signer {
				continue
			}
			head, err := auditlog.ParseAnchor(tx.Data())
			must(w.t, err)
			heads = append(heads, head)
		}
	}
	return heads
}
