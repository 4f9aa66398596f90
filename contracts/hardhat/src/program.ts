// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";

export type DevCommand = "up" | "status" | "down";

/** Runs `escrin dev COMMAND` on the terminal of this process; resolves if it exits with 0. */
export async function runDev(program: string, command: DevCommand, dir: string | undefined): Promise<void> {
  const args = ["dev", command, ...(dir === undefined ? [] : ["--dir", dir])];
  const child = spawn(program, args, { stdio: "inherit" });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (problem: NodeJS.ErrnoException) => {
      const hint = 'put escrin on the PATH, or name it in hardhat.config.ts: escrin: { program: "…" }';
      reject(problem.code === "ENOENT" ? new Error(`${program} is not there: ${hint}`) : problem);
    });
    child.once("exit", (code) => resolve(code));
  });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with status ${status ?? "none: a signal"}`);
}
