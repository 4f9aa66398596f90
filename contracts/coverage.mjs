#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Coverage of src/ by the forge suite: `node coverage.mjs [arguments of forge coverage]` prints a table and fails below 98 %
// of lines or branches in all. `node coverage.mjs --read lcov.info` reads a report that is there.
//
// Called by forge, this file is the compiler, too. Coverage is told from source maps, which the optimiser spoils, but without
// it functions have more values than the stack lets them reach. So it compiles with the few steps that are needed, and one
// expression, which concatenates 22 words in the fewest copies, is written with fewer operands. The contracts do the same.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const here = dirname(fileURLToPath(import.meta.url));
const floor = 98;

// What coverage cannot see, with the reason; TESTING.md says more.
const excluded = new Map([]);

function compile() {
  const input = JSON.parse(readFileSync(0, "utf8"));
  const off = ["peephole", "inliner", "jumpdestRemover", "orderLiterals", "deduplicate", "cse", "constantOptimizer"];
  const details = Object.fromEntries(off.map((step) => [step, false]));
  // Rematerialise, join expressions, prune: what brings variables within reach.
  details.yul = true;
  details.yulDetails = { stackAllocation: true, optimizerSteps: "jmu" };
  input.settings.viaIR = true;
  input.settings.optimizer = { enabled: false, runs: 1, details };
  for (const source of Object.values(input.sources)) {
    source.content = source.content?.replace(/abi\.encodePacked\(\s*signature,[^;]*\);/, (words) => {
      const lines = "\n".repeat(words.split("\n").length - 1);
      return `bytes.concat(signature, BLS.negatedG2(), new bytes(128), groupKey());${lines}`;
    });
  }
  process.stdout.write(solc.compile(JSON.stringify(input)));
}

/** The files of an lcov report: lines and branches, found and hit, and which were not. */
function parse(report) {
  const files = [];
  for (const record of report.split("end_of_record")) {
    const path = record.match(/^SF:(.*)$/m)?.[1];
    if (!path?.startsWith("src/") || excluded.has(path)) continue;
    const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(([, line, hits]) => ({ line, hit: hits !== "0" }));
    const branches = [...record.matchAll(/^BRDA:(\d+),\d+,\d+,(\d+|-)/gm)].map(([, line, hits]) => ({
      line,
      hit: hits !== "0" && hits !== "-",
    }));
    files.push({ path, lines, branches });
  }
  return files;
}

const hit = (points) => points.filter((point) => point.hit).length;
const share = (points) => (points.length === 0 ? 100 : (100 * hit(points)) / points.length);
const cell = (points) => `${share(points).toFixed(2)} % (${hit(points)}/${points.length})`;

function table(files) {
  const total = { lines: files.flatMap((file) => file.lines), branches: files.flatMap((file) => file.branches) };
  console.log("| File | Lines | Branches | Not covered: lines; branches |\n|---|---|---|---|");
  for (const { path, lines, branches } of files) {
    const missed = (points) => [...new Set(points.filter((point) => !point.hit).map((point) => point.line))].join(" ");
    const what = [missed(lines), missed(branches)];
    console.log(`| ${path} | ${cell(lines)} | ${cell(branches)} | ${what.join("") && what.join("; ")} |`);
  }
  console.log(`| **all** | ${cell(total.lines)} | ${cell(total.branches)} | |`);
  return Math.min(share(total.lines), share(total.branches));
}

function measure(args) {
  const directory = mkdtempSync(join(tmpdir(), "escrin-coverage-"));
  try {
    const report = join(directory, "lcov.info");
    const env = {
      FOUNDRY_SOLC: fileURLToPath(import.meta.url),
      FOUNDRY_OUT: join(directory, "out"),
      FOUNDRY_CACHE_PATH: join(directory, "cache"),
      FOUNDRY_INVARIANT_RUNS: "16",
      ...process.env,
    };
    const forge = join(here, "node_modules/.bin/forge");
    // Without the optimiser, gas is no measure.
    const command = ["coverage", "--ir-minimum", "--no-match-contract", "Gas", "--report", "lcov", "--report-file", report, ...args];
    const { status } = spawnSync(forge, command, { cwd: here, env, stdio: ["ignore", "inherit", "inherit"] });
    if (status !== 0) process.exit(1);
    return readFileSync(report, "utf8");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const args = process.argv.slice(2);
if (args.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (args.includes("--standard-json")) {
  compile();
} else {
  const report = args[0] === "--read" ? readFileSync(args[1], "utf8") : measure(args);
  if (table(parse(report)) < floor) {
    console.error(`coverage: below ${floor} %`);
    process.exit(1);
  }
}
