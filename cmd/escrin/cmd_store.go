// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
)

// newStoreCommand looks after the local store.
func newStoreCommand() *cobra.Command {
	return group("store", "Look after the enclaves on this machine", newStoreListCommand(), newStoreRemoveCommand(), newStorePruneCommand())
}

// storedReport is an enclave of the store with --json.
type storedReport struct {
	enclaver.Stored
	MeasurementRoot string `json:"measurementRoot"`
}

func newStoreListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the enclaves in the local store",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := openStore(cmd)
			if err != nil {
				return err
			}
			list, err := enclaver.List(cmd.Context(), store)
			if err != nil {
				return err
			}
			return printStored(cmd, list)
		},
	}
	addStoreFlag(cmd)
	return cmd
}

func printStored(cmd *cobra.Command, list []enclaver.Stored) error {
	if wantJSON(cmd) {
		reports := make([]storedReport, len(list))
		for i, s := range list {
			reports[i] = storedReport{s, fmt.Sprintf("%#x", s.MeasurementRoot)}
		}
		return printJSON(cmd.OutOrStdout(), reports)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, s := range list {
		size := byteSize(s.Size)
		if s.Error != "" {
			size = "cannot be read: " + oneLine(s.Error)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, s.Digest, size)
	}
	return w.Flush()
}

func newStoreRemoveCommand() *cobra.Command {
	cmd := withReference("remove REF", "Take the name of an enclave out of the local store",
		func(cmd *cobra.Command, ref enclaver.Reference) error {
			store, err := openStore(cmd)
			if err != nil {
				return err
			}
			return withHint(store.Remove(ref), "`escrin store list` says what is there")
		})
	cmd.Long = "Take the name of an enclave out of the local store. Its content is removed by `escrin store prune`, if no other\nenclave needs it."
	return cmd
}

// prunedReport is what `store prune` prints with --json.
type prunedReport struct {
	FreedBytes int64 `json:"freedBytes"`
}

func newStorePruneCommand() *cobra.Command {
	var caches bool
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove what no enclave in the local store needs",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := openStore(cmd)
			if err != nil {
				return err
			}
			freed, err := enclaver.Prune(cmd.Context(), store, caches)
			if err == nil && caches {
				var disks int64
				disks, err = removeDisks()
				freed += disks
			}
			if err != nil {
				return err
			}
			if wantJSON(cmd) {
				return printJSON(cmd.OutOrStdout(), prunedReport{freed})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "freed %s\n", byteSize(freed))
			return err
		},
	}
	cmd.Flags().BoolVar(&caches, "caches", false, "remove converted layers and the disks of \"escrin run\" too; they are made again when they are needed")
	addStoreFlag(cmd)
	return cmd
}

// removeDisks removes the disks that `escrin run` laid out, and returns the number of bytes. A machine that runs keeps its own.
func removeDisks() (freed int64, err error) {
	cache, err := userCache()
	if err != nil {
		return 0, err
	}
	dir := filepath.Join(cache, "disks")
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			freed += info.Size()
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	return freed, errors.Join(err, os.RemoveAll(dir))
}
