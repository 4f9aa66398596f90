// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/escrin/escrin/keyholder/auditlog"
)

// auditDir is the directory of the audit log in that of the keyholder.
const auditDir = "audit"

const auditLong = `Prints the records, oldest first, and verifies that each follows from the one
before it. The exit status is 1 if the log was changed or its end is torn. Who
wants to know that nothing was cut off compares the last line with what other
keyholders or the chain were told. May be used while the keyholder runs.
`

func runAudit(_ context.Context, c *call) error {
	var visit func(auditlog.Entry) error
	encoder := json.NewEncoder(c.stdout)
	switch {
	case c.verify:
	case c.json:
		visit = func(e auditlog.Entry) error { return encoder.Encode(e.Record) }
	default:
		visit = c.printRecord
	}
	found, err := auditlog.Verify(filepath.Join(c.dir, auditDir), visit)
	if err != nil {
		return err
	}
	if c.json && !c.verify {
		return nil
	}
	if c.json {
		return encoder.Encode(struct {
			Records uint64        `json:"records"`
			Head    auditlog.Word `json:"head"`
			First   uint64        `json:"first"`
		}{found.Last.Length, found.Last.Hash, found.First.Length})
	}
	_, err = fmt.Fprintf(c.stdout, "%d records, from %d on; head 0x%x\n", found.Last.Length, found.First.Length, found.Last.Hash)
	return err
}

func (c *call) printRecord(e auditlog.Entry) error {
	_, err := fmt.Fprintf(c.stdout, "%s  %-11s %-20s", e.Time.Format(time.RFC3339), e.About, e.Decision)
	if err == nil && e.Requester != (auditlog.Address{}) {
		_, err = fmt.Fprintf(c.stdout, "  requester %s", e.Requester)
	}
	if err == nil && e.Task != (auditlog.Word{}) {
		_, err = fmt.Fprintf(c.stdout, "  task %s attempt %d", e.Task, e.Attempt)
	}
	if err == nil && e.Why != "" {
		_, err = fmt.Fprintf(c.stdout, "  %q", e.Why)
	}
	if err == nil {
		_, err = fmt.Fprintln(c.stdout)
	}
	return err
}
