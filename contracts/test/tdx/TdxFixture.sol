// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../../src/IdentityRegistry.sol";
import {IEnclavePolicies} from "../../src/interfaces/IEnclavePolicies.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {IPlatformRegistry} from "../../src/interfaces/IPlatformRegistry.sol";
import {Authority} from "../../src/interfaces/ITdxCertificates.sol";
import {ITdxCollateralStore} from "../../src/interfaces/ITdxCollateralStore.sol";
import {TdxCertificates} from "../../src/tdx/TdxCertificates.sol";
import {TdxCollateral} from "../../src/tdx/TdxCollateral.sol";
import {TdxPermitter} from "../../src/tdx/TdxPermitter.sol";
import {Test} from "../Test.sol";

/// Allows what it is told to.
contract PlatformRegistryStandIn {
    bytes32 public denied;
    bytes32 private _other;

    function deny(bytes32 platform) external {
        denied = platform;
    }

    /// Reads two slots, as much as a registry has to.
    function allows(bytes32 platform) external view returns (bool) {
        return platform != denied && platform != _other;
    }
}

/// @notice The contracts as the vectors need them: at their time, their block, and with the registry at their address.
abstract contract TdxFixture is Test {
    string internal json;
    IdentityRegistry internal registry;
    TdxCertificates internal certificates;
    TdxCollateral internal collateral;
    TdxPermitter internal permitter;
    PlatformRegistryStandIn internal platforms;
    IdentityId internal identity;

    address internal registrant;
    address internal requester;
    address internal another;
    uint64 internal duration;
    bytes internal context;
    bytes internal first;
    bytes internal further;

    function setUp() public virtual {
        json = vm.readFile("testdata/tdx/vectors.json");
        vm.chainId(vm.parseJsonUint(json, ".chainId"));
        vm.warp(vm.parseJsonUint(json, ".time"));
        uint256 baseBlock = vm.parseJsonUint(json, ".baseBlock");
        vm.roll(baseBlock + 2);
        vm.setBlockhash(baseBlock, vm.parseJsonBytes32(json, ".baseBlockHash"));
        registrant = vm.parseJsonAddress(json, ".registrant");
        requester = vm.parseJsonAddress(json, ".requester");
        another = vm.parseJsonAddress(json, ".another");
        duration = uint64(vm.parseJsonUint(json, ".duration"));
        context = vm.parseJsonBytes(json, ".context");
        first = vm.parseJsonBytes(json, ".first");
        further = vm.parseJsonBytes(json, ".further");
        _deploy();
        _createIdentity();
        _bringCollateral();
    }

    function _deploy() private {
        registry = IdentityRegistry(vm.parseJsonAddress(json, ".registry"));
        vm.etch(address(registry), address(new IdentityRegistry()).code);
        Authority memory root = abi.decode(vm.parseJsonBytes(json, ".root"), (Authority));
        certificates = new TdxCertificates(root);
        collateral = new TdxCollateral(ITdxCollateralStore.Root(root.x, root.y, root.subject, root.keyId, root.notAfter));
        platforms = new PlatformRegistryStandIn();
        permitter = _permitter(vm.parseJsonBytes32(json, ".groupKeyDigest"));
        certificates.addAuthority(vm.parseJsonBytes(json, ".ca"));
    }

    function _permitter(bytes32 groupKeyDigest) internal returns (TdxPermitter) {
        return new TdxPermitter(
            address(registry), certificates, collateral, IPlatformRegistry(address(platforms)), groupKeyDigest
        );
    }

    function _createIdentity() private {
        vm.prank(registrant);
        identity = registry.createIdentity(address(permitter), "");
        bytes memory words = context;
        bytes32 root;
        assembly ("memory-safe") {
            root := mload(add(words, 96))
        }
        setPolicy(root, 1);
    }

    function setPolicy(bytes32 root, uint64 floor) internal {
        vm.prank(registrant);
        permitter.setPolicy(
            identity, IEnclavePolicies.Policy(IEnclavePolicies.PolicyKind.Measurements, root, 1 hours, floor, 0, 0), ""
        );
    }

    function _bringCollateral() private {
        collateral.updateTcbSigner(vm.parseJsonBytes(json, ".collateral.tcbSigner"));
        collateral.updatePlatformCA(vm.parseJsonBytes(json, ".ca"));
        collateral.updateRootCrl(vm.parseJsonBytes(json, ".collateral.rootCrl"));
        collateral.updatePlatformCrl(vm.parseJsonBytes(json, ".collateral.platformCrl"));
        collateral.updateTcbInfo(
            vm.parseJsonBytes(json, ".collateral.tcbInfo"), vm.parseJsonBytes(json, ".collateral.tcbInfoSignature")
        );
        collateral.updateQeIdentity(
            vm.parseJsonBytes(json, ".collateral.qeIdentity"), vm.parseJsonBytes(json, ".collateral.qeIdentitySignature")
        );
    }

    function acquireFirst(bytes memory authorization) internal returns (uint64 expiry) {
        return permitter.acquireIdentity(identity, requester, duration, context, authorization);
    }

    function acquireFurther(bytes memory authorization) internal returns (uint64 expiry) {
        return permitter.acquireIdentity(identity, another, duration, context, authorization);
    }

    /// @notice `genuine` with a difference that the vectors tell.
    function altered(bytes memory genuine, uint256 from, uint256 remove, bytes memory insert)
        internal
        pure
        returns (bytes memory)
    {
        uint256 rest = from + remove;
        return bytes.concat(part(genuine, 0, from), insert, part(genuine, rest, genuine.length - rest));
    }

    function part(bytes memory whole, uint256 from, uint256 size) internal pure returns (bytes memory some) {
        some = new bytes(size);
        assembly ("memory-safe") {
            mcopy(add(some, 32), add(add(whole, 32), from), size)
        }
    }
}
