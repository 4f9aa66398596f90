// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICertificatePermitter} from "../src/interfaces/ICertificatePermitter.sol";
import {IIdentityRegistry, IdentityId} from "../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../src/interfaces/IPermitter.sol";
import {CertificateFixture} from "./CertificateFixture.sol";

/// What whole transactions cost: intrinsic gas, and execution with all but the called contract cold. Each test makes one
/// call, prepared in `setUp`, which is another transaction.
contract CertificateGasTest is CertificateFixture {
    bytes private measured;
    bytes private released;
    bytes private created;

    event Gas(string what, uint256 gas);

    error TooMuch(uint256 gas);

    function setUp() public override {
        super.setUp();
        ICertificatePermitter.Context memory context = fresh();
        measured = call(identity, abi.encode(context, permitter.termsOf(identity)), context);

        IdentityId other = registry.createIdentity(address(permitter), "by author");
        permitter.setPolicy(other, authorPolicy(7), "");
        context.measurementRoot = keccak256("a release");
        ICertificatePermitter.Release memory release = sign(context.measurementRoot, 7);
        released = call(other, abi.encode(context, permitter.termsOf(other), release), context);
        created = abi.encodeCall(IIdentityRegistry.createIdentity, (address(permitter), bytes.concat(keccak256("one"))));
    }

    function call(IdentityId id, bytes memory encoded, ICertificatePermitter.Context memory context)
        private
        view
        returns (bytes memory)
    {
        bytes memory signature = sign(id, 3600, context);
        return abi.encodeCall(IPermitter.acquireIdentity, (id, REQUESTER, 3600, encoded, signature));
    }

    function testGasOfACertificate() public {
        bounded("certificate_permit", transact(address(permitter), measured), 180_000);
    }

    function testGasOfACertificateAndARelease() public {
        bounded("certificate_permit of an author", transact(address(permitter), released), 186_000);
    }

    function testGasOfAnIdentity() public {
        bounded("create_identity", transact(address(registry), created), 72_000);
    }

    function bounded(string memory what, uint256 gas, uint256 most) private {
        emit Gas(what, gas);
        require(gas <= most, TooMuch(gas));
    }

    function transact(address to, bytes memory data) private returns (uint256 used) {
        ok(to.code.length > 0, "warm");
        used = 21000;
        for (uint256 i = 0; i < data.length; ++i) {
            used += data[i] == 0 ? 4 : 16;
        }
        uint256 before = gasleft();
        bool succeeded;
        assembly ("memory-safe") {
            succeeded := call(gas(), to, 0, add(data, 32), mload(data), 0, 0)
        }
        used += before - gasleft() - 100; // 100: the call itself
        ok(succeeded, "reverted");
    }
}
