// SPDX-License-Identifier: Apache-2.0
// The project that test.sh makes around the examples, as a user of the plugin would have it.
import { createRequire } from "node:module";
import escrin from "@escrin/hardhat";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import chaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import nodeTestRunner from "@nomicfoundation/hardhat-node-test-runner";
import { defineConfig } from "hardhat/config";

export default defineConfig({
  plugins: [hardhatEthers, chaiMatchers, nodeTestRunner, escrin],
  solidity: {
    version: "0.8.37",
    // The compiler from npm, so that nothing is downloaded; most projects leave this out.
    path: createRequire(import.meta.url).resolve("solc/soljson.js"),
    settings: { evmVersion: "osaka", viaIR: true, optimizer: { enabled: true, runs: 200 } },
  },
  paths: {
    sources: ["./examples/auction/contracts", "./examples/ballot/contracts"],
    tests: { nodejs: "./examples" },
  },
});
