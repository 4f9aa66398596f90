// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// result is what became of the mutants of a package.
type result struct {
	name                                string
	killed, lived, notCovered, timedOut int
	unnoticed                           []mutant // lived, not covered or timed out, in order
}

// mutant is one change that no test noticed.
type mutant struct {
	File   string // path from the root of the repository
	Type   string `json:"type"`
	Status string `json:"status"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d:%d\t%s\t%s", m.File, m.Line, m.Column, m.Type, m.Status)
}

// String returns the line of figures.
func (r result) String() string {
	score := 100 * float64(r.killed) / float64(r.killed+r.lived+r.notCovered)
	return fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%.1f", r.name, r.killed, r.lived, r.notCovered, r.timedOut, score)
}

// parse reads the output file of gremlins for one package.
func parse(name string, data []byte) (result, error) {
	var output struct {
		Files []struct {
			Name      string   `json:"file_name"`
			Mutations []mutant `json:"mutations"`
		} `json:"files"`
	}
	if err := json.Unmarshal(data, &output); err != nil {
		return result{}, err
	}
	r := result{name: name}
	for _, file := range output.Files {
		for _, m := range file.Mutations {
			m.File = name + "/" + file.Name
			if err := r.add(m); err != nil {
				return result{}, err
			}
		}
	}
	if r.killed+r.lived+r.notCovered == 0 {
		return result{}, errors.New("nothing was mutated")
	}
	slices.SortFunc(r.unnoticed, func(a, b mutant) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r, nil
}

func (r *result) add(m mutant) error {
	switch m.Status {
	case "NOT VIABLE":
		return nil
	case "KILLED":
		r.killed++
		return nil
	case "LIVED":
		r.lived++
	case "NOT COVERED":
		r.notCovered++
	case "TIMED OUT":
		r.timedOut++
	default:
		return fmt.Errorf("mutant %v has an unknown status", m)
	}
	r.unnoticed = append(r.unnoticed, m)
	return nil
}
