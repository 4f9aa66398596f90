// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {TdxCertificates} from "../../src/tdx/TdxCertificates.sol";
import {TdxFixture} from "./TdxFixture.sol";

/// @notice Each flaw that the simulator knows in quotes and certificates is refused with the error that the vectors say;
/// each difference that is no flaw is not.
contract TdxFlawsTest is TdxFixture {
    event log_named_string(string key, string val);
    event log_named_bytes(string key, bytes val);

    struct Cases {
        string[] names;
        string[] forms;
        string[] refusals;
        uint256[] offsets;
        uint256[] removed;
        bytes[] inserts;
    }

    function testEachFlaw() public {
        Cases memory c = _cases("flaws");
        c.refusals = vm.parseJsonStringArray(json, ".flaws.errors");
        acquireFirst(first); // so that the platform is known; what is not refused now is so as used
        bool clean = true;
        bool changed = false; // by what was accepted
        uint256 genuine = vm.snapshotState();
        for (uint256 i = 0; i < c.names.length; i++) {
            if (changed && _isNew(c, i)) changed = !vm.revertToState(genuine);
            (bool accepted, bytes memory answer) = _try(c, i);
            changed = changed || accepted;
            bool wanted = accepted ? bytes(c.refusals[i]).length == 0 : bytes4(answer) == _selector(c.refusals[i]);
            if (wanted) continue;
            clean = false;
            emit log_named_string(c.names[i], string.concat(c.forms[i], " ", c.refusals[i]));
            emit log_named_bytes(accepted ? "ACCEPTED" : "refused", answer);
        }
        ok(clean, "a flaw is not refused as it should be");
    }

    function testEachVariant() public {
        Cases memory c = _cases("variants");
        uint256 genuine = vm.snapshotState();
        for (uint256 i = 0; i < c.names.length; i++) {
            if (_isNew(c, i)) vm.revertToState(genuine);
            (bool accepted,) = _try(c, i);
            ok(accepted, c.names[i]);
        }
    }

    /// What differs in several forms has them one after another, each on top of what the one before has left.
    function _isNew(Cases memory c, uint256 i) private pure returns (bool) {
        return i == 0 || keccak256(bytes(c.names[i])) != keccak256(bytes(c.names[i - 1]));
    }

    function _cases(string memory list) private view returns (Cases memory c) {
        string memory path = string.concat(".", list);
        c.names = vm.parseJsonStringArray(json, string.concat(path, ".names"));
        c.forms = vm.parseJsonStringArray(json, string.concat(path, ".forms"));
        c.offsets = vm.parseJsonUintArray(json, string.concat(path, ".at"));
        c.removed = vm.parseJsonUintArray(json, string.concat(path, ".remove"));
        c.inserts = vm.parseJsonBytesArray(json, string.concat(path, ".insert"));
    }

    function _try(Cases memory c, uint256 i) private returns (bool accepted, bytes memory answer) {
        bytes32 form = keccak256(bytes(c.forms[i]));
        if (form == keccak256("ca")) return _tryAuthority(_alter(c, i, vm.parseJsonBytes(json, ".ca")));
        if (form == keccak256("first")) return _acquire(requester, _alter(c, i, first));
        return _acquire(another, _alter(c, i, further));
    }

    function _alter(Cases memory c, uint256 i, bytes memory genuine) private pure returns (bytes memory) {
        return altered(genuine, c.offsets[i], c.removed[i], c.inserts[i]);
    }

    function _tryAuthority(bytes memory ca) private returns (bool, bytes memory) {
        return address(certificates).call(abi.encodeCall(TdxCertificates.addAuthority, (ca)));
    }

    function _acquire(address who, bytes memory authorization) private returns (bool, bytes memory) {
        return address(permitter).call(
            abi.encodeCall(IPermitter.acquireIdentity, (identity, who, duration, context, authorization))
        );
    }

    function _selector(string memory signature) private pure returns (bytes4) {
        return bytes(signature).length == 0 ? bytes4(0) : bytes4(keccak256(bytes(signature)));
    }
}
