// SPDX-License-Identifier: Apache-2.0
// What forge cannot see of branches, made visible. Forge tells branches from jumps, which the compiler through the IR does not
// attribute to `require` and `if`. So each condition C is replaced by `Seen.branchN(C)`, a function that returns what it is
// given, through a line of its own for either value; and each assembly block, none of whose lines forge sees, follows upon
// `Seen.block_(0)`, which is what empty functions do, too. The compiler's own syntax tree says where conditions and blocks
// are. No line moves.
import solc from "solc";

/** Conditions, assembly blocks and empty functions of a source: `[{ kind, start, end }]`, in bytes, in order of starts. */
export function points(path, text) {
  const found = new Map();
  visit(tree(path, text), (node) => {
    for (const condition of conditions(node)) found.set(condition.src, { kind: "branch", ...range(condition) });
    if (node.nodeType === "InlineAssembly") found.set(node.src, { kind: "block", ...range(node), branches: yulBranches(node) });
    if (isEmpty(node)) found.set(node.body.src, { kind: "empty", ...range(node.body) });
  });
  return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

function tree(path, text) {
  const input = {
    language: "Solidity",
    sources: { [path]: { content: text } },
    settings: { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: () => ({ contents: "" }) }));
  const ast = output.sources?.[path]?.ast;
  if (!ast) throw new Error(`parse ${path}: ${output.errors?.map((error) => error.formattedMessage).join("\n")}`);
  return ast;
}

function visit(node, see) {
  if (node === null || typeof node !== "object") return;
  if (typeof node.nodeType === "string") see(node);
  for (const child of Object.values(node)) visit(child, see);
}

/** Functions without statements, whose calls would be pruned. */
const isEmpty = ({ nodeType, kind, body }) =>
  nodeType === "FunctionDefinition" && kind !== "constructor" && body?.statements.length === 0;

/** What decides: if, loops, ?:, require, assert, && and ||. Of an expression of && and ||, each operand. */
function conditions(node) {
  switch (node.nodeType) {
    case "IfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
    case "Conditional":
      return node.condition ? operands(node.condition) : [];
    case "FunctionCall":
      return ["require", "assert"].includes(node.expression.name) ? operands(node.arguments[0]) : [];
    case "BinaryOperation":
      return ["&&", "||"].includes(node.operator) ? operands(node) : [];
    default:
      return [];
  }
}

function operands(expression) {
  if (expression.nodeType === "TupleExpression") return operands(expression.components[0]);
  if (expression.nodeType === "UnaryOperation" && expression.operator === "!") return operands(expression.subExpression);
  if (!["&&", "||"].includes(expression.operator)) return [expression];
  return [...operands(expression.leftExpression), ...operands(expression.rightExpression)];
}

function yulBranches(block) {
  const found = [];
  visit(block, ({ nodeType, src }) => {
    if (["YulIf", "YulForLoop", "YulSwitch"].includes(nodeType)) found.push(Number(src.split(":")[0]));
  });
  return found;
}

function range({ src }) {
  const [start, length] = src.split(":").map(Number);
  return { start, end: start + length };
}

/**
 * Sources with all conditions and blocks made visible, by a library that is added to them as `library`, a path. `branches`
 * tells of each condition its path, line and text, and `hits`: the lines of the library that are passed if it is true, and if
 * false. `assembly` has of each source the lines inside assembly blocks, but for each block's first, which shows whether it was
 * reached; `unseen` the branches there.
 */
export function instrument(sources, library) {
  const written = {};
  const functions = [...head];
  const seen = { branches: [], assembly: new Map(), unseen: [] };
  for (const [path, text] of Object.entries(sources)) {
    const bytes = Buffer.from(text);
    const inserts = [];
    for (const point of points(path, text)) {
      if (point.kind === "branch") inserts.push(...seeBranch(path, bytes, point, functions, seen));
      else if (point.kind === "block") inserts.push(...seeBlock(path, bytes, point, seen));
      else inserts.push([point.start + 1, block]);
    }
    written[path] = inserts.length === 0 ? text : withImport(insert(bytes, inserts), path, library);
  }
  written[library] = [...functions, "}", ""].join("\n");
  return { sources: written, ...seen };
}

const block = "Seen.block_(0); ";

// What block_() writes is there already, in the zero slot; but if it did nothing, it would be pruned.
const head = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;
library Seen {
function block_(uint256 zero) internal pure { assembly ("memory-safe") { mstore(0x60, zero) } }`.split("\n");

function seeBranch(path, bytes, { start, end }, functions, { branches }) {
  const name = `branch${branches.length}`;
  functions.push(`function ${name}(bool condition) internal pure returns (bool) {`, "if (condition) {", "return true;", "}");
  const hits = [functions.length - 1];
  functions.push("return false;", "}");
  hits.push(functions.length - 1);
  const text = bytes.subarray(start, end).toString().replace(/\s+/g, " ");
  branches.push({ path, line: lineOf(bytes, start), text, hits });
  return [
    [start, `Seen.${name}(`],
    [end, ")"],
  ];
}

function seeBlock(path, bytes, { start, end, branches }, { assembly, unseen }) {
  const lines = assembly.get(path) ?? new Set();
  for (let line = lineOf(bytes, start) + 1; line <= lineOf(bytes, end); line++) lines.add(line);
  assembly.set(path, lines);
  unseen.push(...branches.map((offset) => ({ path, line: lineOf(bytes, offset) })));
  return [[start, block]];
}

const lineOf = (bytes, offset) => bytes.subarray(0, offset).toString().split("\n").length;

/** Text inserted at offsets; of equal offsets, ends before starts, and then in the order given. */
function insert(bytes, inserts) {
  const rank = ([offset, text]) => 2 * offset + (text === ")" ? 0 : 1);
  const parts = [];
  let from = 0;
  for (const [offset, text] of inserts.sort((a, b) => rank(a) - rank(b))) {
    parts.push(bytes.subarray(from, offset), Buffer.from(text));
    from = offset;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]).toString();
}

function withImport(text, path, library) {
  const up = "../".repeat(path.split("/").length - library.split("/").length) || "./";
  const line = /^pragma solidity [^;]*;/m;
  if (!line.test(text)) throw new Error(`${path}: no pragma`);
  return text.replace(line, (pragma) => `${pragma} import {Seen} from "${up}${library.split("/").at(-1)}";`);
}
