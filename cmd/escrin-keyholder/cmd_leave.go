// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/control"
)

const leaveLong = `From now on the holder shows no encryption key for later epochs, so that a
governor does not take it in by mistake. It goes on serving the epoch it is in,
and has to run until a later epoch without it is certified: it hands its share on
and destroys it only then. Let it run for some days more where an epoch keeps
fewer of the earlier members than its threshold was, with the new members among
its peers: it tells those who know the earlier ones who has come in their place.
Join takes this back.

Tells the keyholder that runs in the directory. If none does, it opens the
keystore itself.
`

func runLeave(ctx context.Context, c *call) error {
	err := control.To(c.dir).Leave(ctx)
	if errors.Is(err, control.ErrNotRunning) {
		err = c.leaveHere(ctx)
	}
	if err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	_, err = fmt.Fprintln(c.stdout, "will take no part in later epochs; keep it running until one without it is certified")
	return err
}

func (c *call) leaveHere(ctx context.Context) error {
	keys, standing, err := c.openHere(ctx)
	if err != nil {
		return err
	}
	return errors.Join(standing.SetLeaving(true), keys.Close())
}
