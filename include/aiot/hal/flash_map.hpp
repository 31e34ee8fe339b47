// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"

namespace aiot::hal {

/// Names every flash region of a device, so that no two parts of it can disagree on who owns a
/// sector. A region of size 0 is not used.
struct FlashMap {
  std::array<FlashRegion, kStreams> queue{};  ///< one ring of sectors a stream
  FlashRegion boot_record{};                  ///< boot count, slots, tries
  FlashRegion audit{};
  FlashRegion baseline{};
  FlashRegion commands{};                 ///< counter of the operator's commands, and what they set
  std::array<FlashRegion, 2> firmware{};  ///< slots A and B; firmware runs in place
  std::array<FlashRegion, 2> model{};     ///< slots of the model package

  static constexpr std::size_t kLogs = kStreams + 4;  ///< the first regions hold frame logs
  static constexpr std::size_t kRegions = kLogs + 4;

  constexpr std::array<FlashRegion, kRegions> regions() const noexcept {
    return {queue[0],
            queue[1],
            queue[2],
            boot_record,
            audit,
            baseline,
            commands,
            firmware[0],
            firmware[1],
            model[0],
            model[1]};
  }
};

/// Errors: `kInvalidArgument` a region is not made of whole sectors or two regions overlap;
/// `kOutOfRange` a region ends behind the device.
constexpr Status check(const FlashMap& map, const FlashGeometry& geometry) noexcept {
  const auto regions = map.regions();
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const FlashRegion& a = regions[i];
    if (geometry.sector == 0 || a.offset % geometry.sector != 0 || a.size % geometry.sector != 0) {
      return Error::kInvalidArgument;
    }
    if (a.size > geometry.size || a.offset > geometry.size - a.size) {
      return Error::kOutOfRange;
    }
    for (std::size_t j = 0; j < i; ++j) {
      const FlashRegion& b = regions[j];
      if (a.size != 0 && b.size != 0 && a.offset < b.offset + b.size &&
          b.offset < a.offset + a.size) {
        return Error::kInvalidArgument;
      }
    }
  }
  return {};
}

}  // namespace aiot::hal
