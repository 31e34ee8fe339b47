// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/hal/flash.hpp"

// The flash of a product; nothing here says what is in it.
extern "C" {
extern aiot::hal::FlashGeometry probe_geometry;
extern volatile std::uint8_t probe_answer;
}

namespace aiot::bench {

/// A flash device that answers anything, for firmwares whose code is measured and that do not run.
struct SizeFlash {
  static Status answer() noexcept {
    const std::uint8_t value = probe_answer;
    return value == 0 ? Status{} : Status{static_cast<Error>(value)};
  }

  hal::FlashGeometry geometry() const noexcept { return probe_geometry; }

  Status read(std::uint32_t offset, MutableBytes out) noexcept {
    for (std::byte& byte : out) {
      byte = static_cast<std::byte>(probe_answer + offset);
    }
    return answer();
  }

  Status program(std::uint32_t offset, Bytes in) noexcept {
    probe_answer = static_cast<std::uint8_t>(in.size() + offset);
    return answer();
  }

  Status erase(std::uint32_t offset) noexcept {
    probe_answer = static_cast<std::uint8_t>(offset);
    return answer();
  }

  Status sync() noexcept { return answer(); }
};

static_assert(hal::FlashDevice<SizeFlash>);

}  // namespace aiot::bench
