// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot {

/// The one error set of the library. The numbers are ABI: the C interface returns their negatives.
enum class Error : std::uint8_t {
  kNone = 0,
  kInvalidArgument = 1,  ///< a value from outside that can never be right
  kOutOfRange = 2,       ///< an index, offset or number outside what the object holds
  kNoSpace = 3,          ///< the buffer, region or list is too small
  kEmpty = 4,            ///< nothing there (now): no record, no sample, end of a recording
  kWouldBlock = 5,       ///< try again later, nothing happened
  kTimeout = 6,          ///< the other side did not answer in time
  kIo = 7,               ///< the device or link failed
  kCorrupt = 8,          ///< bytes that do not keep their format or checksum
  kUnsupported = 9,      ///< well formed, but this build or version can not do it
  kUnauthentic = 10,     ///< hash, signature or seal does not match
  kWrongState = 11,      ///< right call, wrong moment
};

/// Short English words for `error`, for tools and logs; never null.
const char* to_string(Error error) noexcept;

}  // namespace aiot
