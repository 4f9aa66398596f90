// SPDX-License-Identifier: Apache-2.0

// Package ticket keeps what only the submitter of a task has: the salt that makes the task's id, and the private
// key to its result. Both are needed from before the transaction until after the result, so a ticket is on disk
// before anything that depends on it leaves the machine.
package ticket

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/durable"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/strictjson"
)

// Ticket belongs to one task.
type Ticket struct {
	Version   int          `json:"version"` // 1
	Task      wire.Hash32  `json:"task"`    // id: taskID of the fields below
	ChainID   uint64       `json:"chainId"`
	TaskHub   wire.Address `json:"taskHub"`
	Submitter wire.Address `json:"submitter"` // the only account that can submit the task
	Salt      wire.Hash32  `json:"salt"`
	Identity  wire.Hash32  `json:"identity"` // for which it was made
	Prepared  time.Time    `json:"prepared"`
	ResultKey []byte       `json:"resultKey"`    // HPKE private key, 32 bytes
	PublicKey []byte       `json:"resultPublic"` // HPKE public key, 1216 bytes
}

// maxFile bounds a ticket's file, in bytes.
const maxFile = 64 << 10

// ErrNone says that this machine and user have no ticket of a task.
var ErrNone = errors.New("no ticket of this task is here")

// New draws salt and key for a task that is to be submitted by an account to an identity.
func New(chainID uint64, hub, submitter [20]byte, identity [32]byte, now time.Time) (Ticket, error) {
	var salt wire.Hash32
	if _, err := rand.Read(salt[:]); err != nil {
		return Ticket{}, fmt.Errorf("make ticket: %w", err)
	}
	return NewSalted(chainID, hub, submitter, identity, salt, now)
}

// NewSalted is New for a task whose salt is known, such as one that a contract submits.
func NewSalted(chainID uint64, hub, submitter [20]byte, identity [32]byte, salt wire.Hash32, now time.Time) (Ticket, error) {
	private, public, err := envelope.GenerateRecipient()
	if err != nil {
		return Ticket{}, fmt.Errorf("make ticket: %w", err)
	}
	t := Ticket{Version: 1, ChainID: chainID, TaskHub: hub, Submitter: submitter, Salt: salt, Identity: identity,
		Prepared: now.UTC().Truncate(time.Second), ResultKey: private, PublicKey: public}
	t.Task = taskID(t)
	return t, nil
}

func taskID(t Ticket) wire.Hash32 {
	return task.Domain{ChainID: t.ChainID, TaskHub: t.TaskHub}.TaskID(t.Submitter, t.Salt)
}

// Dir is where a user's tickets are: $XDG_STATE_HOME/escrin/jobs, or ~/.local/state/escrin/jobs.
func Dir() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "escrin", "jobs"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find state directory: %w", err)
	}
	return filepath.Join(home, ".local", "state", "escrin", "jobs"), nil
}

// Path is the file of a task's ticket in dir.
func Path(dir string, task [32]byte) string {
	return filepath.Join(dir, wire.Hash32(task).String()+".json")
}

// Save writes the ticket into dir, readable by its owner alone. When it returns nil the ticket survives a crash.
func (t Ticket) Save(dir string) error {
	if err := t.validate(); err != nil {
		return fmt.Errorf("save ticket: %w", err)
	}
	b, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return fmt.Errorf("save ticket: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("save ticket: %w", err)
	}
	return durable.WriteFile(Path(dir, t.Task), append(b, '\n'), 0o600)
}

// Load reads the ticket of a task from dir; ErrNone if there is none.
func Load(dir string, task [32]byte) (Ticket, error) {
	b, err := os.ReadFile(Path(dir, task))
	if errors.Is(err, fs.ErrNotExist) {
		return Ticket{}, ErrNone
	}
	if err != nil {
		return Ticket{}, fmt.Errorf("read ticket: %w", err)
	}
	t, err := parse(b)
	if err == nil && t.Task != task {
		err = errors.New("it belongs to another task")
	}
	if err != nil {
		return Ticket{}, fmt.Errorf("read ticket %s: %w", Path(dir, task), err)
	}
	return t, nil
}

func parse(b []byte) (Ticket, error) {
	t, err := strictjson.Decode[Ticket](b, maxFile)
	if err != nil {
		return Ticket{}, err
	}
	return t, t.validate()
}

func (t Ticket) validate() error {
	switch {
	case t.Version != 1:
		return fmt.Errorf("version %d, want 1", t.Version)
	case len(t.ResultKey) != envelope.PrivateKeySize || len(t.PublicKey) != envelope.PublicKeySize:
		return errors.New("its keys have the wrong size")
	case t.Task != taskID(t):
		return errors.New("the task's id is not that of its salt and submitter")
	}
	return nil
}
