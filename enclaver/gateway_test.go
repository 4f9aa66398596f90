// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/guestagent/config"
)

// TestGatewayIsInTheInitrdOfEnclavesWithANetwork, measured, and in no other; a guest base without it makes none.
func TestGatewayIsInTheInitrdOfEnclavesWithANetwork(t *testing.T) {
	dir := t.TempDir()
	if err := imagetest.GuestBase(dir); err != nil {
		t.Fatal(err)
	}
	into, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var measured []string
	for file, network := range map[string]config.Network{
		"initrd":         {},
		"initrd-network": {Ingress: []config.Service{{Port: 443, To: 8080}}},
	} {
		base, err := importGuestBase(t.Context(), dir, network, into)
		if err != nil {
			t.Fatal(err)
		}
		if want, err := hashFile(t.Context(), filepath.Join(dir, file)); err != nil || base.initrd.Digest.Hex != want {
			t.Errorf("the initrd is %s, %s is %s, %v", base.initrd.Digest.Hex, file, want, err)
		}
		line, err := base.files.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		measured = append(measured, string(line))
	}
	if measured[0] == measured[1] {
		t.Error("with and without a gateway the registers are the same")
	}
	if err := os.Remove(filepath.Join(dir, "initrd-network")); err != nil {
		t.Fatal(err)
	}
	fresh, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importGuestBase(t.Context(), dir, config.Network{Egress: []config.Destination{{Name: "a.example", Port: 1}}}, fresh); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the file: %v", err)
	}
}
