// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TestEnclave } from "@escrin/hardhat";
import { callbackFailed, submittedTask, taskAccepted } from "@escrin/hardhat/assert";
import { expect } from "chai";
import { network } from "hardhat";

const RESULT_KEY = `0x${"11".repeat(1216)}`;
const GROUP_KEY = `0x${"22".repeat(96)}`;
const DECIDED = 3n;

/** ../ballot.py's word: whether the quorum was reached, and the votes of each choice. */
const word = (...numbers: number[]) => `0x${[...numbers, ...Array(16 - numbers.length).fill(0)].map((n) => n.toString(16).padStart(4, "0")).join("")}`;

describe("PrivateBallot", async () => {
  const { ethers, escrin, provider } = await network.create();
  const [organizer, alice, bob, stranger] = await ethers.getSigners();
  const enclave = await escrin.testEnclave();
  const leaf = (voter: { address: string }) => ethers.keccak256(ethers.keccak256(ethers.zeroPadValue(voter.address, 32)));
  const electorate = ethers.keccak256(ethers.concat([leaf(alice), leaf(bob)].sort()));

  async function deploy() {
    const { timestamp } = (await ethers.provider.getBlock("latest"))!;
    const identity = await enclave.createIdentity(`ballot ${timestamp}`);
    const times = [timestamp + 3600, timestamp + 7200];
    const args = [enclave.hub.target, identity, TestEnclave.measurementRoot, electorate, ...times];
    const ballot = await ethers.deployContract("PrivateBallot", args, organizer);
    const cast = (voter: typeof alice, digest: string) =>
      (ballot.connect(voter) as typeof ballot).cast(digest, 500, [leaf(voter === alice ? bob : alice)]);
    return { ballot, cast };
  }

  it("takes ballots of the electorate, one of each voter", async () => {
    const { ballot, cast } = await deploy();
    await cast(alice, ethers.id("sealed"));
    await expect(cast(alice, ethers.id("another"))).to.be.revertedWithCustomError(ballot, "InputUnfit");
    await expect(cast(stranger, ethers.id("sealed"))).to.be.revertedWithCustomError(ballot, "NotEligible");
  });

  it("learns the tally alone", async () => {
    const { ballot, cast } = await deploy();
    await cast(alice, ethers.id("sealed"));
    await provider.request({ method: "evm_setNextBlockTimestamp", params: [Number(await ballot.votingEnds())] });
    const task = await submittedTask(ballot.close([alice.address], RESULT_KEY, GROUP_KEY));
    assert.equal(task, await ballot.taskId());
    const report = await enclave.run(task, { publicOutput: word(2, 0, 1) });
    await taskAccepted(report, task);
    await assert.rejects(callbackFailed(report, task), /no callback/);
    assert.equal(await ballot.outcome(), DECIDED);
    assert.equal(await ballot.votesFor(1), 0n);
    assert.equal(await ballot.votesFor(2), 1n);
  });
});
