// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What the store costs on raw flash: operations and bytes of a simulated chip, no times.
//   store_flash_bench              exit code 1 when a bound is missed
//   store_flash_bench --percent N  with N percent of each bound
//   store_flash_bench --smoke      no bounds: does the bench work?

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "aiot/core/check.hpp"
#include "aiot/store/queue.hpp"
#include "bench/store/metered_flash.hpp"
#include "bench/store/payload.hpp"
#include "bench/store/report.hpp"

namespace aiot::bench {
namespace {

using store::OnFull;
using store::Queue;

constexpr std::uint32_t kMiB = 1024 * 1024;
constexpr std::uint64_t kRecords = 20'000;  // to fill the ring, and then measured
constexpr std::uint64_t kBatch = 16;
constexpr Stream kStream = Stream::kRoutine;

constexpr hal::FlashGeometry chip(std::uint32_t size, std::uint32_t program) {
  return {.size = size,
          .sector = 4096,
          .page = 256,
          .program = program,
          .erased = std::byte{0xFF},
          .reprogram = program < 8};
}

/// A queue whose one stream has the whole chip.
class Rig {
 public:
  Rig(const hal::FlashGeometry& geometry, std::size_t size, OnFull on_full)
      : flash_(geometry), size_(size) {
    streams_[static_cast<std::size_t>(kStream)] = {.region = {0, geometry.size},
                                                   .on_full = on_full};
    AIOT_CHECK(queue_.mount(flash_, streams_).ok());
  }

  MeteredFlash& flash() { return flash_; }

  Queue& queue() { return queue_; }

  bool push() {
    const auto payload = payload_of(queue_.next_sequence(kStream));
    return queue_.push(kStream, Bytes{payload}.first(size_)).ok();
  }

  void idle() {
    while (true) {
      const Result<bool> worked = queue_.service(0);
      AIOT_CHECK(worked.ok());
      if (!*worked) {
        return;
      }
    }
  }

  /// How many records are readable from the oldest unacknowledged one on.
  std::uint64_t read(std::uint64_t most) {
    store::ReadCursor cursor;
    return read(cursor, most);
  }

  /// How many records are readable; at most `most` are read, and each has its bytes.
  std::uint64_t read(store::ReadCursor& cursor, std::uint64_t most) {
    std::uint64_t records = 0;
    while (records < most) {
      const auto entry = queue_.read(kStream, cursor, buffer_);
      if (!entry.ok()) {
        AIOT_CHECK(entry.error() == Error::kEmpty);
        break;
      }
      if (entry->kind == store::EntryKind::kRecord) {
        const auto expected = payload_of(entry->first);
        AIOT_CHECK(entry->payload.size() == size_ &&
                   std::equal(entry->payload.begin(), entry->payload.end(), expected.begin()));
        ++records;
      }
    }
    return records;
  }

  /// Reads the oldest `count` records, going on where it was, and acknowledges them at once.
  void drain(std::uint64_t count) {
    AIOT_CHECK(read(drained_, count) == count);
    const std::uint64_t last = queue_.first_unacknowledged(kStream) + count - 1;
    BatchHash hash{};
    store_le64(hash.data(), last);
    AIOT_CHECK(queue_.acknowledge(kStream, last, hash).ok());
  }

  /// Mounts the same bytes with another queue.
  void mount_again() const {
    Queue other;
    AIOT_CHECK(other.mount(hal::FlashRef(flash_), streams_).ok());
    AIOT_CHECK(other.next_sequence(kStream) == queue_.next_sequence(kStream));
  }

