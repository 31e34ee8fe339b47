// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/sealed.hpp"

// A file of its own: a linker keeps all texts of an object file or none.
namespace aiot::link {

const char* to_string(SealFault fault) noexcept {
  switch (fault) {
    case SealFault::kNone:
      return "no fault";
    case SealFault::kForm:
      return "not a sealed message";
    case SealFault::kKind:
      return "sealed in another way than agreed: a code where a signature is due, or the reverse";
    case SealFault::kDevice:
      return "of another device, or without the name of one";
    case SealFault::kHeader:
      return "the header with stream, sequences and hash is missing, damaged or misplaced";
    case SealFault::kPayload:
      return "the payload has another form than messages of this kind";
    case SealFault::kKey:
      return "the key is missing or could not be used";
    case SealFault::kSeal:
      return "the seal does not match: changed, or made with another key or for another purpose";
  }
  return "unknown fault";
}

}  // namespace aiot::link
