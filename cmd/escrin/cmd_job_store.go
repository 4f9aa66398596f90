// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/blob"
)

// storedBlob is a file that the job service keeps, for --json.
type storedBlob struct {
	File   string `json:"file"`
	Digest string `json:"digest"` // 0x and the SHA-256, as contracts take it
	Size   int    `json:"size"`   // bytes
}

func newJobStoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "store FILE…",
		Short: "Bring sealed inputs, or an input manifest, to where runners fetch them",
		Long: `Bring sealed inputs, or an input manifest, to where runners fetch them: the job service of the network.

` + "`job submit`" + ` does this by itself. Tasks that a contract submits name what was stored by its SHA-256 and its size,
which this prints. What is stored is public, so that nothing else is: seal inputs with ` + "`job encrypt`" + ` first.`,
		Example: "  escrin job store bid.sealed",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{cmd.CommandPath(), "missing argument FILE"}
			}
			return nil
		},
		RunE: storeBlobs,
	}
}

func storeBlobs(cmd *cobra.Command, paths []string) error {
	n, err := loadNetwork(cmd)
	if err != nil {
		return err
	}
	files := make([]inputFile, len(paths))
	for i, path := range paths {
		files[i] = inputFile{path, path}
	}
	contents, err := readAll(cmd, files)
	if err != nil {
		return err
	}
	for i, content := range contents {
		_, sealed := isSealed(content)
		if _, err := task.ParseManifest(content); err != nil && !sealed {
			return withHint(fmt.Errorf("%s is neither sealed nor an input manifest, and what is stored is public", paths[i]), "seal it to a task first, with `escrin job encrypt`")
		}
	}
	stored := make([]storedBlob, len(paths))
	for i, content := range contents {
		digest, err := blob.NewClient(n.Jobs).Put(cmd.Context(), content)
		if err != nil {
			return unreachable(fmt.Errorf("store %s: %w", paths[i], err))
		}
		stored[i] = storedBlob{paths[i], fmt.Sprintf("%#x", digest[:]), len(content)}
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), stored)
	}
	for _, s := range stored {
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %d  %s\n", s.Digest, s.Size, oneLine(s.File))
	}
	return nil
}
