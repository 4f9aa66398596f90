// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPlatformRegistry} from "../../src/interfaces/IPlatformRegistry.sol";
import {CoinMood, Mood} from "./Hostile.sol";
import {Checks} from "./Checks.sol";

/// Everybody, and time.
contract Everybody is Checks {
    /// Of a TDX and an SNP platform: words, and their families.
    bytes32[2] private _words = [
        bytes32(0x010150806f0000000000000065f0ec8000000000000000110000000000000000),
        bytes32(0x02014d696c616e00040015d30000000000000000000000000000000000000005)
    ];
    bytes7[4] private _families =
        [bytes7(0x01000000000000), bytes7(0x0150806f000000), bytes7(0x02000000000000), bytes7(0x024d696c616e00)];

    constructor() {
        for (uint256 kind = 0; kind < 3; ++kind) {
            _create(account(kind), kind, "first");
        }
        for (uint256 i = 0; i < REQUESTERS; ++i) {
            _allow(identities[1], account(1), requester(i), 2 hours);
        }
        act(account(0), address(platforms), 0, abi.encodeCall(platforms.setGuardian, (account(1), true)));
        tick(0, 1);
    }

    /// Mostly a moment; sometimes long enough for deadlines, delays and certificates to pass.
    function wait(uint256 seed) external {
        bool long = draw(seed, "long", 6) == 0;
        tick(uint64(draw(seed, "seconds", long ? 4 hours : 200)), 1 + draw(seed, "blocks", long ? 150 : 3));
    }

    function tick(uint64 seconds_, uint256 blocks) internal {
        (time, height) = (time + seconds_, height + blocks);
        vm.warp(time);
        vm.roll(height);
    }

    /// Account 0 is the owner, account 1 a guardian at times.
    function rule(uint256 seed) external {
        for (uint256 i = 0; i < 6; ++i) {
            _rule(uint256(keccak256(abi.encode(seed, i))));
        }
    }

    function _rule(uint256 seed) private {
        bool[2] memory allowed = [platforms.allows(_words[0]), platforms.allows(_words[1])];
        uint64 epoch = platforms.epoch();
        address who = account(draw(seed, "who", 3));
        (bool passed,) = act(who, address(platforms), 0, _ruling(seed));
        bool guards = platforms.isGuardian(who);
        if (passed) ok(who == account(0) || guards, "the owner and guardians alone rule platforms");
        ok(platforms.epoch() == epoch || (passed && platforms.epoch() == epoch + 1), "the epoch grows one by one");
        for (uint256 i = 0; i < 2; ++i) {
            bool looser = !allowed[i] && platforms.allows(_words[i]);
            ok(!looser || who == account(0), "the owner alone allows what was denied");
            ok(platforms.allows(_words[i]) == allowed[i] || platforms.epoch() > epoch, "what changes has a new epoch");
        }
    }

    function _ruling(uint256 seed) private view returns (bytes memory) {
        bytes7 family = _families[draw(seed, "family", 4)];
        uint64 floor = draw(seed, "high", 3) == 0 ? type(uint64).max : uint64(draw(seed, "floor", 2)) << 24;
        uint256 kind = draw(seed, "ruling", 4);
        if (kind == 0) return abi.encodeCall(platforms.deny, (family));
        if (kind == 1) return abi.encodeCall(platforms.raiseFloor, (family, floor));
        if (kind == 2) return abi.encodeCall(platforms.setGuardian, (account(1), draw(seed, "guard", 4) != 0));
        IPlatformRegistry.Access access = IPlatformRegistry.Access(draw(seed, "access", 4));
        return abi.encodeCall(platforms.setRule, (family, IPlatformRegistry.Rule(access, floor)));
    }

    /* THE END */

    /// After all deadlines, all that is held is somebody's who can have it; the good token's and the chain's own to the
    /// last unit.
    function settle() external observed {
        tick(5 hours, 1);
        for (uint256 i = 0; i < tasks.length; ++i) {
            _settle(tasks[i]);
        }
    }

    /// Everybody withdraws. The hostile account is calm, and its token honest.
    function empty() external observed {
        hostileCoin.set(CoinMood.Honest);
        hostile.arm(Mood.Calm, address(0), "", address(0));
        for (uint256 i = 0; i <= ACCOUNTS; ++i) {
            for (uint256 j = 0; j < TOKENS; ++j) {
                take(account(i), token(j));
            }
        }
    }

    function _settle(uint256 taskId) private {
        Known storage known = _known[taskId];
        if (uint8(known.state) > 2) return;
        (bool passed,) = act(account(3), address(hub), 0, abi.encodeCall(hub.expire, (taskId, known.terms)));
        ok(passed, "what goes on is refundable after its deadline");
    }
}
