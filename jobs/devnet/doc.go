// SPDX-License-Identifier: Apache-2.0

// Package devnet starts, watches and ends the processes of one local escrin network: the chain node with its
// registry and simulated TEE, three keyholders and the job service. It is what `escrin dev` is made of.
//
// # State
//
// Everything lives in one directory. The plan (which ports) is written before the first process starts and
// never changes; every process is recorded right after it was started, with its start time, so that a later
// call ends exactly that process and never another one that was given the same number. A network that was
// killed in any way is therefore continued by the next [Up] with the same chain, the same keys and the same
// ports. Two calls cannot work on one directory at the same time: it is locked with flock(2).
//
// # Key
//
// The keyholders make their key on the chain, as those of any network do. The first funded account is the governor: it
// starts the epoch, and makes the blocks that its phases wait for ([Governor]); elsewhere these come by themselves.
//
// # What it does not do
//
// It verifies nothing: a dev network is a place to try things out. What proves something about a result is
// package audit, which asks the chain and not the processes started here.
package devnet
