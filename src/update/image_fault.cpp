// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/image.hpp"

namespace aiot::update {

const char* to_string(ImageFault fault) noexcept {
  switch (fault) {
    case ImageFault::kNone:
      return "no fault";
    case ImageFault::kRead:
      return "the flash could not be read";
    case ImageFault::kTooShort:
      return "shorter than an image header of 32 bytes";
    case ImageFault::kEmpty:
      return "the slot is empty";
    case ImageFault::kMagic:
      return "not an image: it does not begin with the magic of one, and is not erased either";
    case ImageFault::kOldFormat:
      return "image of the first version of the format; sign it again with a newer tool";
    case ImageFault::kHeaderSize:
      return "the payload would begin inside of the header";
    case ImageFault::kTooLarge:
      return "header, payload and protected TLVs do not fit into the slot, or the file is cut";
    case ImageFault::kEncrypted:
      return "the payload is encrypted, which this version does not read";
    case ImageFault::kCompressed:
      return "the payload is compressed, which this version does not read";
    case ImageFault::kUnknownFlags:
      return "the header has flags that this version does not know";
    case ImageFault::kRamLoad:
      return "made to be copied to RAM, but slots run where they lie";
    case ImageFault::kNotBootable:
      return "marked as not bootable";
    case ImageFault::kAddress:
      return "made for another address than that of the slot";
    case ImageFault::kAddressUnknown:
      return "made for one address, and that of the slot was not stated";
    case ImageFault::kTlvMagic:
      return "no TLV area where the header says that it begins";
    case ImageFault::kProtectedSize:
      return "the protected TLV area has another size than the header says: the areas overlap";
    case ImageFault::kTlvAreaSize:
      return "a TLV area ends behind the slot, the file or the offer, or before its first TLV";
    case ImageFault::kTlvLength:
      return "a TLV crosses the end of its area";
    case ImageFault::kTlvNotAllowed:
      return "a TLV of this type must not be in the unprotected area, where anybody could add it";
    case ImageFault::kTlvMisplaced:
      return "hash, key or signature in the protected area, which they are about";
    case ImageFault::kTlvTwice:
      return "security counter, product or type is there twice";
    case ImageFault::kDependency:
      return "a dependency has the wrong size or is on an image that does not exist";
    case ImageFault::kDependencies:
      return "more than 4 dependencies";
    case ImageFault::kProduct:
      return "the product is not 1 to 32 characters of printable ASCII";
    case ImageFault::kType:
      return "the type of the image has the wrong size or is unknown";
    case ImageFault::kHashKind:
      return "the hash is of another kind than SHA-256";
    case ImageFault::kHashLength:
      return "the hash has not 32 bytes";
    case ImageFault::kHashMismatch:
      return "the hash does not match: bytes were changed or are missing";
    case ImageFault::kHashMissing:
      return "no hash";
    case ImageFault::kPureSignature:
      return "signed over its bytes instead of their hash, which this version does not check";
    case ImageFault::kPublicKey:
      return "carries its key instead of the key's hash; sign it without the whole key";
    case ImageFault::kKeyHashLength:
      return "the hash of a key has not 32 bytes";
    case ImageFault::kTooManySignatures:
      return "more than 4 signatures of trusted keys, and none of the first ones matches";
    case ImageFault::kSignatureMissing:
      return "not signed";
    case ImageFault::kSignatureUnsupported:
      return "signed with an algorithm that this build does not check";
    case ImageFault::kKeyMissing:
      return "no hash of a key stands before the signature";
    case ImageFault::kKeyUnknown:
      return "signed by a key that is not trusted here";
    case ImageFault::kKeyKind:
      return "the signature is of another algorithm than the key that is named before it";
    case ImageFault::kKeyInvalid:
      return "the trusted key that signed it is no valid key of its kind, or of another curve";
    case ImageFault::kSignatureForm:
      return "the signature does not have the form of one";
    case ImageFault::kSignatureMismatch:
      return "the signature does not match";
    case ImageFault::kCryptoMemory:
      return "the pool of the signature functions is too small for this algorithm";
    case ImageFault::kCounterLength:
      return "the security counter has not 4 bytes";
    case ImageFault::kCounterMissing:
      return "no security counter in the protected area";
    case ImageFault::kCounterOld:
      return "the security counter is below that of the device: older than what it has run";
    case ImageFault::kOfferTooLarge:
      return "the offer is larger than 1024 bytes";
    case ImageFault::kOfferLength:
      return "the offer has bytes behind its TLV area";
    case ImageFault::kNotFixed:
      return "names no address, and images run where they lie: sign it with --load-address";
  }
  return "unknown fault";
}

Error to_error(ImageFault fault) noexcept {
  switch (fault) {
    case ImageFault::kNone:
      return Error::kNone;
    case ImageFault::kRead:
      return Error::kIo;
    case ImageFault::kEmpty:
      return Error::kEmpty;
    case ImageFault::kOldFormat:
    case ImageFault::kEncrypted:
    case ImageFault::kCompressed:
    case ImageFault::kUnknownFlags:
    case ImageFault::kRamLoad:
    case ImageFault::kHashKind:
    case ImageFault::kPureSignature:
    case ImageFault::kPublicKey:
    case ImageFault::kSignatureUnsupported:
      return Error::kUnsupported;
    case ImageFault::kNotBootable:
    case ImageFault::kAddress:
    case ImageFault::kAddressUnknown:
    case ImageFault::kNotFixed:
      return Error::kInvalidArgument;
    case ImageFault::kHashMismatch:
    case ImageFault::kHashMissing:
    case ImageFault::kTooManySignatures:
    case ImageFault::kSignatureMissing:
    case ImageFault::kKeyMissing:
    case ImageFault::kKeyUnknown:
    case ImageFault::kKeyKind:
    case ImageFault::kKeyInvalid:
    case ImageFault::kSignatureForm:
    case ImageFault::kSignatureMismatch:
      return Error::kUnauthentic;
    case ImageFault::kCryptoMemory:
      return Error::kNoSpace;
    case ImageFault::kCounterLength:
    case ImageFault::kCounterMissing:
    case ImageFault::kCounterOld:
      return Error::kOutOfRange;
    default:
      return Error::kCorrupt;
  }
}

}  // namespace aiot::update
