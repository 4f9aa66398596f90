// SPDX-License-Identifier: Apache-2.0
import type {} from "chai";
import { type Sent, taskAccepted } from "./assert.js";
import type { TaskResult } from "./test-enclave.js";

declare global {
  namespace Chai {
    interface Assertion {
      /** The transaction got a report of the batch accepted, with these results if any are given; await it. */
      acceptTask(taskId: bigint, ...results: TaskResult[]): Promise<void>;
    }
  }
}

/** chai.use(escrinMatchers) adds `expect(transaction).to.acceptTask(taskId, ...results)`. */
export const escrinMatchers: Chai.ChaiPlugin = (chai) => {
  chai.Assertion.addMethod("acceptTask", async function (this: Chai.AssertionStatic, taskId: bigint, ...results: TaskResult[]) {
    const sent: Sent = this._obj;
    const accepted = await taskAccepted(sent, taskId);
    results.forEach((result, i) => new chai.Assertion(accepted[i]).to.include(result));
    if (results.length > 0) new chai.Assertion(accepted).to.have.lengthOf(results.length);
  });
};
