// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/guestagent/task"
)

// AsBinding is terms as the contract's bindings have them.
func AsBinding(t task.Terms) bindings.ITaskLifecycleTerms { return asBinding(t) }

// Meanings is what each Solidity error means; Metadata is the contracts that have them.
var (
	Meanings = meanings
	Metadata = contractsMeta
)
