// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/keyholder"
)

// TestCertificatesAgeAsKeyholdersCount: CertificatePermitter's MAX_AGE, which it does not tell, is the age up to which keyholders certify.
// Blocks to come are the call's own.
func TestCertificatesAgeAsKeyholdersCount(t *testing.T) {
	r := newRun(t)
	_, context := r.certificate(300)
	context.BaseBlock-- // so that each block after it has its hash
	a := r.sign(300, context)
	call := bindings.NewCertificatePermitter().PackAcquireIdentity(a.Identity, a.Requester, a.Duration, a.Context, a.Authorization)
	for age, fits := range map[uint64]bool{1: true, keyholder.MaxBaseBlockAge: true, keyholder.MaxBaseBlockAge + 1: false} {
		block := map[string]hexutil.Uint64{"number": hexutil.Uint64(context.BaseBlock + age)}
		var expiry hexutil.Bytes
		err := r.Node.Client().CallContext(t.Context(), &expiry, "eth_call",
			map[string]any{"to": r.At.Permitter, "input": hexutil.Bytes(call)}, "latest", nil, block)
		if fits && err != nil || !fits && !isUnfit(err) {
			t.Errorf("a base block %d blocks old: %v", age, err)
		}
	}
}

// isUnfit tells whether a call reverted because of the base block.
func isUnfit(err error) bool {
	refused, ok := errors.AsType[rpc.DataError](err)
	if !ok {
		return false
	}
	text, _ := refused.ErrorData().(string)
	data, err := hexutil.Decode(text)
	id := bindings.CertificatePermitterBaseBlockUnfitErrorID()
	return err == nil && bytes.HasPrefix(data, id[:4])
}
