// SPDX-License-Identifier: Apache-2.0
// Bindings, measurements and evidence envelopes as ../../attest/SPEC.md §§1–3 has them, for JavaScript and TypeScript.
// Written from the specification; the vectors in ../../attest/testdata hold it against the Go and the Solidity.
// Byte strings are Buffers; numbers of 64 bits are BigInts.
import sha3 from "js-sha3";

/**
 * @typedef {{chainId: bigint, registry: Buffer, identityId: Buffer, requester: Buffer, channelKeyHash: Buffer, duration: bigint,
 *   baseBlock: bigint, baseBlockHash: Buffer, measurementRoot: Buffer, configDigest: Buffer, groupKeyDigest: Buffer}} Binding
 * @typedef {{tee: number, vcpus: number, memoryMiB: number, mrtd?: Buffer, rtmr0?: Buffer, rtmr1?: Buffer, rtmr2?: Buffer,
 *   launchDigest?: Buffer}} Measurement
 * @typedef {{tee: number, vcpus: number, memoryMiB: number, proof: Buffer[], binding: Binding, channelKey: Buffer, signed: Buffer,
 *   eventLog: Buffer, collateral: Buffer}} Evidence
 */

export const TDX = 1;
export const SNP = 2;

const MAGIC = Buffer.from("escrin.evidence\x03");
const MAX_EVIDENCE = 256 << 10;
const MAX_SIGNED = 16 << 10;
const MAX_EVENT_LOG = 64 << 10;
const MAX_PROOF = 16;
const CHANNEL_KEY = 1216;

/** The fields of a binding in their order, with their sizes in bytes. */
const BINDING = [
  ["chainId", 8], ["registry", 20], ["identityId", 32], ["requester", 20], ["channelKeyHash", 32],
  ["duration", 8], ["baseBlock", 8], ["baseBlockHash", 32], ["measurementRoot", 32], ["configDigest", 32],
  ["groupKeyDigest", 32],
];

/** @param {...Uint8Array} parts */
export const keccak = (...parts) => Buffer.from(sha3.keccak256.arrayBuffer(Buffer.concat(parts)));

/** One word of abi.encode: a number, or bytes padded on the left.  @param {bigint | number | Buffer} value */
function word(value) {
  const out = Buffer.alloc(32);
  if (Buffer.isBuffer(value)) value.copy(out, 32 - value.length);
  else out.writeBigUInt64BE(BigInt(value), 24);
  return out;
}

export const bindingTag = () => keccak(Buffer.from("escrin.binding.v3"));

/** §1: abi.encode of the tag and the eleven fields.  @param {Binding} b */
export const encodeBinding = (b) => Buffer.concat([bindingTag(), ...BINDING.map(([field]) => word(b[field]))]);

/** @param {Binding} b */
export const bindingDigest = (b) => keccak(encodeBinding(b));

/** @param {Binding} b */
export const reportData = (b) => Buffer.concat([bindingDigest(b), Buffer.alloc(32)]);

/** §2.2: what stands for the registers that the hardware signs.  @param {Measurement} m */
export const registersWord = (m) => (m.tee === SNP ? keccak(m.launchDigest) : keccak(m.mrtd, m.rtmr0, m.rtmr1, m.rtmr2));

/** §2.2.  @param {Measurement} m */
export const leaf = (m) => keccak(keccak(word(m.tee), word(m.vcpus), word(m.memoryMiB), registersWord(m)));

/** §2.4: the array of nodes; the root is the first.  @param {Measurement[]} measurements */
function tree(measurements) {
  const leaves = measurements.map(leaf).sort(Buffer.compare);
  const nodes = [...new Array(leaves.length - 1), ...leaves.reverse()];
  for (let i = leaves.length - 2; i >= 0; i--) nodes[i] = hashPair(nodes[2 * i + 1], nodes[2 * i + 2]);
  return nodes;
}

const hashPair = (a, b) => keccak(...[a, b].sort(Buffer.compare));

/** @param {Measurement[]} measurements */
export const measurementRoot = (measurements) => tree(measurements)[0];

/** @param {Measurement[]} measurements @param {Measurement} of */
export function measurementProof(measurements, of) {
  const nodes = tree(measurements);
  const path = [];
  for (let i = nodes.findLastIndex((node) => node.equals(leaf(of))); i > 0; i = (i - 1) >> 1) path.push(nodes[i % 2 ? i + 1 : i - 1]);
  return path;
}

/** §2.5.  @param {Buffer} root @param {Buffer} of @param {Buffer[]} proof */
export const verifyProof = (root, of, proof) => proof.length <= MAX_PROOF && proof.reduce(hashPair, of).equals(root);

/** §3.  @param {Evidence} e */
export function encodeEvidence(e) {
  check(e);
  const shape = Buffer.alloc(8);
  shape.writeUInt32BE(e.vcpus, 0);
  shape.writeUInt32BE(e.memoryMiB, 4);
  const binding = BINDING.map(([field, size]) => word(e.binding[field]).subarray(32 - size));
  const tail = [e.signed, e.eventLog, e.collateral].flatMap((part) => [word(part.length).subarray(28), part]);
  return Buffer.concat([MAGIC, Buffer.of(e.tee), shape, Buffer.of(e.proof.length), ...e.proof, ...binding, e.channelKey, ...tail]);
}

/** §3: accepts exactly what encodeEvidence writes, and throws at anything else.  @param {Buffer} raw @returns {Evidence} */
export function parseEvidence(raw) {
  if (raw.length > MAX_EVIDENCE) throw new Error("evidence is too long");
  let at = 0;
  const take = (n) => {
    if (n > raw.length - at) throw new Error("evidence is cut short");
    return raw.subarray(at, (at += n));
  };
  const number = (n) => take(n).readUIntBE(0, n);
  if (!take(MAGIC.length).equals(MAGIC)) throw new Error("not an evidence envelope of version 3");
  const e = { tee: number(1), vcpus: number(4), memoryMiB: number(4) };
  e.proof = Array.from({ length: number(1) }, () => take(32));
  e.binding = Object.fromEntries(BINDING.map(([field, size]) => [field, size === 8 ? take(8).readBigUInt64BE() : take(size)]));
  e.channelKey = take(CHANNEL_KEY);
  for (const part of ["signed", "eventLog", "collateral"]) e[part] = take(number(4));
  if (at !== raw.length) throw new Error("evidence has bytes left over");
  check(e);
  return e;
}

/** §3.2.  @param {Evidence} e */
export const evidenceDigest = (e) => keccak(encodeEvidence(e));

/** @param {Evidence} e */
function check(e) {
  const within = (name, length, low, high) => {
    if (length < low || length > high) throw new Error(`${name}: ${length} bytes, want ${low} to ${high}`);
  };
  if (e.tee !== TDX && e.tee !== SNP) throw new Error(`TEE kind ${e.tee} is unknown`);
  if (e.proof.length > MAX_PROOF) throw new Error(`proof of ${e.proof.length} nodes`);
  within("channel key", e.channelKey.length, CHANNEL_KEY, CHANNEL_KEY);
  within("quote or report", e.signed.length, 1, MAX_SIGNED);
  within("event log", e.eventLog.length, 0, MAX_EVENT_LOG);
  within("collateral", e.collateral.length, 1, MAX_EVIDENCE);
}
