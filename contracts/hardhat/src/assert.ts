// SPDX-License-Identifier: Apache-2.0
import { taskHubAbi } from "@escrin/contracts";
import { AssertionError } from "node:assert";
import { type ContractTransactionReceipt, type ContractTransactionResponse, Interface, type LogDescription } from "ethers";
import type { TaskResult } from "./test-enclave.js";

const HUB = new Interface(taskHubAbi);

/** A transaction, sent or about to be. */
export type Sent = Promise<ContractTransactionResponse> | ContractTransactionResponse;

/** A result as the hub accepted it. */
export type AcceptedResult = Required<TaskResult>;

/** The id of the one task that a transaction submitted; throws if it submitted none, or several. */
export async function submittedTask(sent: Sent): Promise<bigint> {
  const events = await eventsOf(sent, "TaskSubmitted");
  const [event] = events;
  if (event === undefined || events.length > 1) throw new AssertionError({ message: `${events.length} tasks were submitted` });
  return event.args["taskId"];
}

/** Asserts that a transaction got a report of the batch accepted, and that its callback, if any, succeeded. */
export async function taskAccepted(sent: Sent, taskId: bigint): Promise<readonly AcceptedResult[]> {
  const transaction = await sent;
  const event = (await eventsOf(transaction, "TaskAccepted")).find(({ args }) => args["taskId"] === taskId);
  if (event === undefined) throw new AssertionError({ message: `no report of task ${taskId} was accepted` });
  const failed = (await eventsOf(transaction, "CallbackFailed")).some(({ args }) => args["taskId"] === taskId);
  if (failed) throw new AssertionError({ message: `the report of task ${taskId} was accepted, but its callback failed` });
  return event.args["results"].map(resultOf);
}

/** Asserts that a transaction got a report accepted whose callback failed. */
export async function callbackFailed(sent: Sent, taskId: bigint): Promise<void> {
  const failed = (await eventsOf(sent, "CallbackFailed")).some(({ args }) => args["taskId"] === taskId);
  if (!failed) throw new AssertionError({ message: `no callback of task ${taskId} failed` });
}

async function eventsOf(sent: Sent, name: string): Promise<LogDescription[]> {
  const receipt: ContractTransactionReceipt | null = await (await sent).wait();
  if (receipt === null) throw new AssertionError({ message: "the transaction was not mined" });
  const events = receipt.logs.map((log) => HUB.parseLog(log));
  return events.filter((event): event is LogDescription => event?.name === name);
}

function resultOf(result: { exitStatus: bigint; outputDigest: string; publicOutput: string }): AcceptedResult {
  const { exitStatus, outputDigest, publicOutput } = result;
  return { exitStatus: Number(exitStatus), outputDigest, publicOutput };
}
