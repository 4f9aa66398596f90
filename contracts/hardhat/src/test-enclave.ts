// SPDX-License-Identifier: Apache-2.0
import {
  certificatePermitterAbi,
  certificatePermitterBytecode,
  identityRegistryAbi,
  identityRegistryBytecode,
  taskHubAbi,
  taskHubBytecode,
} from "@escrin/contracts";
import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import {
  AbiCoder,
  Contract,
  ContractFactory,
  type ContractTransactionResponse,
  id,
  type InterfaceAbi,
  keccak256,
  type TypedDataDomain,
  type TypedDataField,
  Wallet,
  ZeroHash,
} from "ethers";
import { groupKey, sign } from "./test-key-network.js";

/** Chain id of the chain that Hardhat runs in its own process. */
const IN_PROCESS_CHAIN = 31337n;

const PERMIT_SECONDS = 3600n;
/** TDX, UpToDate, TCB of 2026-01-01 (contracts/SPEC.md). */
const PLATFORM = `0x0101${"00".repeat(6)}${(1767225600).toString(16).padStart(16, "0")}${"00".repeat(16)}`;
/** The greatest exit status of a result. */
const MAX_EXIT_STATUS = 257;

const RESULT: TypedDataField[] = [
  { name: "exitStatus", type: "uint32" },
  { name: "outputDigest", type: "bytes32" },
  { name: "publicOutput", type: "bytes32" },
];
const CLAIM: TypedDataField[] = [
  { name: "taskId", type: "uint256" },
  { name: "termsDigest", type: "bytes32" },
  { name: "attempt", type: "uint32" },
  { name: "runner", type: "address" },
];
const HEARTBEAT: TypedDataField[] = [
  { name: "taskId", type: "uint256" },
  { name: "attempt", type: "uint32" },
  { name: "until", type: "uint64" },
];
const REPORT: TypedDataField[] = [
  { name: "taskId", type: "uint256" },
  { name: "termsDigest", type: "bytes32" },
  { name: "attempt", type: "uint32" },
  { name: "results", type: "TaskResult[]" },
];

/** What an enclave says of one task. */
export interface TaskResult {
  /** Of the workload: 0 to 255; 256 if its inputs could not be opened, 257 if its output did not fit. Default: 0. */
  readonly exitStatus?: number;
  /** SHA-256 of the sealed output: 32 bytes. Default: a digest of nothing in particular. */
  readonly outputDigest?: string;
  /** What the workload wrote to /output/public: 32 bytes. Default: zero, which stands for no such file. */
  readonly publicOutput?: string;
}

/** Terms of a batch, in the order of ITaskLifecycle.Terms. */
export type Terms = readonly [
  submitter: string,
  identity: string,
  inputDigest: string,
  deadline: bigint,
  count: bigint,
  attempts: bigint,
  token: string,
  fee: bigint,
  refundee: string,
  callback: string,
  callbackGas: bigint,
];

export interface TestEnclaveOptions {
  /** Seconds after which an unfinished claim may be reopened. Default: 600. */
  readonly claimWindow?: bigint;
  /** Wei that a claim carries. Default: 0. */
  readonly claimBond?: bigint;
  /** Who claims tasks and gets their fees. Default: the network's last account. */
  readonly runner?: HardhatEthersSigner;
}

/** Arguments of `acceptTaskResults`. */
export interface SignedReport {
  readonly taskIds: readonly bigint[];
  readonly proof: string;
  readonly report: string;
}

/**
 * An enclave's stand-in, for unit tests. Escrin's own contracts are deployed, unmodified, under a *test root*: a key network
 * of one whose secret everyone knows. They check everything that they check of a real enclave; what is left out is what
 * happens off chain: evidence, and keyholders that verify it.
 */
export class TestEnclave {
  /** What the measurements of the stand-in are taken for. */
  static readonly measurementRoot: string = id("escrin test measurements");

  readonly registry: Contract;
  readonly hub: Contract;
  readonly permitter: Contract;
  readonly runner: HardhatEthersSigner;
  /** The account that gets permits, and signs claims, heartbeats and reports. */
  readonly requester: string;
  readonly #key: Wallet = new Wallet(id("escrin test requester"));
  readonly #ethers: HardhatEthers;

