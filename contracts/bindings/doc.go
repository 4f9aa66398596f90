// SPDX-License-Identifier: Apache-2.0

// Package bindings holds the Go bindings of the contracts: ABIs, bytecode, and packing and unpacking of calls, events
// and errors. It is generated from the compiled contracts; after a change of contracts/src run
//
//	go test ./contracts/bindings -update
//
// with contracts/node_modules in place (npm ci). The same test fails when the bindings are not current.
package bindings
