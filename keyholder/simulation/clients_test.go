// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/keyholder"
	kclient "github.com/escrin/escrin/keyholder/client"
)

// client is an enclave that asks for the key of a task's attempt.
type client struct {
	enclave *enclave
	task    byte
	attempt uint32
	inquiry *kclient.Inquiry
	network keyholder.Network
	done    bool
}

// message is on its way to a holder, or back from it.
type message struct {
	client *client
	index  uint32 // of the holder in the epoch that the client asks
	status int    // zero on the way there
	body   []byte
}

// tasks are as many as there are.
const tasks = 2

// enclaveOf returns the number of the first enclave with a requester.
func (w *world) enclaveOf(requester [20]byte) byte {
	for _, e := range w.lab.enclaves {
		if e.binding.Requester == requester {
			return e.number
		}
	}
	return 0
}

// claim has the hub's record of a task changed, as an enclave's host wants it.
func (w *world) claim(e *enclave, number byte) {
	t := taskAt(w.chain, w.chain.Newest(), batch(number))
	now := timeOf(w.chain.Newest())
	next := t
	switch {
	case t.state == taskOpen:
		next = task{taskClaimed, t.attempt + 1, now + blockTime*(w.chain.Lag+uint64(5+w.pick(40))), e.sameSigner}
	case now >= t.expiry: // anybody may reopen it
		next = task{state: taskOpen, attempt: t.attempt}
	default: // a heartbeat
		next.expiry += blockTime * uint64(w.pick(20))
	}
	before := t.word()
	if t == (task{state: taskOpen}) {
		before = [32]byte{}
	}
	name := fmt.Sprint("task ", number, " ", next, " ", w.chain.Newest())
	if w.chain.Write(name, batch(number), before, next.word()) == nil {
		w.note("task %d: %+v", number, next)
	}
}

// permit has an enclave's permit changed: mostly granted, seldom revoked.
func (w *world) permit(e *enclave) {
	requester := e.binding.Requester
	slot := permitSlot(requester)
	expiry := timeOf(w.chain.Newest() + w.chain.Lag + uint64(5+w.pick(100)))
	if w.chance(5) {
		expiry = 0
	}
	before := w.chain.Read(w.chain.Newest(), slot)
	if w.chain.Write(fmt.Sprint("permit ", e.sameSigner, " ", expiry, " ", w.chain.Newest()), slot, before, permitWord(expiry)) == nil {
		w.note("permit of enclave %d until %d", e.sameSigner, expiry)
	}
}

// ask sends an enclave's question to all holders of an epoch that it knows of.
func (w *world) ask(e *enclave, number byte) {
	network, ok := w.networks[w.finalHead().Active]
	if old := uint64(1 + w.pick(len(w.networks)+1)); w.chance(6) {
		network, ok = w.networks[old]
	}
	if !ok {
		return
	}
	t := taskAt(w.chain, w.chain.Newest(), batch(number))
	c := &client{enclave: e, task: number, attempt: max(t.attempt, 1), network: network}
	if w.mutation == acceptsFewer {
		network.Threshold--
	}
	asker := &kclient.Client{Network: network, FromBoard: true, Requester: kclient.Requester{
		Sign: e.requester.Sign, ChannelPriv: e.channel, Now: func() time.Time { return w.lab.now },
	}, Accuse: w.accused}
	var err error
	c.inquiry, err = asker.Inquire(e.evidence, w.lab.nameOf(number), keyholder.TaskAttempt{ID: batch(number), Attempt: c.attempt, Terms: terms()})
	w.must(err)
	for _, h := range network.Holders {
		w.mail = append(w.mail, message{client: c, index: h.Index, body: c.inquiry.Body()})
	}
	w.note("enclave %d asks epoch %d for attempt %d at task %d", e.number, network.Epoch, c.attempt, number)
}

// deliver takes one message where it goes. Which one, the network decides; it may
// also lose it, or keep a copy.
func (w *world) deliver() {
	if len(w.mail) == 0 {
		return
	}
	i := w.pick(len(w.mail))
	m := w.mail[i]
	switch {
	case w.chance(20):
		w.note("a message is lost")
	case w.chance(20):
		w.mail = append(w.mail, m)
	}
	w.mail = append(w.mail[:i], w.mail[i+1:]...)
	w.carry(m)
}

// carry takes a message where it goes.
func (w *world) carry(m message) {
	if m.status != 0 {
		w.take(m)
		return
	}
	for _, h := range w.holders {
		if h.address != m.client.network.Holders[m.index-1].Signer {
			continue
		}
		if h.proc == nil {
			return
		}
		if status, reply := h.answer(m.body); reply != nil {
			w.mail = append(w.mail, message{m.client, m.index, status, reply})
		}
	}
}

// take gives an answer to the client.
func (w *world) take(m message) {
	c := m.client
	if c.done {
		return
	}
	_, done, err := c.inquiry.Take(m.index, m.status, m.body)
	c.done = done
	switch {
	case errors.Is(err, kclient.ErrRefused):
	case err != nil:
		w.fail("enclave %d: %v", c.enclave.number, err)
	case done:
		w.opened++
		w.note("enclave %d has the key of attempt %d at task %d", c.enclave.number, c.attempt, c.task)
		w.obtained(c)
	}
}

// accused demands that only a liar is accused, with a proof that convinces others.
func (w *world) accused(p keyholder.Proof) {
	network := w.networks[p.Statement.Epoch]
	signer := network.Holders[p.Statement.Index-1].Signer
	for _, h := range w.holders {
		if h.address == signer && h.liar == honest {
			w.fail("honest holder %d is accused", h.number)
		}
	}
	if err := kclient.CheckProof(network, p); err != nil {
		w.fail("a proof convinces nobody: %v", err)
	}
}
