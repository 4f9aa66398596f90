// SPDX-License-Identifier: Apache-2.0
// What an lcov report of instrumented sources says of the sources: lines and branches, of each file and in all.

/** Of each file: `lines`, `[{ line, hit }]`, without those of assembly; and `branches`, `[{ line, text, value, hit }]`. */
export function parse(report, { branches, assembly }, library) {
  const hits = new Map();
  for (const record of report.split("end_of_record")) {
    const path = record.match(/^SF:(.*)$/m)?.[1];
    const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(([, line, count]) => [Number(line), count !== "0"]);
    if (path?.startsWith("src/")) hits.set(path, new Map(lines));
  }
  const ofLibrary = hits.get(library) ?? new Map();
  hits.delete(library);
  return [...hits].sort().map(([path, lines]) => ({
    path,
    lines: [...lines].filter(([line]) => !assembly.get(path)?.has(line)).map(([line, hit]) => ({ line, hit })),
    branches: branches
      .filter((branch) => branch.path === path)
      .flatMap(({ line, text, hits: [yes, no] }) => [
        { line, text, value: true, hit: ofLibrary.get(yes) ?? false },
        { line, text, value: false, hit: ofLibrary.get(no) ?? false },
      ]),
  }));
}

const hit = (points) => points.filter((point) => point.hit).length;
const share = (points) => (points.length === 0 ? 100 : (100 * hit(points)) / points.length);
const cell = (points) => `${share(points).toFixed(2)} % (${hit(points)}/${points.length})`;

/** Prints the table of files and what is not covered; the smaller share of lines and branches, in percent. */
export function print(files, { assembly, unseen }) {
  console.log("| File | Lines | Branches | Lines of assembly, not counted |\n|---|---|---|---|");
  for (const { path, lines, branches } of files) {
    console.log(`| ${path} | ${cell(lines)} | ${cell(branches)} | ${assembly.get(path)?.size ?? 0} |`);
  }
  const all = { lines: files.flatMap(({ lines }) => lines), branches: files.flatMap(({ branches }) => branches) };
  const inside = [...assembly.values()].reduce((sum, { size }) => sum + size, 0);
  console.log(`| **all** | ${cell(all.lines)} | ${cell(all.branches)} | ${inside} |`);
  console.log(`\nBranches of assembly, not counted: ${unseen.map(({ path, line }) => `${path}:${line}`).join(" ")}\n`);
  for (const { path, lines, branches } of files) {
    for (const { line, hit } of lines) if (!hit) console.log(`${path}:${line}: never reached`);
    for (const { line, text, value, hit } of branches) if (!hit) console.log(`${path}:${line}: never ${value}: ${text}`);
  }
  return Math.min(share(all.lines), share(all.branches));
}
