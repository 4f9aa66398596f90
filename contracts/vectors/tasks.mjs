// SPDX-License-Identifier: Apache-2.0
// Ids of tasks and what is signed about them, as ../SPEC.md §1 has them, for JavaScript and TypeScript.
// Written from the specification; the vectors in tasks.json hold it against the Go and the Solidity.
// Byte strings are Buffers; numbers of more than 32 bits are BigInts.
import sha3 from "js-sha3";

/**
 * @typedef {{chainId: bigint, hub: Buffer}} Domain
 * @typedef {{submitter: Buffer, identity: Buffer, inputDigest: Buffer, deadline: bigint, count: number, attempts: number,
 *   token: Buffer, fee: bigint, refundee: Buffer, callback: Buffer, callbackGas: number}} Terms
 * @typedef {{exitStatus: number, outputDigest: Buffer, publicOutput: Buffer}} TaskResult
 */

export const types = {
  EIP712Domain: "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
  Claim: "Claim(uint256 taskId,bytes32 termsDigest,uint32 attempt,address runner)",
  Heartbeat: "Heartbeat(uint256 taskId,uint32 attempt,uint64 until)",
  TaskResult: "TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)",
  TaskReport:
    "TaskReport(uint256 taskId,bytes32 termsDigest,uint32 attempt,TaskResult[] results)TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)",
};

/** The fields of the terms in their order. */
const TERMS = [
  "submitter", "identity", "inputDigest", "deadline", "count", "attempts", "token", "fee", "refundee", "callback", "callbackGas",
];

/** @param {...Uint8Array} parts */
export const keccak = (...parts) => Buffer.from(sha3.keccak256.arrayBuffer(Buffer.concat(parts)));

/** One word of abi.encode: a number, or bytes padded on the left.  @param {bigint | number | Buffer} value */
export function word(value) {
  const raw = Buffer.isBuffer(value) ? value : Buffer.from(BigInt(value).toString(16).padStart(64, "0"), "hex");
  if (raw.length > 32) throw new Error("more than a word");
  return Buffer.concat([Buffer.alloc(32 - raw.length), raw]);
}

const struct = (type, ...fields) => keccak(keccak(Buffer.from(types[type])), ...fields.map(word));

/** 1.1: the id of a batch.  @param {Domain} domain @param {Buffer} submitter @param {Buffer} salt */
export function taskId({ chainId, hub }, submitter, salt) {
  const id = keccak(word(hub), word(chainId), word(submitter), salt);
  id[31] = 0;
  return id;
}

/** 1.2: abi.encode of the terms.  @param {Terms} terms */
export const encodeTerms = (terms) => Buffer.concat(TERMS.map((field) => word(terms[field])));

/** @param {Terms} terms */
export const termsDigest = (terms) => keccak(encodeTerms(terms));

/** 1.3.  @param {Domain} domain */
export const domainSeparator = ({ chainId, hub }) =>
  struct("EIP712Domain", keccak(Buffer.from("escrin TaskHub")), keccak(Buffer.from("2")), chainId, hub);

/** 1.3: what is signed.  @param {Domain} domain @param {Buffer} structHash */
const typed = (domain, structHash) => keccak(Buffer.of(0x19, 0x01), domainSeparator(domain), structHash);

/** 1.4.  @param {Domain} domain @param {{taskId: Buffer, termsDigest: Buffer, attempt: number, runner: Buffer}} claim */
export const claimDigest = (domain, claim) =>
  typed(domain, struct("Claim", claim.taskId, claim.termsDigest, claim.attempt, claim.runner));

/** 1.5.  @param {Domain} domain @param {{taskId: Buffer, attempt: number, until: bigint}} heartbeat */
export const heartbeatDigest = (domain, heartbeat) =>
  typed(domain, struct("Heartbeat", heartbeat.taskId, heartbeat.attempt, heartbeat.until));

/** 1.6.  @param {TaskResult[]} results */
export const resultsDigest = (results) =>
  keccak(...results.map((r) => struct("TaskResult", r.exitStatus, r.outputDigest, r.publicOutput)));

/** 1.6.  @param {Domain} domain @param {{taskId: Buffer, termsDigest: Buffer, attempt: number, results: TaskResult[]}} report */
export const reportDigest = (domain, report) =>
  typed(domain, struct("TaskReport", report.taskId, report.termsDigest, report.attempt, resultsDigest(report.results)));

/** 1.7: `proof` of acceptTaskResults.  @param {Terms} terms @param {Buffer} signature of 65 bytes */
export const encodeProof = (terms, signature) =>
  Buffer.concat([encodeTerms(terms), word(384), word(65), signature, Buffer.alloc(31)]);

/** 1.7: `report` of acceptTaskResults.  @param {number} attempt @param {TaskResult[]} results */
export const encodeReport = (attempt, results) =>
  Buffer.concat(
    [attempt, 64, results.length, ...results.flatMap((r) => [r.exitStatus, r.outputDigest, r.publicOutput])].map(word),
  );

/** 1.9: everything about the i-th random task.  @param {Buffer} seed @param {number} i */
export function randomTask(seed, i) {
  let next = 0;
  const bytes = (n) => keccak(seed, word(i), word(next++)).subarray(32 - n);
  const number = (n) => BigInt(`0x${bytes(n).toString("hex")}`);
  const domain = { chainId: number(8), hub: bytes(20) };
  const salt = bytes(32);
  const terms = {
    submitter: bytes(20), identity: bytes(32), inputDigest: bytes(32), deadline: number(8), count: Number(number(1) % 8n) + 1,
    attempts: Number(number(2)), token: bytes(20), fee: number(16), refundee: bytes(20), callback: bytes(20),
    callbackGas: Number(number(4)),
  };
  const [attempt, runner, until] = [Number(number(4)), bytes(20), number(8)];
  const results = Array.from({ length: terms.count }, () => ({
    exitStatus: Number(number(4) % 258n), outputDigest: bytes(32), publicOutput: bytes(32),
  }));
  return { domain, salt, terms, attempt, runner, until, results };
}

/** All digests of a task.  @param {ReturnType<typeof randomTask>} task */
export function digestsOf({ domain, salt, terms, attempt, runner, until, results }) {
  const about = { taskId: taskId(domain, terms.submitter, salt), termsDigest: termsDigest(terms), attempt };
  return {
    taskId: about.taskId,
    termsDigest: about.termsDigest,
    claimDigest: claimDigest(domain, { ...about, runner }),
    heartbeatDigest: heartbeatDigest(domain, { ...about, until }),
    resultsDigest: resultsDigest(results),
    reportDigest: reportDigest(domain, { ...about, results }),
  };
}
