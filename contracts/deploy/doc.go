// SPDX-License-Identifier: Apache-2.0

// Package deploy puts the contracts on a chain, at addresses that are known before they are there.
//
// A contract's address is CREATE2's: it follows from the deterministic deployment proxy, a fixed salt, and the
// contract's creation code with its constructor's arguments. It is the same on every chain, whoever pays, and code at it
// is proof of what put it there. So a deployment can be interrupted anywhere: what is there is left, the rest is sent.
//
// Nothing is upgradeable (CT-14), and the key that deploys, which may be a CI's, gets no role (KR-24): see [UpgradePolicy].
package deploy

// UpgradePolicy is the deployment's, in words for people.
const UpgradePolicy = "none: no contract can be upgraded, paused or destroyed, and who deploys them has no role; " +
	"the governor, a timelock or a multisig, has one in PlatformRegistry and KeyNetwork alone"
