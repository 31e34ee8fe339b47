// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A firmware with all streams of a queue and every operation of it, for the size of that code.

#include <array>
#include <cstddef>

#include "aiot/store/queue.hpp"
#include "bench/store/size_flash.hpp"

// Not static: its size is measured, and the compiler must not know what is in it.
aiot::store::Queue probe_ram;

int main() {
  using aiot::Stream;
  using aiot::store::Queue;
  constexpr std::uint32_t kRegion = 64U * 1024;
  aiot::bench::SizeFlash flash;
  std::array<aiot::store::StreamConfig, aiot::kStreams> streams{};
  for (std::uint32_t i = 0; i < streams.size(); ++i) {
    streams[i].region = {i * kRegion, kRegion};
  }
  std::array<std::byte, 64> record{};
  aiot::store::ReadCursor cursor;
  bool good = Queue::format(flash, streams).ok() && probe_ram.mount(flash, streams).ok() &&
              probe_ram.push(Stream::kUrgent, record).ok() &&
              probe_ram.append(Stream::kRoutine, record).ok() && probe_ram.sync().ok();
  const auto entry = probe_ram.read(Stream::kUrgent, cursor, record);
  good = good && entry.ok() &&
         probe_ram.acknowledge(Stream::kUrgent, entry->last, aiot::BatchHash{}).ok() &&
         probe_ram.last_record(Stream::kUrgent, record).ok() && probe_ram.service(0).ok() &&
         probe_ram.used(Stream::kBulk);
  const aiot::store::StreamStats stats = probe_ram.stats(Stream::kUrgent);
  return good && stats.dropped == 0 && probe_ram.max_record(Stream::kUrgent) != 0 &&
                 probe_ram.next_sequence(Stream::kUrgent) == stats.next_sequence &&
                 probe_ram.first_unacknowledged(Stream::kUrgent) == stats.first_unacknowledged &&
                 probe_ram.acknowledged_hash(Stream::kUrgent) == aiot::BatchHash{}
             ? 0
             : 1;
}
