// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
)

// The command line is made by hand of package flag: what a keyholder links is
// what its operators trust, and eleven commands do not need a framework.

// verb is a command.
type verb struct {
	name  string
	short string // one line, in the imperative
	long  string // what one must know before using it; lines of at most 79
	args  string // what follows the flags: empty for nothing
	flags []string
	need  []string // flags that must be given
	run   func(context.Context, *call) error
}

// call is one use of a verb. Which of the flags there are is the verb's choice.
type call struct {
	stdout, stderr io.Writer
	rest           []string

	dir, config       string
	account, url      string
	store             unlocking
	backup, out, from string
	json, verify      bool
}

// verbs are all commands, in the order in which an operator meets them.
func verbs() []verb {
	dir := []string{"dir"}
	unlock := []string{"dir", "passphrase-file", "credential", "plugin"}
	and := func(flags ...string) []string { return slices.Concat(unlock, flags) }
	return []verb{
		{"init", "Create the holder's keystore and signer account", initLong, "", and("account", "url", "json"), dir, runInit},
		{"run", "Serve, and take part in the epochs of the key network", runLong + configurationHelp, "", and("config"), []string{"dir", "config"}, runRun},
		{"status", "Show how the running keyholder stands", statusLong, "", []string{"dir", "json"}, dir, runStatus},
		{"join", "Show the member entry for the next epoch", joinLong, "", and("account", "url", "json"), dir, runJoin},
		{"leave", "Take no part in epochs to come", leaveLong, "", unlock, dir, runLeave},
		{"backup", "Write an encrypted backup of the keystore", backupLong, "", and("backup-passphrase-file", "out"), []string{"dir", "backup-passphrase-file", "out"}, runBackup},
		{"restore", "Make a keystore of a backup", restoreLong, "", and("backup-passphrase-file", "from", "json"), []string{"dir", "backup-passphrase-file", "from"}, runRestore},
		{"audit", "Show and verify the audit log", auditLong, "", []string{"dir", "verify", "json"}, dir, runAudit},
		{"version", "Print the version", "", "", nil, nil, runVersion},
		{"completion", "Print completion for a shell", completionLong, "bash|zsh|fish", nil, nil, runCompletion},
		{"man", "Print the manual page", "", "", nil, nil, runMan},
	}
}

func verbNamed(name string) (verb, bool) {
	for _, v := range verbs() {
		if v.name == name {
			return v, true
		}
	}
	return verb{}, false
}

// option is a flag: its name, what its value is called, and what it is for.
type option struct{ name, value, use string }

// options are all flags of all verbs.
func options() []option {
	return []option{
		{"dir", "DIR", "directory of the holder's secrets and state"},
		{"config", "FILE", "configuration file (JSON)"},
		{"passphrase-file", "FILE", "open the keystore with the passphrase in this file, which only its owner may read"},
		{"credential", "NAME", "open the keystore with the passphrase in this systemd credential"},
		{"plugin", "PROGRAM", "open the keystore with this program, which asks a key management service or a security module"},
		{"account", "ADDRESS", "account of the member; by default the signer's own"},
		{"url", "URL", "where others reach the holder"},
		{"backup-passphrase-file", "FILE", "encrypt or open the backup with the passphrase in this file"},
		{"out", "FILE", "where the backup is written; the file must not be there"},
		{"from", "FILE", "the backup"},
		{"verify", "", "print what was found only, and no records"},
		{"json", "", "print JSON"},
	}
}

// bind makes a flag of an option write into the call.
func (c *call) bind(flags *flag.FlagSet, o option) {
	texts := map[string]*string{
		"dir": &c.dir, "config": &c.config, "account": &c.account, "url": &c.url,
		"passphrase-file": &c.store.file, "credential": &c.store.credential, "plugin": &c.store.plugin,
		"backup-passphrase-file": &c.backup, "out": &c.out, "from": &c.from,
	}
	switches := map[string]*bool{"json": &c.json, "verify": &c.verify}
	if text, ok := texts[o.name]; ok {
		flags.StringVar(text, o.name, "", o.use)
	}
	if s, ok := switches[o.name]; ok {
		flags.BoolVar(s, o.name, false, o.use)
	}
}

func (v verb) options() []option {
	var chosen []option
	for _, o := range options() {
		if slices.Contains(v.flags, o.name) {
			chosen = append(chosen, o)
		}
	}
	return chosen
}

func (v verb) flagSet(c *call) *flag.FlagSet {
	flags := flag.NewFlagSet(v.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	for _, o := range v.options() {
		c.bind(flags, o)
	}
	return flags
}

// check refuses what package flag lets through.
func (v verb) check(c *call, flags *flag.FlagSet) error {
	for _, name := range v.need {
		if f := flags.Lookup(name); f.Value.String() == "" {
			return fmt.Errorf("--%s is missing", name)
		}
	}
	c.rest = flags.Args()
	if want := v.args != ""; want != (len(c.rest) == 1) || len(c.rest) > 1 {
		if want {
			return fmt.Errorf("want one of %s", v.args)
		}
		return fmt.Errorf("unexpected argument %q", c.rest[0])
	}
	return c.store.check()
}
