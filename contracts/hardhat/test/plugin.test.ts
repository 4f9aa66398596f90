// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { submittedTask, taskAccepted } from "@escrin/hardhat/assert";
import { escrinMatchers } from "@escrin/hardhat/chai";
import { expect, use } from "chai";
import { network } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import hardhatConfig from "../hardhat.config.js";

const ACCOUNT = { address: "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", privateKey: `0x${"0".repeat(63)}1` };

/** A folder with a network file, and a program that notes how it was called. */
function devFolder(chain: object) {
  const dir = mkdtempSync(join(tmpdir(), "escrin-hardhat-"));
  const contracts = Object.fromEntries(["registry", "permitter", "taskHub"].map((name) => [name, ACCOUNT.address]));
  writeFileSync(join(dir, "network.json"), JSON.stringify({ chain, contracts, accounts: [ACCOUNT] }));
  const program = join(dir, "escrin");
  writeFileSync(program, `#!/bin/sh\necho "$@" >>"${dir}/calls"\n[ "$2" != down ]\n`);
  chmodSync(program, 0o755);
  return { dir, program, calls: () => readFileSync(join(dir, "calls"), "utf8") };
}

describe("an enclave's stand-in", async () => {
  it("is refused on every chain but Hardhat's own", async () => {
    const other = await network.create({ override: { chainId: 1 } });
    await assert.rejects(other.escrin.testEnclave(), /chain 31337 in this process only/);
  });

  it("is refused on a chain with the same id that somebody else runs", async () => {
    const server = await network.createServer({}, "127.0.0.1", 0);
    const { address, port } = await server.listen();
    const { dir } = devFolder({ id: 31337, http: `http://${address}:${port}` });
    const hre = await createHardhatRuntimeEnvironment({ ...hardhatConfig, escrin: { dir } });
    const { escrin } = await hre.network.create("escrin");
    await assert.rejects(escrin.testEnclave(), /own process only/);
    const { hub } = await escrin.contracts();
    assert.equal(hub.target, ACCOUNT.address);
    await server.close();
  });

  const { ethers, escrin } = await network.create();
  const [submitter] = await ethers.getSigners();
  const enclave = await escrin.testEnclave({ claimWindow: 60n, claimBond: 7n });
  const identity = await enclave.createIdentity("plugin");

  async function submit(count: bigint, salt: string) {
    const terms = [submitter.address, identity, ethers.id("input"), 2n ** 35n, count, 1n, ethers.ZeroAddress, 9n, submitter.address, ethers.ZeroAddress, 0n];
    return submittedTask(enclave.hub.connect(submitter).getFunction("submit")(terms, ethers.id(salt), { value: 9n }));
  }

  it("gets permits by certificate, again and again", async () => {
    for (let i = 0; i < 2; i++) await (await enclave.permit(identity)).wait();
    const [expiry] = await enclave.registry.readPermit(enclave.requester, identity);
    assert.ok(expiry > 0n);
  });

  it("runs a batch, extends its claim, and is paid", async () => {
    const task = await submit(2n, "batch");
    await enclave.claim(task);
    const { claimExpiry } = await enclave.hub.recordOf(task);
    await enclave.heartbeat(task, claimExpiry + 1n);
    const results = await taskAccepted(enclave.report(task, { exitStatus: 3 }, {}), task);
    assert.deepEqual(results.map(({ exitStatus }) => exitStatus), [3, 0]);
    assert.equal(await enclave.hub.credit(ethers.ZeroAddress, enclave.runner.address), 16n);
  });

  it("shows where a transaction is not what it is taken for", async () => {
    use(escrinMatchers);
    const task = await submit(1n, "asserted");
    await enclave.claim(task);
    const report = enclave.report(task, { exitStatus: 3 });
    await expect(report).to.acceptTask(task, { exitStatus: 3 });
    await assert.rejects(async () => expect(report).to.acceptTask(task, { exitStatus: 0 }), /expected/);
    await assert.rejects(async () => expect(report).to.acceptTask(task, {}, {}), /length of 2/);
    await assert.rejects(taskAccepted(report, task + 256n), /no report of task/);
    await assert.rejects(submittedTask(report), /0 tasks were submitted/);
    await assert.rejects(enclave.termsOf(task + 256n), /no task/);
  });

  it("has reports refused that it did not sign", async () => {
    const task = await submit(1n, "forged");
    await enclave.claim(task);
    const signed = await enclave.signReport(task, { publicOutput: ethers.id("said") });
    const forged = signed.report.replace(ethers.id("said").slice(2), ethers.id("forged").slice(2));
    const call = enclave.hub.getFunction("acceptTaskResults");
    const brought = call(signed.taskIds, signed.proof, forged);
    await expect(brought).to.be.revertedWithCustomError(enclave.hub, "SignatureInvalid").withArgs(task);
    await assert.rejects(enclave.report(task, { exitStatus: 258 }), /exit statuses/);
  });

  it("has no say over an identity whose permitter is another", async () => {
    const other = await enclave.createIdentity("another permitter");
    const { permitter } = await escrin.testEnclave();
    await (await enclave.registry.getFunction("setPermitter")(other, permitter.target)).wait();
    await expect(enclave.permit(other)).to.be.revertedWithCustomError(enclave.registry, "Unauthorized");
  });
});

describe("the local network", () => {
  it("is started, looked at and stopped by escrin dev", async () => {
    const { dir, program, calls } = devFolder({ id: 31337, http: "http://127.0.0.1:1" });
    const hre = await createHardhatRuntimeEnvironment({ ...hardhatConfig, escrin: { program, dir } });
    await hre.tasks.getTask(["escrin", "up"]).run();
    await hre.tasks.getTask(["escrin", "status"]).run();
    await assert.rejects(hre.tasks.getTask(["escrin", "down"]).run(), /ended with status 1/);
    assert.equal(calls(), ["up", "status", "down"].map((command) => `dev ${command} --dir ${dir}\n`).join(""));
  });

  it("says what to do where there is no escrin", async () => {
    const hre = await createHardhatRuntimeEnvironment({ ...hardhatConfig, escrin: { program: "/nowhere/escrin", dir: "/nowhere" } });
    await assert.rejects(hre.tasks.getTask(["escrin", "up"]).run(), /put escrin on the PATH/);
    const { escrin } = await hre.network.create();
    await assert.rejects(escrin.contracts(), /hardhat escrin up/);
  });

  it("has a network file that is one", async () => {
    const { dir } = devFolder({});
    await assert.rejects(createHardhatRuntimeEnvironment({ ...hardhatConfig, escrin: { dir } }), /no network file of escrin/);
  });
});
