// SPDX-License-Identifier: Apache-2.0
// Writes agreements.json: node vectors/agreements.make.mjs
import { writeFileSync } from "node:fs";
import * as agreements from "./agreements.mjs";
import { keccak, word } from "./tasks.mjs";

const label = (text, size = 32) => keccak(Buffer.from(text)).subarray(0, size);
const chainId = 1057n;

const registry = label("registry", 20);
const registrant = label("registrant", 20);
const identity = keccak(word(chainId), word(registry), word(registrant), keccak(Buffer.from("escrin")));
const multisig = label("multisig", 20);
const permit = {
  registry, identity, recipient: label("recipient", 20), grant: true, duration: 600n, nonce: Buffer.from("nonce"),
  pk: Buffer.from("public key"), baseblock: 1000n, baseblockHash: label("block 1000"), policyHash: label("policy"),
  deadline: 1_800_000_000n,
};

const acceptor = label("acceptor", 20);
const taskIds = [256n, 257n, 2n ** 256n - 1n];
const outcomes = taskIds.map((_, i) => ({ exitStatus: i * 128, output: label(`output ${i}`) }));

const members = [1, 2, 3].map((i) => ({
  account: Buffer.from(word(i)).subarray(12), signer: label(`signer ${i}`, 20), encryptionKey: label(`encryption key ${i}`),
}));
const session = {
  chainId, board: label("board", 20), epoch: 1n, previous: 0n, members, threshold: 2, phaseBlocks: 10, block: 5000n,
  parentHash: label("block 4999"),
};
const messages = [
  { phase: 1, index: 2, message: Buffer.from("dealing of 2") },
  { phase: 1, index: 1, message: Buffer.from("dealing of 1") },
  { phase: 2, index: 3, message: Buffer.from("complaint of 3") },
  { phase: 3, index: 1, message: Buffer.from("justification of 1") },
];
const sessionId = agreements.sessionId(session);
let transcript = sessionId;
for (const entry of messages) {
  transcript = agreements.transcriptAfter(transcript, entry.phase, entry.index, entry.message);
  entry.transcript = transcript;
}
const [groupKey, commitments] = [Buffer.alloc(256, 7), label("commitments")];

const vectors = {
  types: agreements.types,
  permit: { chainId, multisig, registrant, pers: Buffer.from("escrin"), ...permit, digest: agreements.permitDigest(chainId, multisig, permit) },
  statement: {
    chainId, acceptor, identity, taskIds, outcomes,
    digest: agreements.statementDigest(chainId, acceptor, identity, taskIds, outcomes),
  },
  session: {
    ...session, sessionId, messages, groupKey, commitments,
    completion: agreements.completionDigest(sessionId, groupKey, commitments, transcript),
  },
};

/** Buffers become 0x strings, BigInts decimal strings. */
const plain = (key, value) => {
  if (value?.type === "Buffer") return `0x${Buffer.from(value.data).toString("hex")}`;
  return typeof value === "bigint" ? value.toString() : value;
};
writeFileSync(new URL("agreements.json", import.meta.url), JSON.stringify(vectors, plain, 1) + "\n");
