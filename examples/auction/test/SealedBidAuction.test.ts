// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { taskAccepted } from "@escrin/hardhat/assert";
import { escrinMatchers } from "@escrin/hardhat/chai";
import { TestEnclave } from "@escrin/hardhat";
import { expect, use } from "chai";
import { network } from "hardhat";

use(escrinMatchers);

const DEPOSIT = 10n ** 18n;
const RESULT_KEY = `0x${"11".repeat(1216)}`;
const GROUP_KEY = `0x${"22".repeat(96)}`;

/** ../auction.py's word: the winner's address and the price. */
const word = (winner: string, price: bigint) => winner + price.toString(16).padStart(24, "0");

describe("SealedBidAuction", async () => {
  const { ethers, escrin, provider } = await network.create();
  const [seller, alice, bob] = await ethers.getSigners();
  const enclave = await escrin.testEnclave({ claimBond: 5n });
  let identities = 0;
  let auction: Awaited<ReturnType<typeof ethers.deployContract>>;

  const now = async () => BigInt((await ethers.provider.getBlock("latest"))!.timestamp);
  const as = (account: typeof alice) => auction.connect(account) as typeof auction;
  const bid = (bidder: typeof alice) => as(bidder).bid(ethers.id(bidder.address), 500, { value: DEPOSIT });

  async function close() {
    await provider.request({ method: "evm_setNextBlockTimestamp", params: [Number(await auction.biddingEnds())] });
    const bidders = [alice, bob].map(({ address }) => address).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    await auction.close(bidders, RESULT_KEY, GROUP_KEY, { value: 1000n });
    return auction.taskId();
  }

  beforeEach(async () => {
    const identity = await enclave.createIdentity(`auction ${identities++}`);
    const start = await now();
    auction = await ethers.deployContract(
      "SealedBidAuction",
      [enclave.hub.target, identity, TestEnclave.measurementRoot, DEPOSIT, start + 3600n, start + 7200n],
      seller,
    );
  });

  it("takes one bid of each account", async () => {
    await bid(alice);
    await expect(bid(alice)).to.be.revertedWithCustomError(auction, "InputUnfit");
  });

  it("gives the winner what the price leaves, and the others all of it", async () => {
    await bid(alice);
    await bid(bob);
    const task = await close();
    const report = await enclave.run(task, { publicOutput: word(bob.address, DEPOSIT / 4n) });
    const [result] = await taskAccepted(report, task);
    assert.equal(result.exitStatus, 0);
    assert.equal(await auction.winner(), bob.address);
    await expect(as(bob).withdraw()).to.changeEtherBalance(ethers, bob, (DEPOSIT * 3n) / 4n);
    await expect(as(alice).withdraw()).to.changeEtherBalance(ethers, alice, DEPOSIT);
    await expect(auction.withdraw()).to.changeEtherBalance(ethers, seller, DEPOSIT / 4n);
    await expect(auction.withdraw()).to.changeEtherBalance(ethers, seller, 0n);
  });

  it("gives everything back if the enclave names no winner", async () => {
    await bid(alice);
    await bid(bob);
    const task = await close();
    await expect(enclave.run(task, { exitStatus: 1 })).to.acceptTask(task, { exitStatus: 1 });
    await expect(as(alice).withdraw()).to.changeEtherBalance(ethers, alice, DEPOSIT);
    await expect(enclave.report(task, {})).to.be.revertedWithCustomError(enclave.hub, "TaskIs");
  });
});