 private:
  mutable MeteredFlash flash_;
  std::size_t size_;
  std::array<store::StreamConfig, kStreams> streams_{};
  Queue queue_;
  store::ReadCursor drained_;
  std::array<std::byte, 2 * kMaxPayload> buffer_{};  // the next frame's header is read along
};

/// The bounds of a payload size; none for write-once flash.
struct Bounds {
  Limit amplification;
  Limit erases;
  Limit programs;
  Limit kept;
};

constexpr Bounds kSmall = {.amplification = {Side::kAtMost, 1.25, 1.15},
                           .erases = {Side::kAtMost, 300, 300},
                           .programs = {Side::kAtMost, 2.2, 1.4},
                           .kept = {Side::kAtLeast, 84, 86}};
constexpr Bounds kLarge = {.amplification = {Side::kAtMost, 1.08, 1.05},
                           .erases = {Side::kAtMost, 270, 270},
                           .programs = {Side::kAtMost, 2.6, 2.2},
                           .kept = {Side::kAtLeast, 90, 92}};

struct Scenario {
  const char* name;
  std::uint32_t program;
  std::size_t payload;
  const Bounds* bounds;  // null: shown only
};

constexpr std::array kScenarios = {
    Scenario{"NOR, records of 64 bytes", 1, 64, &kSmall},
    Scenario{"NOR, records of 256 bytes", 1, 256, &kLarge},
    Scenario{"write-once 8, records of 64 bytes", 8, 64, nullptr},
    Scenario{"write-once 8, records of 256 bytes", 8, 256, nullptr},
    Scenario{"write-once 32, records of 64 bytes", 32, 64, nullptr},
    Scenario{"write-once 32, records of 256 bytes", 32, 256, nullptr}};

class Lines {
 public:
  Lines(Report& report, const Bounds* bounds) : report_(report), bounds_(bounds) {}

  void show(const char* name, double figure) const { report_.show(name, figure); }

  void show(const char* name, double figure, Limit Bounds::*limit) const {
    if (bounds_ == nullptr) {
      report_.show(name, figure);
    } else {
      report_.show(name, figure, bounds_->*limit);
    }
  }

  void show(const char* name, double figure, const Limit& limit) const {
    if (bounds_ == nullptr) {
      report_.show(name, figure);
    } else {
      report_.show(name, figure, limit);
    }
  }

