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
  async function check(sent: Sent, taskId: bigint, results: TaskResult[]): Promise<void> {
    const accepted = await taskAccepted(sent, taskId);
    if (results.length > 0) new chai.Assertion(accepted).to.have.lengthOf(results.length);
    results.forEach((result, i) => new chai.Assertion(accepted[i]).to.include(result));
  }

  chai.Assertion.addMethod("acceptTask", function (this: Chai.AssertionStatic, taskId: bigint, ...results: TaskResult[]) {
    const checked = check(this._obj, taskId, results);
    // The assertion itself is what is awaited: chai-as-promised, where it is used, loses what a method returns.
    return Object.assign(this, { then: checked.then.bind(checked), catch: checked.catch.bind(checked) });
  });
};
