// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A firmware with one stream on a frame log and every operation of it, for the size of that code.

#include <array>
#include <cstddef>

#include "aiot/store/stream_log.hpp"
#include "bench/store/size_flash.hpp"

// Not static: its size is measured, and the compiler must not know what is in it.
aiot::store::StreamLog probe_ram;

int main() {
  aiot::bench::SizeFlash flash;
  const aiot::hal::FlashRegion region{0, flash.geometry().size};
  std::array<std::byte, 64> record{};
  aiot::store::ReadCursor cursor;
  bool good = probe_ram.mount(flash, region, aiot::store::OnFull::kDropOldest).ok() &&
              probe_ram.append(record).ok() && probe_ram.sync().ok();
  const auto entry = probe_ram.read(cursor, record);
  good = good && entry.ok() &&
         probe_ram.acknowledge(entry->last, probe_ram.acknowledged_hash()).ok() &&
         probe_ram.service().ok();
  return good && probe_ram.lost() == 0 ? 0 : 1;
}
