// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/error.hpp"

namespace aiot {

const char* to_string(Error error) noexcept {
  switch (error) {
    case Error::kNone:
      return "no error";
    case Error::kInvalidArgument:
      return "invalid argument";
    case Error::kOutOfRange:
      return "out of range";
    case Error::kNoSpace:
      return "no space";
    case Error::kEmpty:
      return "empty";
    case Error::kWouldBlock:
      return "would block";
    case Error::kTimeout:
      return "timeout";
    case Error::kIo:
      return "input/output error";
    case Error::kCorrupt:
      return "corrupt";
    case Error::kUnsupported:
      return "unsupported";
    case Error::kUnauthentic:
      return "not authentic";
    case Error::kWrongState:
      return "wrong state";
  }
  return "unknown error";
}

}  // namespace aiot
