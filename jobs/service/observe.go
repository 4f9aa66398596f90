// SPDX-License-Identifier: Apache-2.0

package service

import (
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/guestnet"
	"github.com/escrin/escrin/jobs/runner"
	"github.com/escrin/escrin/jobs/task"
	"github.com/escrin/escrin/keyholder"
)

// observer writes an attempt's progress into its task; it is a runner.Observer.
type observer struct {
	service *Service
	id      common.Hash
	index   int
}

// maxNotes bounds the steps, and the transactions, that are kept of one attempt.
const maxNotes = 64

func (o *observer) change(f func(*api.Task, *api.Attempt)) {
	o.service.update(o.id, func(t *api.Task) { f(t, &t.Attempts[o.index]) })
}

// Started notes that QEMU runs. Milliseconds are counted from here on; what came before keeps those since the attempt
// began.
func (o *observer) Started(at time.Time) {
	o.change(func(t *api.Task, a *api.Attempt) {
		o.service.apply(t, task.Started)
		t.Message, a.Started = "", at.UTC()
	})
}

// Step notes a step, or a better time of one.
func (o *observer) Step(name string, at time.Time) {
	o.change(func(_ *api.Task, a *api.Attempt) {
		step := api.Step{Name: name, At: at.UTC(), MS: at.Sub(a.Started).Milliseconds()}
		if i := slices.IndexFunc(a.Steps, func(s api.Step) bool { return s.Name == name }); i >= 0 {
			a.Steps[i] = step
		} else if len(a.Steps) < maxNotes {
			a.Steps = append(a.Steps, step)
		}
	})
}

// Waiting notes what holds the attempt back.
func (o *observer) Waiting(reason string) {
	if t, ok := o.service.Task(o.id); ok && t.Message != reason {
		o.change(func(t *api.Task, _ *api.Attempt) { t.Message = reason })
	}
}

// Evidence notes what the guest attested to.
func (o *observer) Evidence(digest common.Hash, requester common.Address) {
	o.change(func(_ *api.Task, a *api.Attempt) { a.Evidence, a.Requester = digest, requester })
}

// Services notes where the guest's services can be reached.
func (o *observer) Services(list []guestnet.Endpoint) {
	o.change(func(_ *api.Task, a *api.Attempt) { a.Services = list })
}

// Accused notes the proof that a keyholder lied.
func (o *observer) Accused(proof keyholder.Proof) {
	o.change(func(_ *api.Task, a *api.Attempt) {
		if len(a.Proofs) < maxNotes {
			a.Proofs = append(a.Proofs, proof)
		}
	})
}

// Sent notes a transaction, of heartbeats in a row the last; the loop looks at the chain for what it changed.
func (o *observer) Sent(tx api.Tx) {
	o.change(func(_ *api.Task, a *api.Attempt) {
		if n := len(a.Txs); n > 0 && tx.Kind == runner.TxHeartbeat && a.Txs[n-1].Kind == tx.Kind {
			a.Txs[n-1] = tx
		} else if n < maxNotes {
			a.Txs = append(a.Txs, tx)
		}
	})
	o.service.nudge()
}
