// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CollateralData, Packer} from "./CollateralData.sol";
import {CollateralList, RevocationList} from "./CollateralList.sol";
import {CollateralQeIdentity} from "./CollateralQeIdentity.sol";
import {CollateralScanner, Scanner} from "./CollateralScanner.sol";
import {CollateralTcbInfo} from "./CollateralTcbInfo.sol";
import {Certificate, Role, X509} from "./X509.sol";

/// What a JSON document says beside what is kept of it.
/// @param fmspc platform family of a TCB info, otherwise zero
/// @param issued first second at which it is valid
/// @param nextUpdate from this second on, it is not
/// @param number TCB evaluation data number
struct DocumentHead {
    bytes6 fmspc;
    uint64 issued;
    uint64 nextUpdate;
    uint32 number;
}

/// @title Reads what Intel publishes
/// @notice Whether it is Intel's, and of now, is for the caller to check. `data` is what is to be kept.
/// @dev Storage: none. Trust: none; all is a function of the arguments. It is a contract of its own because the code of
/// one contract has at most 24,576 bytes; TdxCollateral makes it.
contract CollateralReader {
    using CollateralData for Packer;

    /// @notice Reads a TCB info.
    /// @param signer mark of the certificate that signs it
    function tcbInfo(bytes calldata document, uint64 signer)
        external
        pure
        returns (DocumentHead memory head, bytes memory data)
    {
        Packer memory packer;
        (head, packer) = CollateralTcbInfo.parse(CollateralScanner.load(document), signer);
        return (head, packer.done());
    }

    /// @notice Reads a QE identity.
    /// @param signer mark of the certificate that signs it
    function qeIdentity(bytes calldata document, uint64 signer)
        external
        pure
        returns (DocumentHead memory head, bytes memory data)
    {
        Packer memory packer;
        (head, packer) = CollateralQeIdentity.parse(CollateralScanner.load(document), signer);
        return (head, packer.done());
    }

    /// @notice Reads a revocation list.
    function revocationList(bytes calldata der)
        external
        pure
        returns (RevocationList memory list, bytes memory data)
    {
        Packer memory packer;
        (list, packer) = CollateralList.parse(der);
        return (list, packer.done());
    }

    /// @notice Reads the certificate of a TCB signer or platform CA.
    function certificate(bytes calldata der, Role role)
        external
        pure
        returns (Certificate memory c, bytes memory data)
    {
        c = X509.parse(der, role);
        Packer memory packer = CollateralData.pack(144);
        packer.put(0, 20);
        packer.put(uint256(c.x), 32);
        packer.put(uint256(c.y), 32);
        packer.put(uint256(c.subject), 32);
        packer.put(uint160(c.keyId), 20);
        packer.put(uint64(uint256(c.serial)), 8);
        return (c, packer.done());
    }
}
