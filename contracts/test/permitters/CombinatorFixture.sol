// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../../src/IdentityRegistry.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {Test} from "../Test.sol";

/// What a sub-permitter can do when it is asked.
enum Mood {
    Honest,
    Refuses,
    BurnsGas,
    ReturnsMuch,
    ReturnsGarbage,
    RevertsWithMuch,
    GathersAgain,
    VotesTwice,
    Asleep
}

/// A permitter that grants what is asked, up to a cap; or whatever its mood is.
contract Sub {
    address public upstream;
    uint64 public cap;
    Mood public mood;

    constructor(address upstream_) {
        upstream = upstream_;
        cap = type(uint64).max;
    }

    function setUpstream(address upstream_) external {
        upstream = upstream_;
    }

    function set(Mood mood_, uint64 cap_) external {
        mood = mood_;
        cap = cap_;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IPermitter).interfaceId || id == 0x01ffc9a7;
    }

    function acquireIdentity(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) external returns (uint64) {
        if (mood == Mood.Refuses) revert("no");
        if (mood == Mood.BurnsGas) {
            assembly {
                invalid()
            }
        }
        if (mood == Mood.ReturnsMuch || mood == Mood.RevertsWithMuch) {
            bool revert_ = mood == Mood.RevertsWithMuch;
            assembly {
                if revert_ { revert(0, 1000000) }
                return(0, 1000000)
            }
        }
        if (mood == Mood.ReturnsGarbage) {
            assembly {
                mstore(0, not(0))
                return(0, 31)
            }
        }
        if (mood == Mood.Asleep) return type(uint64).max;
        if (mood == Mood.GathersAgain) {
            new Stranger().tryGather(upstream, identity, requester, duration);
        }
        if (mood == Mood.VotesTwice) _vote(identity, requester, duration, context, authorization);
        return _vote(identity, requester, duration, context, authorization);
    }

    function release(IdentityId identity, address possessor) external {
        IPermitter(upstream).releaseIdentity(identity, possessor, "", "");
    }

    function _vote(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) private returns (uint64) {
        uint64 granted = duration < cap ? duration : cap;
        return IPermitter(upstream).acquireIdentity(identity, requester, granted, context, authorization);
    }
}

/// Somebody else.
contract Stranger {
    function tryGather(address quorum, IdentityId identity, address requester, uint64 duration) external {
        bytes memory three = abi.encode(new bytes[](3));
        try IPermitter(quorum).acquireIdentity(identity, requester, duration, three, three) {
            revert("gathered");
        } catch {}
    }
}

/// A registry, an identity of the test's own, and somebody who wants a permit of it.
abstract contract CombinatorFixture is Test {
    address internal constant REQUESTER = address(0x4e9);
    address internal constant STRANGER = address(0x57);
    uint64 internal constant START = 1_000_000;

    IdentityRegistry internal registry = new IdentityRegistry();
    IdentityId internal id;

    /// Makes the identity, and moves on to a block in which nothing happened to it.
    function create(address permitter) internal {
        vm.warp(START);
        vm.roll(1000);
        id = registry.createIdentity(permitter, "");
        vm.roll(1001);
    }

    function expiry() internal view returns (uint64) {
        return registry.readPermit(REQUESTER, id).expiry;
    }

    function nextBlock() internal {
        vm.roll(vm.getBlockNumber() + 1);
    }

    function subsOf(address upstream, uint256 count) internal returns (address[] memory subs) {
        subs = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            subs[i] = address(new Sub(upstream));
        }
        sort(subs);
    }

    function sort(address[] memory subs) internal pure {
        for (uint256 i = 1; i < subs.length; ++i) {
            for (uint256 j = i; j > 0 && subs[j] < subs[j - 1]; --j) {
                (subs[j], subs[j - 1]) = (subs[j - 1], subs[j]);
            }
        }
    }

    function ask(address permitter, uint64 duration) internal returns (uint64) {
        return IPermitter(permitter).acquireIdentity(id, REQUESTER, duration, "", "");
    }
}
