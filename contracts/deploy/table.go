// SPDX-License-Identifier: Apache-2.0

package deploy

import "github.com/escrin/escrin/contracts/bindings"

// Name is a contract's in Solidity.
type Name string

// The contracts of a deployment.
const (
	IdentityRegistry     Name = "IdentityRegistry"
	TaskHub              Name = "TaskHub"
	CertificatePermitter Name = "CertificatePermitter"
)

// row is one contract: what it is, and how it is made. Constructors must not ask who calls them: the proxy does.
type row struct {
	name      Name
	about     string
	code      string // creation code, in hex
	needs     []Precompile
	arguments func(*arguments) ([]byte, error) // of the constructor, encoded
}

// rows is the table of contracts. A row may use the addresses of rows above it.
func rows() []row {
	return []row{
		{IdentityRegistry, "identities and their permits", bindings.IdentityRegistryMetaData.Bin, nil, none},
		{TaskHub, "tasks, escrow and bonds", bindings.TaskHubMetaData.Bin, nil, taskHub},
		{CertificatePermitter, "permits for certificates of the key network", bindings.CertificatePermitterMetaData.Bin, blsPrecompiles(), certificatePermitter},
	}
}

// Names are all contracts', in the order in which they are deployed.
func Names() []Name {
	var names []Name
	for _, row := range rows() {
		names = append(names, row.name)
	}
	return names
}

func none(*arguments) ([]byte, error) { return nil, nil }

func taskHub(a *arguments) ([]byte, error) {
	return bindings.NewTaskHub().PackConstructor(a.address(IdentityRegistry), a.claimWindow(), a.claimBond()), nil
}

func certificatePermitter(a *arguments) ([]byte, error) {
	key, err := a.groupKey()
	return bindings.NewCertificatePermitter().PackConstructor(a.address(IdentityRegistry), key), err
}
