// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A firmware with one frame log and every operation of it, for the size of that code.

#include <array>
#include <cstddef>

#include "aiot/store/frame_log.hpp"
#include "bench/store/size_flash.hpp"

// Not static: its size is measured, and the compiler must not know what is in it.
aiot::store::FrameLog probe_ram;

int main() {
  using aiot::store::FrameLog;
  aiot::bench::SizeFlash flash;
  const aiot::hal::FlashRegion region{0, flash.geometry().size};
  std::array<std::byte, 64> record{};
  aiot::store::FrameCursor cursor;
  aiot::store::LogState state{};
  bool good = FrameLog::format(flash, region).ok() &&
              probe_ram.mount(flash, region, aiot::store::OnFull::kDropOldest).ok() &&
              probe_ram.append(record).ok() && probe_ram.sync().ok();
  const auto frame = probe_ram.read(cursor, record);
  good = good && frame.ok() && probe_ram.set_state(state).ok();
  probe_ram.protect_from(cursor.sequence);
  good = good && probe_ram.last(record).ok() && probe_ram.service().ok();
  return good ? 0 : 1;
}
