// SPDX-License-Identifier: Apache-2.0
// What approvers, enclaves and members of the key network agree on, as ../SPEC.md §2 and §3 have it, for JavaScript and
// TypeScript. Written from the specification; the vectors in agreements.json hold it against the Solidity.
// Byte strings are Buffers; numbers of more than 32 bits are BigInts.
import { keccak, word } from "./tasks.mjs";

/**
 * @typedef {{registry: Buffer, identity: Buffer, recipient: Buffer, grant: boolean, duration: bigint, nonce: Buffer, pk: Buffer,
 *   baseblock: bigint, baseblockHash: Buffer, policyHash: Buffer, deadline: bigint}} SsssPermit
 * @typedef {{exitStatus: number, output: Buffer}} TaskOutcome
 * @typedef {{account: Buffer, signer: Buffer, encryptionKey: Buffer}} Member
 * @typedef {{chainId: bigint, board: Buffer, epoch: bigint, previous: bigint, members: Member[], threshold: number,
 *   phaseBlocks: number, block: bigint, parentHash: Buffer}} Session
 */

const OUTCOME = "TaskOutcome(uint32 exitStatus,bytes32 output)";

export const types = {
  EIP712Domain: "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
  SsssPermit:
    "SsssPermit(address registry,bytes32 identity,address recipient,bool grant,uint64 duration,bytes nonce,bytes pk,uint256 baseblock,bytes32 baseblockHash,bytes32 policyHash,uint64 deadline)",
  TaskOutcome: OUTCOME,
  TaskStatement: `TaskStatement(bytes32 identity,uint256[] taskIds,TaskOutcome[] outcomes)${OUTCOME}`,
};

const text = (string) => keccak(Buffer.from(string));
const struct = (type, ...fields) => keccak(text(types[type]), ...fields.map(word));

function typed(name, version, chainId, contract, structHash) {
  const domain = struct("EIP712Domain", text(name), text(version), chainId, contract);
  return keccak(Buffer.of(0x19, 0x01), domain, structHash);
}

/** 2.2: what approvers sign.  @param {bigint} chainId @param {Buffer} multisig @param {SsssPermit} p */
export const permitDigest = (chainId, multisig, p) =>
  typed("SsssPermitter", "2", chainId, multisig, struct(
    "SsssPermit", p.registry, p.identity, p.recipient, p.grant ? 1 : 0, p.duration, keccak(p.nonce), keccak(p.pk), p.baseblock,
    p.baseblockHash, p.policyHash, p.deadline,
  ));

/**
 * 2.3: what the enclave of an identity signs.
 * @param {bigint} chainId @param {Buffer} acceptor @param {Buffer} identity @param {bigint[]} taskIds @param {TaskOutcome[]} outcomes
 */
export function statementDigest(chainId, acceptor, identity, taskIds, outcomes) {
  const hashes = outcomes.map(({ exitStatus, output }) => struct("TaskOutcome", exitStatus, output));
  const statement = struct("TaskStatement", identity, keccak(...taskIds.map(word)), keccak(...hashes));
  return typed("escrin QuorumTaskAcceptor", "1", chainId, acceptor, statement);
}

/** 3.2.  @param {Session} s */
export function sessionId(s) {
  const members = s.members.flatMap(({ account, signer, encryptionKey }) => [word(account), word(signer), encryptionKey]);
  const digest = keccak(word(32), word(s.members.length), ...members);
  return keccak(
    text("escrin.session.v1"), word(s.chainId), word(s.board), word(s.epoch), word(s.previous), digest, word(s.threshold),
    word(s.phaseBlocks), word(s.block), s.parentHash,
  );
}

/** 3.3: the transcript after one more message.  @param {Buffer} transcript @param {number} phase @param {number} index @param {Buffer} message */
export const transcriptAfter = (transcript, phase, index, message) =>
  keccak(transcript, word(phase), word(index), keccak(message));

/** 3.4.  @param {Buffer} session @param {Buffer} groupKey @param {Buffer} commitments @param {Buffer} transcript */
export const completionDigest = (session, groupKey, commitments, transcript) =>
  keccak(text("escrin.completion.v1"), session, keccak(groupKey), commitments, transcript);
