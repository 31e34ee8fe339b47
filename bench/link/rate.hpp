// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"

namespace aiot::bench {

inline constexpr std::size_t kInFlight = 20;
inline constexpr std::size_t kBufferBytes = 16384;

/// The same work for every contestant.
struct RateJob {
  std::string host;
  std::uint16_t port = 0;
  std::string ca;
  std::string certificate;
  std::string key;
  std::string topic;
  std::vector<Bytes> records;
};

}  // namespace aiot::bench
