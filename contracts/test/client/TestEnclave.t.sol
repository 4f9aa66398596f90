// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificatePermitter} from "../../src/CertificatePermitter.sol";
import {ICertificatePermitter} from "../../src/interfaces/ICertificatePermitter.sol";
import {IEnclavePolicies} from "../../src/interfaces/IEnclavePolicies.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";
import {TestEnclave} from "../../test-kit/TestEnclave.sol";
import {TestKeyNetwork} from "../../test-kit/TestKeyNetwork.sol";
import {ClientFixture} from "./Client.t.sol";
import {Listener} from "./Clients.sol";

contract TestEnclaveTest is ClientFixture {
    /* REFUSED */

    function testFuzzItIsForTheChainInThisProcess(uint64 chainId) public {
        vm.assume(chainId != 31337 && chainId != 0);
        vm.chainId(chainId);
        vm.expectRevert(abi.encodeWithSelector(TestEnclave.ChainNotInProcess.selector, chainId));
        new TestEnclave(600, 0);
    }

    function testAPermitterOfAnotherKeyNetworkDoesNotBelieveIt() public {
        // The generator: the public key whose secret is one.
        CertificatePermitter other = new CertificatePermitter(address(enclave.registry()), TestKeyNetwork.GENERATOR);
        IdentityId id = enclave.registry().createIdentity(address(other), "other");
        IEnclavePolicies.Policy memory named = enclave.permitter().policyOf(identity);
        other.setPolicy(id, named, "");

        ICertificatePermitter.Context memory context;
        context.baseBlock = uint64(vm.getBlockNumber());
        context.measurementRoot = policy;
        context.platform = enclave.PLATFORM();
        vm.roll(vm.getBlockNumber() + 1);
        address requester = enclave.requester();
        bytes memory certificate = TestKeyNetwork.sign(other.certificateDigest(id, requester, 60, context));
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        other.acquireIdentity(id, requester, 60, abi.encode(context), certificate);
    }

    function testItKnowsTheTasksOfItsHubOnly() public {
        vm.expectRevert(abi.encodeWithSelector(TestEnclave.TermsUnknown.selector, 256));
        enclave.run(256, 0, 0);
    }

    function testAReportThatItDidNotSignIsRefused() public {
        uint256 task = claimed(new Listener(hub, identity).ask("salt", deadline, address(this)));
        (bytes memory proof,) = enclave.signReport(task, resultsOf("word"));
        uint256[] memory taskIds = new uint256[](1);
        taskIds[0] = task;
        bytes memory forged = abi.encode(uint32(1), resultsOf("forged"));
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.SignatureInvalid.selector, task));
        hub.acceptTaskResults(taskIds, proof, forged);
    }

    /* DONE */

    function testItGetsPermitsAgainAndAgain() public {
        eq(enclave.permit(identity), deadline);
        vm.warp(deadline - 1 hours + 100);
        eq(enclave.permit(identity), deadline + 100);
    }

    function testItExtendsItsClaim() public {
        uint256 task = claimed(new Listener(hub, identity).ask("salt", deadline, address(this)));
        vm.warp(deadline - 1 hours + 60);
        enclave.heartbeat(task, deadline - 1 hours + 660);
        eq(hub.recordOf(task).claimExpiry, deadline - 1 hours + 660);
    }
}
