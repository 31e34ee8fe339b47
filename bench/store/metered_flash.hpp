// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "aiot/core/check.hpp"
#include "ports/sim/flash.hpp"

namespace aiot::bench {

/// What a `MeteredFlash` saw since `start`.
struct Metered {
  std::uint64_t header_reads = 0;         ///< reads that begin in a sector's header
  std::uint64_t read_bytes = 0;           ///< headers included
  std::set<std::uint32_t> frame_sectors;  ///< sectors of which more than the header was read
  std::uint64_t header_programs = 0;      ///< programs that begin in a sector's header
  std::uint64_t frame_programs = 0;
  std::uint64_t erases = 0;
  std::set<std::uint32_t> frame_pages;  ///< pages that the frames' bytes touch
};

/// A simulated flash with memory of its own that knows what is where in a sector of the store.
class MeteredFlash {
 public:
  explicit MeteredFlash(const hal::FlashGeometry& geometry)
      : memory_(geometry.size),
        granules_(geometry.reprogram ? 0 : geometry.size / geometry.program),
        flash_(geometry, sim::SimFlash::Ecc::kYes, memory_, granules_),
        erased_(geometry.size / geometry.sector) {
    flash_.blank();
  }

  MeteredFlash(const MeteredFlash&) = delete;
  MeteredFlash& operator=(const MeteredFlash&) = delete;

  ~MeteredFlash() { AIOT_CHECK(flash_.violations() == 0); }

  hal::FlashGeometry geometry() const noexcept { return flash_.geometry(); }

  Status read(std::uint32_t offset, MutableBytes out) {
    seen_.read_bytes += out.size();
    if (in_header(offset)) {
      ++seen_.header_reads;
    } else {
      seen_.frame_sectors.insert(offset / geometry().sector);
    }
    return flash_.read(offset, out);
  }

  Status program(std::uint32_t offset, Bytes in) {
    if (in_header(offset)) {
      ++seen_.header_programs;
    } else if (!in.empty()) {
      ++seen_.frame_programs;
      seen_.frame_pages.insert(offset / geometry().page);
    }
    return flash_.program(offset, in);
  }

  Status erase(std::uint32_t offset) {
    ++seen_.erases;
    ++erased_[offset / geometry().sector];
    return flash_.erase(offset);
  }

  Status sync() { return flash_.sync(); }

  void start() { seen_ = {}; }

  [[nodiscard]] const Metered& seen() const noexcept { return seen_; }

  [[nodiscard]] const sim::FlashCounters& counters() const noexcept { return flash_.counters(); }

  /// How much more often the most erased sector was erased than the least.
  [[nodiscard]] std::uint32_t erase_spread() const {
    const auto [least, most] = std::minmax_element(erased_.begin(), erased_.end());
    return *most - *least;
  }

 private:
  /// No layout of the store has frames in a sector's first 32 bytes, and none has a header that is
  /// read or written in pieces which begin behind them.
  bool in_header(std::uint32_t offset) const {
    constexpr std::uint32_t kHeader = 32;
    const hal::FlashGeometry g = geometry();
    return offset % g.sector < std::max(kHeader, 2 * g.program);
  }

  std::vector<std::byte> memory_;
  std::vector<std::uint8_t> granules_;
  sim::SimFlash flash_;
  std::vector<std::uint32_t> erased_;  // how often, by sector
  Metered seen_;
};

static_assert(hal::FlashDevice<MeteredFlash>);

}  // namespace aiot::bench
