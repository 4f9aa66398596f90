// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
)

// result is how many mutants of a package came to which end.
type result struct {
	name                                string
	killed, lived, notCovered, timedOut int
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
			Mutations []struct {
				Status string `json:"status"`
			} `json:"mutations"`
		} `json:"files"`
	}
	if err := json.Unmarshal(data, &output); err != nil {
		return result{}, err
	}
	r := result{name: name}
	for _, file := range output.Files {
		for _, mutation := range file.Mutations {
			if err := r.add(mutation.Status); err != nil {
				return result{}, err
			}
		}
	}
	if r.killed+r.lived+r.notCovered == 0 {
		return result{}, errors.New("nothing was mutated")
	}
	return r, nil
}

func (r *result) add(status string) error {
	switch status {
	case "KILLED":
		r.killed++
	case "LIVED":
		r.lived++
	case "NOT COVERED":
		r.notCovered++
	case "TIMED OUT":
		r.timedOut++
	case "NOT VIABLE": // it does not compile
	default:
		return fmt.Errorf("status %q is unknown", status)
	}
	return nil
}