  private constructor(ethers: HardhatEthers, runner: HardhatEthersSigner, contracts: [Contract, Contract, Contract]) {
    this.#ethers = ethers;
    this.runner = runner;
    this.requester = this.#key.address;
    [this.registry, this.hub, this.permitter] = contracts;
  }

  /** Deploys the contracts. Refuses a chain that is not Hardhat's own, in this process. */
  static async deploy(ethers: HardhatEthers, options: TestEnclaveOptions = {}): Promise<TestEnclave> {
    const { chainId } = await ethers.provider.getNetwork();
    if (chainId !== IN_PROCESS_CHAIN) {
      throw new Error(`an enclave's stand-in is for chain ${IN_PROCESS_CHAIN} in this process only, and this is chain ${chainId}`);
    }
    const signers = await ethers.getSigners();
    const runner = options.runner ?? signers.at(-1);
    if (runner === undefined) throw new Error("the network has no accounts");

    const registry = await deploy(runner, identityRegistryAbi, identityRegistryBytecode, []);
    const window = options.claimWindow ?? 600n;
    const hub = await deploy(runner, taskHubAbi, taskHubBytecode, [registry.target, window, options.claimBond ?? 0n]);
    const permitter = await deploy(runner, certificatePermitterAbi, certificatePermitterBytecode, [registry.target, groupKey()]);
    return new TestEnclave(ethers, runner, [registry, hub, permitter]);
  }

  /** Creates an identity as which the stand-in may act, and returns its id. */
  async createIdentity(pers: string): Promise<string> {
    const name = id(pers);
    const identity: string = await call(this.registry, "createIdentity").staticCall(this.permitter.target, name);
    await mined(call(this.registry, "createIdentity")(this.permitter.target, name));
    const measurements = 1n;
    const policy = [measurements, TestEnclave.measurementRoot, PERMIT_SECONDS, 1n, 0n, 0n];
    await mined(call(this.permitter, "setPolicy")(identity, policy, ""));
    return identity;
  }

  /** Gets the requester a permit of an hour, by a certificate. The identity's permitter and policy must accept the stand-in. */
  async permit(identity: string): Promise<ContractTransactionResponse> {
    const base = await this.#ethers.provider.getBlock("latest");
    if (base?.hash == null) throw new Error("the chain has no block yet");
    const facts = [TestEnclave.measurementRoot, ZeroHash, ZeroHash, PLATFORM, ZeroHash];
    const context = AbiCoder.defaultAbiCoder().encode(["uint64", ...Array(5).fill("bytes32")], [base.number, ...facts]);
    const digest = keccak256(
      AbiCoder.defaultAbiCoder().encode(
        ["bytes32", "uint256", "address", "address", "bytes32", "address", "uint64", "uint64", ...Array(6).fill("bytes32")],
        [
          id("escrin.certificate.v2"),
          IN_PROCESS_CHAIN,
          this.permitter.target,
          this.registry.target,
          identity,
          this.requester,
          PERMIT_SECONDS,
          base.number,
          base.hash,
          ...facts,
        ],
      ),
    );
    return call(this.permitter, "acquireIdentity")(identity, this.requester, PERMIT_SECONDS, context, sign(digest));
  }

  /** A task's whole run: permit, claim and report. Returns the transaction of the report. */
  async run(taskId: bigint, ...results: TaskResult[]): Promise<ContractTransactionResponse> {
    await mined(this.permit((await this.termsOf(taskId))[1]));
    await mined(this.claim(taskId));
    return this.report(taskId, ...(results.length === 0 ? [{}] : results));
  }