 private:
  Report& report_;
  const Bounds* bounds_;
};

/// Records that come and go, in a ring that is full of old ones.
void steady(const Lines& lines, const Scenario& scenario) {
  Rig rig(chip(kMiB, scenario.program), scenario.payload, OnFull::kDropOldest);
  const sim::FlashCounters& now = rig.flash().counters();
  sim::FlashCounters start;
  std::uint64_t drain_reads = 0;
  std::uint64_t fresh_reads = 0;
  for (std::uint64_t i = 0; i < 2 * kRecords; i += kBatch) {
    if (i == kRecords) {
      start = now;
      drain_reads = 0;
      fresh_reads = 0;
    }
    for (std::uint64_t k = 0; k < kBatch; ++k) {
      AIOT_CHECK(rig.push());
    }
    rig.idle();
    const std::uint64_t before = now.reads;
    AIOT_CHECK(rig.read(kBatch) == kBatch);
    const std::uint64_t fresh = now.reads;
    rig.drain(kBatch);
    fresh_reads += fresh - before;
    drain_reads += now.reads - fresh;
    rig.idle();
  }
  const auto records = static_cast<double>(kRecords);
  const double payload = records * static_cast<double>(scenario.payload);
  const auto each = [records](std::uint64_t count) { return static_cast<double>(count) / records; };
  lines.show("bytes programmed / payload, acknowledgements too",
             static_cast<double>(now.programmed_bytes - start.programmed_bytes) / payload,
             &Bounds::amplification);
  lines.show("erases per MB of payload",
             static_cast<double>(now.erases - start.erases) / payload * 1e6,
             &Bounds::erases);
  lines.show("programs per record", each(now.programs - start.programs), &Bounds::programs);
  lines.show(
      "reads per record, read and acknowledge", each(drain_reads), Limit{Side::kAtMost, 2, 2});
  lines.show("reads per record, read with a new cursor each batch", each(fresh_reads));
  lines.show("reads per record, append and service",
             each(now.reads - start.reads - drain_reads - fresh_reads));
  lines.show("erases of the most erased sector - of the least",
             rig.flash().erase_spread(),
             Limit{Side::kAtMost, 1, 1});
}

/// The least that is readable of what nobody acknowledges, in percent of the region.
void kept(const Lines& lines, const Scenario& scenario) {
  const auto percent = [&](std::uint64_t records) {
    return static_cast<double>(records * scenario.payload) * 100.0 / kMiB;
  };
  Rig newest(chip(kMiB, scenario.program), scenario.payload, OnFull::kDropOldest);
  std::uint64_t least = kRecords;
  constexpr std::uint64_t kStride = 499;  // meets every fill of a sector
  for (std::uint64_t i = 0; i < 2 * kRecords; ++i) {
    AIOT_CHECK(newest.push());
    newest.idle();
    if (i >= kRecords && i % kStride == 0) {
      least = std::min(least, newest.read(kRecords));
    }
  }
  lines.show("percent kept when full, oldest dropped", percent(least), &Bounds::kept);

  Rig oldest(chip(kMiB, scenario.program), scenario.payload, OnFull::kRefuseNewest);
  while (oldest.push()) {
    oldest.idle();
  }
  lines.show(
      "percent kept when full, newest refused", percent(oldest.read(kRecords)), &Bounds::kept);
}

/// The worst append when `service` has had its turn before each.
void worst_append(const Lines& lines, const Scenario& scenario) {
  Rig rig(chip(kMiB, scenario.program), scenario.payload, OnFull::kDropOldest);
  std::uint64_t most = 0;
  std::uint64_t opening = 0;
  std::uint64_t erases = 0;
  std::int64_t beyond = 0;
  for (std::uint64_t i = 0; i < kRecords; ++i) {
    rig.idle();
    rig.flash().start();
    AIOT_CHECK(rig.push());
    const Metered& seen = rig.flash().seen();
    most = std::max(most, seen.frame_programs + seen.header_programs);
    opening = std::max(opening, seen.header_programs);
    erases = std::max(erases, seen.erases);
    beyond = std::max(beyond,
                      static_cast<std::int64_t>(seen.frame_programs) -
                          static_cast<std::int64_t>(seen.frame_pages.size()));
  }
  lines.show("worst append: programs", static_cast<double>(most));
  lines.show("worst append: programs of the sector's opening",
             static_cast<double>(opening),
             Limit{Side::kAtMost, 1, 1});
  lines.show("worst append: programs - pages of the frame",
             static_cast<double>(beyond),
             Limit{Side::kAtMost, 0, 0});
  lines.show("worst append: erases, a spare is ready",
             static_cast<double>(erases),
             Limit{Side::kAtMost, 0, 0});
}

/// The worst of many mounts of a full store, all over a lap of its ring.
void recovery(Report& report, const char* name, std::uint32_t size) {
  report.title(name);
  const hal::FlashGeometry geometry = chip(size, 1);
  const std::uint32_t sectors = size / geometry.sector;
  constexpr std::size_t kPayload = 64;
  constexpr std::uint64_t kMounts = 400;
  Rig rig(geometry, kPayload, OnFull::kDropOldest);
  const std::uint64_t lap = size / kPayload;  // a bit more
  const std::uint64_t stride = lap / kMounts | 1U;
  Metered worst;
  std::size_t sectors_read = 0;
  for (std::uint64_t i = 0; i < 2 * lap; ++i) {
    AIOT_CHECK(rig.push());
    if (i >= lap && i % stride == 0) {
      rig.flash().start();
      rig.mount_again();
      const Metered& seen = rig.flash().seen();
      worst.header_reads = std::max(worst.header_reads, seen.header_reads);
      worst.read_bytes = std::max(worst.read_bytes, seen.read_bytes);
      sectors_read = std::max(sectors_read, seen.frame_sectors.size());
    }
  }
  const double headers = std::bit_width(sectors) - 1 + 3;
  report.show("header reads; log2(sectors) + 3",
              static_cast<double>(worst.header_reads),
              Limit{Side::kAtMost, headers, headers});
  report.show("sectors of which more is read",
              static_cast<double>(sectors_read),
              Limit{Side::kAtMost, 1, 1});
  report.show("KB read in all", static_cast<double>(worst.read_bytes) / 1e3);
}

int run(double percent) {
  Report report(percent);
  for (const Scenario& scenario : kScenarios) {
    report.title(scenario.name);
    const Lines lines(report, scenario.bounds);
    steady(lines, scenario);
    kept(lines, scenario);
    worst_append(lines, scenario);
  }
  recovery(report, "mount of a full ring of 256 KiB", kMiB / 4);
  recovery(report, "mount of a full ring of 16 MiB", 16 * kMiB);
  return report.finish();
}

}  // namespace
}  // namespace aiot::bench

int main(int argc, char** argv) {
  const bool smoke = argc == 2 && std::strcmp(argv[1], "--smoke") == 0;
  const bool given = argc == 3 && std::strcmp(argv[1], "--percent") == 0;
  if (argc != 1 && !smoke && !given) {
    std::fprintf(stderr, "usage: store_flash_bench [--percent N | --smoke]\n");
    return 2;
  }
  if (smoke) {
    return aiot::bench::run(0.0);
  }
  return aiot::bench::run(given ? std::atof(argv[2]) : 100.0);
}
