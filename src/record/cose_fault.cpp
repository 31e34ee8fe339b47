// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/cose.hpp"

// A file of its own: a linker keeps all texts of an object file or none.
namespace aiot::record {

const char* to_string(CoseFault fault) noexcept {
  switch (fault) {
    case CoseFault::kNone:
      return "no fault";
    case CoseFault::kTruncated:
      return "the message ends too early";
    case CoseFault::kNotCbor:
      return "the message is not CBOR";
    case CoseFault::kTrailing:
      return "bytes behind the message";
    case CoseFault::kNotDeterministic:
      return "the message is CBOR, but not in deterministic form";
    case CoseFault::kTag:
      return "not tagged as COSE_Mac0 (17) or COSE_Sign1 (18)";
    case CoseFault::kShape:
      return "not an array of protected headers, unprotected headers, payload and seal";
    case CoseFault::kDetached:
      return "the payload is not in the message";
    case CoseFault::kUnprotected:
      return "headers that are not protected, which anybody could change";
    case CoseFault::kHeaders:
      return "the protected headers are no map in deterministic form";
    case CoseFault::kLabel:
      return "a header's label is neither an integer nor a text";
    case CoseFault::kNoAlgorithm:
      return "no algorithm among the protected headers";
    case CoseFault::kAlgorithm:
      return "another algorithm than HMAC 256/256 of COSE_Mac0 or ES256 of COSE_Sign1";
    case CoseFault::kCritical:
      return "a critical header that this version does not know, or an empty list of them";
    case CoseFault::kKeyId:
      return "the key's name is no byte string, or empty";
    case CoseFault::kSealSize:
      return "the code is not of 32 bytes, or the signature not of 64";
  }
  return "unknown fault";
}

}  // namespace aiot::record
