// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "aiot/aiot.h"
#include "aiot/core/result.hpp"

namespace aiot::capi {

/// No version has larger structures: what claims to be larger was never set.
inline constexpr std::size_t kMaxStructBytes = 4096;

/// What a function returns: 0 or minus an error.
constexpr int code(Error error) noexcept {
  return -static_cast<int>(error);
}

constexpr int code(Status status) noexcept {
  return code(status.error());
}

/// Whether the caller's structure is at least that of the first version.
template <class T>
bool sized(const T* structure) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && offsetof(T, struct_size) == 0);
  return structure != nullptr && structure->struct_size >= sizeof(T) &&
         structure->struct_size <= kMaxStructBytes;
}

/// A structure from the caller. Errors: `kInvalidArgument` none, or of a wrong size; `kUnsupported`
/// one of a later version that has more in it than zeros.
template <class T>
Status take(const T* from, T& to) noexcept {
  if (!sized(from)) {
    return Error::kInvalidArgument;
  }
  std::memcpy(&to, from, sizeof(T));
  const auto* const bytes = reinterpret_cast<const unsigned char*>(from);
  const bool zeros = std::all_of(
      bytes + sizeof(T), bytes + from->struct_size, [](unsigned char byte) { return byte == 0; });
  return zeros ? Status{} : Error::kUnsupported;
}

/// A structure to the caller, who passed `sized`: members that this version does not know are 0.
template <class T>
void give(const T& from, T* to) noexcept {
  const std::size_t size = to->struct_size;
  std::memset(static_cast<void*>(to), 0, size);
  std::memcpy(to, &from, sizeof(T));
  to->struct_size = size;
}

/// Marks memory whose object has ended, so that a handle to it is refused. What is written to an
/// object before its destructor would not arrive.
inline void forget(std::uint64_t* alive) noexcept {
  *const_cast<volatile std::uint64_t*>(alive) = 0;
}

}  // namespace aiot::capi
