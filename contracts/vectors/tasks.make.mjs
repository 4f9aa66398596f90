// SPDX-License-Identifier: Apache-2.0
// Writes tasks.json: node vectors/tasks.make.mjs
import { writeFileSync } from "node:fs";
import * as tasks from "./tasks.mjs";

const label = (text, size = 32) => tasks.keccak(Buffer.from(text)).subarray(0, size);
const domain = { chainId: 31337n, hub: label("hub", 20) };
const terms = {
  submitter: label("submitter", 20), identity: label("identity"), inputDigest: label("input"), deadline: 1_800_000_000n, count: 1,
  attempts: 3, token: Buffer.alloc(20), fee: 10n ** 18n, refundee: label("refundee", 20), callback: Buffer.alloc(20), callbackGas: 0,
};
const result = (i) => ({ exitStatus: i % 258, outputDigest: label(`output ${i}`), publicOutput: label(`public ${i}`) });

const task = (name, count, change = {}) => ({
  name, domain, salt: label(name), terms: { ...terms, count, ...change }, attempt: 1, runner: label("runner", 20),
  until: 1_799_999_000n, results: Array.from({ length: count }, (_, i) => result(i)),
});

const cases = [
  task("one task", 1),
  task("a batch of three", 3, { token: label("token", 20), callback: label("callback", 20), callbackGas: 200_000 }),
  task("a batch of 256", 256),
  {
    ...task("largest values", 1, {
      deadline: 2n ** 40n - 1n, attempts: 65535, fee: 2n ** 128n - 1n, callback: label("callback", 20), callbackGas: 1_000_000,
    }),
    attempt: 65535, until: 2n ** 40n - 1n,
    results: [{ exitStatus: 257, outputDigest: Buffer.alloc(32, 255), publicOutput: Buffer.alloc(32) }],
  },
];

const seed = label("escrin tasks");
const random = Array.from({ length: 1000 }, (_, i) =>
  tasks.keccak(...Object.values(tasks.digestsOf(tasks.randomTask(seed, i)))),
);

/** Buffers become 0x strings, BigInts decimal strings. */
const plain = (key, value) => {
  if (value?.type === "Buffer") return `0x${Buffer.from(value.data).toString("hex")}`;
  return typeof value === "bigint" ? value.toString() : value;
};

const file = { types: tasks.types, cases: cases.map((c) => ({ ...c, ...tasks.digestsOf(c) })), random: { seed, digests: random } };
writeFileSync(new URL("tasks.json", import.meta.url), `${JSON.stringify(file, plain, 1)}\n`);
