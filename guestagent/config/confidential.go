// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"slices"
)

// MaxConfidential is the largest number of variables, and of files, of a confidential config.
const MaxConfidential = 256

// None says whether no confidential config is taken.
func (c Confidential) None() bool { return !c.Args && len(c.Env) == 0 && len(c.Files) == 0 }

// validate requires names that no loader, shell or language runtime takes as an instruction (IMG-16), and paths that
// do not hide the system, the interface, or what main has by them. A variable that is measured may be in the list: it is the default.
func (c Confidential) validate(main Container) error {
	for _, list := range [][]string{c.Env, c.Files} {
		if list == nil || len(list) > MaxConfidential {
			return fmt.Errorf("confidential: want lists of at most %d", MaxConfidential)
		}
		if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
			return errors.New("confidential: lists must be sorted, and their entries unique")
		}
	}
	if c.Required && c.None() {
		return errors.New("confidential: required, but nothing may come")
	}
	for _, name := range c.Env {
		if !ValidVariable(name) || ControlsPrograms(name) {
			return fmt.Errorf("confidential.env: %q is no name of a variable, or tells programs what to run", name)
		}
		if slices.ContainsFunc(main.Secrets, func(s Secret) bool { return s.Env == name }) {
			return fmt.Errorf("confidential.env: %s is a secret's", name)
		}
	}
	for _, p := range c.Files {
		if err := validTarget("confidential.files", p); err != nil {
			return err
		}
		if slices.ContainsFunc(main.Secrets, func(s Secret) bool { return s.Path == p }) || slices.ContainsFunc(main.Volumes, func(v Volume) bool { return v.Path == p }) {
			return fmt.Errorf("confidential.files: %s is taken", p)
		}
	}
	return nil
}
