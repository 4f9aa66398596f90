// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificatePermitter} from "../../src/CertificatePermitter.sol";
import {ICertificatePermitter} from "../../src/interfaces/ICertificatePermitter.sol";
import {IPermitHistory} from "../../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {IQuorum} from "../../src/interfaces/IQuorum.sol";
import {AllOf} from "../../src/permitters/AllOf.sol";
import {AllowList} from "../../src/permitters/AllowList.sol";
import {CertificateFixture} from "../CertificateFixture.sol";
import {KeyNetwork} from "../KeyNetwork.sol";

/// A certificate of the key network, and a place on the registrant's list.
contract CompositionTest is CertificateFixture {
    AllOf private all;
    AllowList private list;

    function setUp() public override {
        super.setUp();
        all = new AllOf(address(registry));
        list = new AllowList(address(all));
        permitter = new CertificatePermitter(address(all), KeyNetwork.publicKey());
        registry.setPermitter(identity, address(all));
        permitter.setPolicy(identity, measurementsPolicy(), "");
        list.setAllowance(identity, REQUESTER, 500);
        all.setSubPermitters(identity, subs());
        vm.roll(1002);
        vm.setBlockhash(1001, keccak256("1001"));
    }

    function testBothInOneCall() public {
        gather(1000, fresh());
        eq(registry.readPermit(REQUESTER, identity).expiry, block.timestamp + 500);
    }

    function testBothOneByOne() public {
        list.acquireIdentity(identity, REQUESTER, 1000, "", "");
        vm.roll(1003);
        vm.setBlockhash(1002, keccak256("1002"));
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = sign(identity, 1000, context);
        permitter.acquireIdentity(identity, REQUESTER, 1000, abi.encode(context), signature);
        eq(registry.readPermit(REQUESTER, identity).expiry, block.timestamp + 500);
    }

    /// One alone grants nothing, however it is called.
    function testNeitherAlone() public {
        bytes memory nothing = abi.encode(new bytes[](2));
        vm.expectRevert(IQuorum.QuorumNotReached.selector);
        all.acquireIdentity(identity, REQUESTER, 1000, nothing, nothing);
        eq(list.acquireIdentity(identity, REQUESTER, 1000, "", ""), 0);
        eq(registry.readPermit(REQUESTER, identity).expiry, 0);
    }

    /// A certificate serves once behind a combinator, too.
    function testCertificatesServeOnce() public {
        ICertificatePermitter.Context memory context = fresh();
        gather(1000, context);
        vm.roll(1003);
        bytes memory signature = sign(identity, 1000, context);
        vm.expectRevert(abi.encodeWithSelector(IPermitHistory.PermitChanged.selector, 1002));
        permitter.acquireIdentity(identity, REQUESTER, 1000, abi.encode(context), signature);
    }

    function testStruckOffTheListIsRefused() public {
        list.setAllowance(identity, REQUESTER, 0);
        (bytes memory contexts, bytes memory authorizations) = gathering(1000, fresh());
        vm.expectRevert(IQuorum.QuorumNotReached.selector);
        all.acquireIdentity(identity, REQUESTER, 1000, contexts, authorizations);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        list.acquireIdentity(identity, REQUESTER, 1000, "", "");
    }

    /* HELPERS */

    function subs() private view returns (address[] memory both) {
        both = new address[](2);
        (both[0], both[1]) = (address(list), address(permitter));
        if (both[0] > both[1]) (both[0], both[1]) = (both[1], both[0]);
    }

    function gathering(uint64 duration, ICertificatePermitter.Context memory context)
        private
        view
        returns (bytes memory, bytes memory)
    {
        (bytes[] memory contexts, bytes[] memory authorizations) = (new bytes[](2), new bytes[](2));
        uint256 place = subs()[0] == address(permitter) ? 0 : 1;
        contexts[place] = abi.encode(context);
        authorizations[place] = sign(identity, duration, context);
        return (abi.encode(contexts), abi.encode(authorizations));
    }

    function gather(uint64 duration, ICertificatePermitter.Context memory context) private {
        (bytes memory contexts, bytes memory authorizations) = gathering(duration, context);
        all.acquireIdentity(identity, REQUESTER, duration, contexts, authorizations);
    }
}
