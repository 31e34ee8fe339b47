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

/// Size of the structure in the first version that had it: whoever was compiled against that passes
/// it for ever. A structure that grows gets a line here with the size that it had.
template <class T>
inline constexpr std::size_t kFirstBytes = sizeof(T);

/// Whether the caller's structure is at least that of the first version.
template <class T>
bool sized(const T* structure) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && offsetof(T, struct_size) == 0);
  return structure != nullptr && structure->struct_size >= kFirstBytes<T> &&
         structure->struct_size <= kMaxStructBytes;
}

/// A structure from the caller; members that an earlier version did not have are 0.
/// Errors: `kInvalidArgument` none, or of a wrong size; `kUnsupported` one of a later version that
/// has more in it than zeros.
template <class T>
Status take(const T* from, T& to) noexcept {
  if (!sized(from)) {
    return Error::kInvalidArgument;
  }
  const std::size_t size = from->struct_size;
  const std::size_t known = std::min(size, sizeof(T));
  to = T{};
  std::memcpy(static_cast<void*>(&to), from, known);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(from);
  const bool zeros =
      std::all_of(bytes + known, bytes + size, [](unsigned char byte) { return byte == 0; });
  return zeros ? Status{} : Error::kUnsupported;
}

/// A structure to the caller, who passed `sized`: as much as he knows, and 0 in members that this
/// version does not know.
template <class T>
void give(const T& from, T* to) noexcept {
  const std::size_t size = to->struct_size;
  std::memset(static_cast<void*>(to), 0, size);
  std::memcpy(static_cast<void*>(to), &from, std::min(size, sizeof(T)));
  to->struct_size = size;
}

/// Marks memory whose object has ended, so that a handle to it is refused. What is written to an
/// object before its destructor would not arrive.
inline void forget(std::uint64_t* alive) noexcept {
  *const_cast<volatile std::uint64_t*>(alive) = 0;
}

}  // namespace aiot::capi