  /** Claims an open batch for the requester. */
  async claim(taskId: bigint): Promise<ContractTransactionResponse> {
    const terms = await this.termsOf(taskId);
    const attempt = await this.#attemptOf(taskId);
    const message = { taskId, termsDigest: this.#digestOf(terms), attempt, runner: this.runner.address };
    const signature = await this.#key.signTypedData(this.#domain(), { Claim: CLAIM }, message);
    const value: bigint = await call(this.hub, "claimBond")();
    return call(this.hub, "claim")(taskId, terms, this.requester, signature, { value });
  }

  /** Extends the claim until a time, in seconds since the epoch. */
  async heartbeat(taskId: bigint, until: bigint): Promise<ContractTransactionResponse> {
    const terms = await this.termsOf(taskId);
    const message = { taskId, attempt: await this.#attemptOf(taskId), until };
    const signature = await this.#key.signTypedData(this.#domain(), { Heartbeat: HEARTBEAT }, message);
    return call(this.hub, "heartbeat")(taskId, terms, until, signature);
  }

  /** Reports the results of a claimed batch, one for each task. */
  async report(taskId: bigint, ...results: TaskResult[]): Promise<ContractTransactionResponse> {
    const signed = await this.signReport(taskId, ...results);
    return call(this.hub, "acceptTaskResults")(signed.taskIds, signed.proof, signed.report);
  }

  /** What `report` sends, for tests that alter it or have somebody else bring it. */
  async signReport(taskId: bigint, ...given: TaskResult[]): Promise<SignedReport> {
    const terms = await this.termsOf(taskId);
    const attempt = await this.#attemptOf(taskId);
    const results = given.map(complete);
    const message = { taskId, termsDigest: this.#digestOf(terms), attempt, results };
    const signature = await this.#key.signTypedData(this.#domain(), { TaskReport: REPORT, TaskResult: RESULT }, message);
    const coder = AbiCoder.defaultAbiCoder();
    return {
      taskIds: [taskId],
      proof: coder.encode([this.#termsType(), "bytes"], [terms, signature]),
      report: coder.encode(
        ["uint32", "tuple(uint32 exitStatus, bytes32 outputDigest, bytes32 publicOutput)[]"],
        [attempt, results],
      ),
    };
  }

  /** The terms under which a batch was submitted. */
  async termsOf(taskId: bigint): Promise<Terms> {
    const filter = this.hub.filters["TaskSubmitted"];
    if (filter === undefined) throw new Error("the hub's ABI has no TaskSubmitted");
    for (const log of await this.hub.queryFilter(filter(taskId))) {
      const submitted = this.hub.interface.parseLog(log);
      if (submitted !== null) return submitted.args["terms"].toArray();
    }
    throw new Error(`no task ${taskId} was submitted to this hub`);
  }

  async #attemptOf(taskId: bigint): Promise<bigint> {
    const record = await call(this.hub, "recordOf")(taskId);
    return record.attempt;
  }

  #digestOf(terms: Terms): string {
    return keccak256(AbiCoder.defaultAbiCoder().encode([this.#termsType()], [terms]));
  }

  #termsType(): string {
    const terms = this.hub.interface.getEvent("TaskSubmitted")?.inputs.at(-1);
    if (terms === undefined) throw new Error("the hub's ABI has no TaskSubmitted");
    return terms.format("full");
  }

  #domain(): TypedDataDomain {
    const hub = String(this.hub.target);
    return { name: "escrin TaskHub", version: "2", chainId: IN_PROCESS_CHAIN, verifyingContract: hub };
  }
}

function complete(result: TaskResult): Required<TaskResult> {
  const { exitStatus = 0, outputDigest = id("output"), publicOutput = ZeroHash } = result;
  if (!Number.isInteger(exitStatus) || exitStatus < 0 || exitStatus > MAX_EXIT_STATUS) {
    throw new Error(`exit statuses go from 0 to ${MAX_EXIT_STATUS}, not ${exitStatus}`);
  }
  return { exitStatus, outputDigest, publicOutput };
}

async function deploy(runner: HardhatEthersSigner, abi: InterfaceAbi, bytecode: string, args: unknown[]): Promise<Contract> {
  const contract = await new ContractFactory(abi, bytecode, runner).deploy(...args);
  await contract.waitForDeployment();
  return new Contract(await contract.getAddress(), abi, runner);
}

function call(contract: Contract, name: string): ReturnType<Contract["getFunction"]> {
  return contract.getFunction(name);
}

async function mined(sent: Promise<ContractTransactionResponse>): Promise<void> {
  await (await sent).wait();
}
