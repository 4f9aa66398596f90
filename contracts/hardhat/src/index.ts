// SPDX-License-Identifier: Apache-2.0
import { emptyTask, task } from "hardhat/config";
import { definePlugin } from "hardhat/plugins";
import { runDev } from "./program.js";
import "./type-extensions.js";

export { EscrinConnection, type EscrinContracts } from "./connection.js";
export { type SignedReport, type TaskResult, type Terms, TestEnclave, type TestEnclaveOptions } from "./test-enclave.js";

/** One of the tasks `escrin up`, `escrin status` and `escrin down`. */
function devTask(command: "up" | "status" | "down", description: string) {
  return task(["escrin", command], description)
    .setInlineAction(async (_args, { config }) => runDev(config.escrin.program, command, config.escrin.dir))
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
