// SPDX-License-Identifier: Apache-2.0
import { emptyTask, task } from "hardhat/config";
import { definePlugin } from "hardhat/plugins";
import type { NewTaskActionFunction, NewTaskDefinition } from "hardhat/types/tasks";
import type { DevCommand } from "./program.js";
import "./type-extensions.js";

export { EscrinConnection, type EscrinContracts } from "./connection.js";
export { type SignedReport, type TaskResult, type Terms, TestEnclave, type TestEnclaveOptions } from "./test-enclave.js";

/** One of the tasks `escrin up`, `escrin status` and `escrin down`. */
function devTask(command: DevCommand, description: string): NewTaskDefinition {
  const action: NewTaskActionFunction = async (_args, { config }) => {
    const { runDev } = await import("./program.js");
    await runDev(config.escrin.program, command, config.escrin.dir);
  };
  return task(["escrin", command], description)
    .setAction(async () => ({ default: action }))
    .build();
}

export default definePlugin({
  id: "escrin",
  npmPackage: "@escrin/hardhat",
  dependencies: () => [import("@nomicfoundation/hardhat-ethers")],
  hookHandlers: {
    config: () => import("./config-hook.js"),
    network: () => import("./network-hook.js"),
  },
  tasks: [
    emptyTask("escrin", "The local network of escrin").build(),
    devTask("up", "Starts the local network, or what is missing of it"),
    devTask("status", "Shows how the local network is"),
    devTask("down", "Stops the local network"),
  ],
});
