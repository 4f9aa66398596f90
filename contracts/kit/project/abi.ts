// SPDX-License-Identifier: Apache-2.0
// Compiled only: the types of ABIs are literal, so that tools read from them what a function takes and returns.
import { iTaskHubAbi, taskHubAbi, taskHubBytecode } from "@escrin/contracts";

type Functions<Abi extends readonly unknown[]> = Extract<Abi[number], { readonly type: "function"; readonly name: string }>["name"];

export const present: Functions<typeof taskHubAbi> = "acceptTaskResults";
export const only: Functions<typeof iTaskHubAbi> = "notify";
// @ts-expect-error the interface has no such function
export const absent: Functions<typeof iTaskHubAbi> = "submit";
export const code: `0x${string}` = taskHubBytecode;
