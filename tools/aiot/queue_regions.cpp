// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/queue_regions.hpp"

#include "tools/aiot/console.hpp"

namespace aiot::cli {

std::array<StoreRegion, hal::FlashMap::kLogs> regions_of(const hal::FlashMap& map) {
  std::array<StoreRegion, hal::FlashMap::kLogs> regions{};
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    regions[i] = {stream_name(stream), map.queue[i], stream};
  }
  regions[kStreams] = {"boot_record", map.boot_record, {}};
  regions[kStreams + 1] = {"audit", map.audit, {}};
  regions[kStreams + 2] = {"baseline", map.baseline, {}};
  regions[kStreams + 3] = {"commands", map.commands, {}};
  return regions;
}

std::string mount_problem(const StoreRegion& region, Error error) {
  const std::string name = region.name;
  switch (error) {
    case Error::kUnsupported:
      return name + ": is of another format; use the aiot that wrote it";
    case Error::kInvalidArgument:
      return name + ": was written with another geometry; restore store.txt from a copy";
    case Error::kCorrupt:
      return name + ": holds something else than a log; restore the store from a copy";
    case Error::kIo:
      return name +
             ": can not be read from the disk; check the disk, restore the store from a copy";
    default:
      return name + ": can not be used (" + to_string(error) + "); restore the store from a copy";
  }
}

}  // namespace aiot::cli
