// SPDX-License-Identifier: Apache-2.0

// Command agent asks the agent of its guest for all that it does, and prints what must be the same in every task.
package main

import (
	"context"
	"fmt"
	"os"

	agent "github.com/escrin/escrin/clients/go"
)

func main() {
	ctx, c := context.Background(), agent.New()
	key, err := c.DeriveKey(ctx, agent.Key{Kind: "secp256k1", Path: "orders"})
	fmt.Println("address", key.Address, err)
	sealed, err := c.Seal(ctx, "note", []byte("sealed words"))
	if err == nil {
		sealed, err = c.Unseal(ctx, "note", sealed)
	}
	fmt.Println("unsealed", string(sealed), err)
	evidence, err := c.Evidence(ctx, []byte("my data"))
	fmt.Println("evidence", len(evidence) > 0, err)
	object, version, err := c.Load(ctx, "counter")
	fmt.Println("loaded", string(object), version, err)
	if err == nil {
		err = c.Save(ctx, "counter", version, append(object, 'x'))
		fmt.Println("saved", err)
	}
	var code string
	fmt.Println("call", c.RPC(ctx, &code, "eth_call", map[string]string{"to": "0x00000000000000000000000000000000000000aa", "data": "0x"}, "latest"), code)
	hash, err := c.Send(ctx, agent.Key{Path: "wallet"}, agent.Transaction{To: "0x00000000000000000000000000000000000000aa", Value: "0x01"})
	fmt.Println("sent", len(hash), err)
	fmt.Println(c.PutOutput(ctx, "report", []byte("text")), c.SetResult(ctx, [32]byte{31: 7}), c.Progress(ctx, 100, "done"))
	_, err = agent.NewAt("/run/escrin/agent.sock", os.Getenv("HOME")).Task(ctx)
	fmt.Println(err)
}
