// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>

#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"
#include "aiot/store/frame_log.hpp"
#include "aiot/store/stream_log.hpp"

namespace aiot::cli {

/// One region of a store and what it is for.
struct StoreRegion {
  const char* name = "";
  hal::FlashRegion region{};
  std::optional<Stream> stream;  ///< none: boot record, audit or baseline
};

/// All regions of a store in the order of the map, those that are not used (size 0) included.
std::array<StoreRegion, hal::FlashMap::kLogs> regions_of(const hal::FlashMap& map);

/// A region as a log; every kind of them is one.
class RegionLog {
 public:
  /// Errors: as `store::FrameLog::mount`.
  Status mount(hal::FlashRef flash, const StoreRegion& region) {
    return stream_.mount(flash, region.region, store::OnFull::kDropOldest);
  }

  [[nodiscard]] const store::FrameLog& log() const { return stream_.log(); }

  /// What acknowledgements say; only where the region is a stream.
  [[nodiscard]] const store::StreamLog& stream() const { return stream_; }

 private:
  store::StreamLog stream_;
};

/// Why a region can not be used, as "<name>: what is wrong; what to do".
std::string mount_problem(const StoreRegion& region, Error error);

}  // namespace aiot::cli
