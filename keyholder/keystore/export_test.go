// SPDX-License-Identifier: Apache-2.0

package keystore

// Limits of the format, for tests of it.
const (
	StoreMagic  = storeMagic
	BackupMagic = backupMagic
	KeysFile    = keysFile
)

// OnStep has the keystore call step before each step of a write.
func OnStep(k *Keystore, step func(string)) { k.file.step = step }

// DecodeRecords is decodeRecords.
func DecodeRecords(b []byte) (map[string][]byte, error) { return decodeRecords(b) }

// EncodeRecords is encodeRecords.
func EncodeRecords(records map[string][]byte) []byte { return encodeRecords(records) }

// ParseSealed parses a keystore file and opens it with a data key of zeros.
func ParseSealed(content []byte) error {
	s, err := parseSealed(storeMagic, content)
	if err != nil {
		return err
	}
	_, err = s.open(new([32]byte))
	return err
}
