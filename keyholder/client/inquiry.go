// SPDX-License-Identifier: Apache-2.0

package client

import (
	"fmt"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
)

// Inquiry is Release taken apart, for who carries the messages himself and decides
// when: it has no clock, no goroutines and no patience. It is for one epoch.
type Inquiry struct {
	client   *Client
	question question
	request  *signed
	tally    *tally
}

// Inquire asks for the derived key of name for a task's attempt.
func (c *Client) Inquire(evidence []byte, name keyname.Name, task keyholder.TaskAttempt) (*Inquiry, error) {
	q, err := c.keyQuestion(evidence, name, task)
	if err != nil {
		return nil, fmt.Errorf("ask for key: %w", err)
	}
	group, err := c.Network.Group()
	if err != nil {
		return nil, fmt.Errorf("ask for key: %w", err)
	}
	request, err := c.sign(q)
	if err != nil {
		return nil, fmt.Errorf("ask for key: %w", err)
	}
	return &Inquiry{c, q, request, c.tally(q, group)}, nil
}

// Path is where at every holder the request goes.
func (i *Inquiry) Path() string { return i.question.path }

// Body is what goes to Path of every holder.
func (i *Inquiry) Body() []byte { return i.request.body }

// Take takes what a holder answered. Done says that the key is there, or, with an
// error, that it will not be.
func (i *Inquiry) Take(holder uint32, status int, reply []byte) (key curve.G1, done bool, err error) {
	i.tally.add(i.client.heed(i.question, i.request, holder, status, reply))
	sum, done, err := i.tally.settle()
	i.tally.retry() // the caller decides whom to ask again
	if !done && i.tally.outOfReach() {
		return curve.G1{}, true, ErrRefused
	}
	return sum.point, done, err
}

// Failures returns why holders gave no share, the latest of each, by index.
func (i *Inquiry) Failures() []Failure { return i.tally.waiting().Failures }
