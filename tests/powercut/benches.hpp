// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ports/sim/disk.hpp"
#include "ports/sim/flash.hpp"

/// Devices whose power fails, and which can be put back to what they were.
namespace aiot::powercut_test {

struct BenchShape {
  std::uint32_t sector = 0;
  std::uint32_t page = 0;
  std::uint32_t program = 0;  // 8 and more: write-once with ECC
  std::uint32_t sectors = 0;  // of each stream
  std::uint32_t streams = 1;

  [[nodiscard]] std::uint32_t bytes() const { return sector * sectors * streams; }
};

/// A flash chip.
class FlashBench {
 public:
  static constexpr std::uint32_t kKinds = sim::kCutKinds.size();

  FlashBench(const BenchShape& shape, std::uint32_t) : FlashBench(shape) {}

  FlashBench(const FlashBench&) = delete;
  FlashBench& operator=(const FlashBench&) = delete;

  sim::SimFlash& device() { return flash_; }

  void cut_at(std::uint64_t operation, std::uint32_t kind, std::uint32_t seed) {
    flash_.cut_at(operation, sim::kCutKinds[kind], seed);
  }

  std::uint64_t operations() const { return flash_.counters().programs + flash_.counters().erases; }

  /// Every sector was erased again after its first use.
  bool went_around(const sim::FlashCounters& total) const {
    return total.erases > bytes_.size() / flash_.geometry().sector;
  }

  std::uint32_t bad_sectors() const { return 0; }

  struct Snapshot {
    std::vector<std::byte> bytes;
    std::vector<std::uint8_t> granules;
    std::vector<sim::SimFlash> flash;
  };

  void save(Snapshot& to) const {
    to.bytes = bytes_;
    to.granules = granules_;
    to.flash.assign(1, flash_);
  }

  void restore(const Snapshot& from) {
    std::copy(from.bytes.begin(), from.bytes.end(), bytes_.begin());
    std::copy(from.granules.begin(), from.granules.end(), granules_.begin());
    flash_ = from.flash.front();
  }

 private:
  explicit FlashBench(const BenchShape& shape)
      : bytes_(shape.bytes()),
        granules_(shape.program < 8 ? 0 : bytes_.size() / shape.program),
        flash_(hal::FlashGeometry{.size = shape.bytes(),
                                  .sector = shape.sector,
                                  .page = shape.page,
                                  .program = shape.program,
                                  .erased = std::byte{0xFF},
                                  .reprogram = shape.program < 8},
               sim::SimFlash::Ecc::kYes,
               bytes_,
               granules_) {
    flash_.blank();
  }

  std::vector<std::byte> bytes_;
  std::vector<std::uint8_t> granules_;
  sim::SimFlash flash_;
};

/// A flash chip of which some sectors of each stream are worn out, or will be during the workload.
class WornBench : public FlashBench {
 public:
  WornBench(const BenchShape& shape, std::uint32_t seed) : FlashBench(shape, seed) {
    using sim::CutKind;
    using sim::Fails;
    for (std::uint32_t i = 0; i < shape.streams; ++i) {
      const std::uint32_t first = i * shape.sectors;
      worn_.push_back({first + 1, Fails::kPrograms, 5 + seed % 7, CutKind::kPrefix});
      bad_of_each_stream_ = 1;
      if (shape.sectors >= 8) {
        worn_.push_back({first + 3, Fails::kErases, 1, CutKind::kRandomBits});
        worn_.push_back({first + 6, Fails::kBoth, 2, CutKind::kOld});
        bad_of_each_stream_ = 3;
      }
    }
    device().set_bad_sectors(worn_);
  }

  WornBench(const WornBench&) = delete;
  WornBench& operator=(const WornBench&) = delete;

  std::uint32_t bad_sectors() const { return bad_of_each_stream_; }

  struct Snapshot {
    FlashBench::Snapshot flash;
    std::vector<sim::BadSector> worn;
  };

  void save(Snapshot& to) const {
    FlashBench::save(to.flash);
    to.worn = worn_;
  }

  void restore(const Snapshot& from) {
    FlashBench::restore(from.flash);
    std::copy(from.worn.begin(), from.worn.end(), worn_.begin());
  }

 private:
  std::vector<sim::BadSector> worn_;
  std::uint32_t bad_of_each_stream_ = 0;
};

/// A file.
class FileBench {
 public:
  static constexpr std::uint32_t kKinds = sim::kDiskCuts.size();

  FileBench(const BenchShape& shape, std::uint32_t seed)
      : seen_(shape.bytes()),
        durable_(shape.bytes()),
        disk_(sim::SimDisk::make_geometry(shape.bytes(), shape.sector), seen_, durable_) {
    disk_.blank();
    disk_.write_back(seed);
  }

  FileBench(const FileBench&) = delete;
  FileBench& operator=(const FileBench&) = delete;

  sim::SimDisk& device() { return disk_; }

  void cut_at(std::uint64_t operation, std::uint32_t kind, std::uint32_t seed) {
    disk_.cut_at(operation, sim::kDiskCuts[kind], seed);
  }

  std::uint64_t operations() const {
    return disk_.counters().programs + disk_.counters().erases + disk_.counters().syncs;
  }

  bool went_around(const sim::FlashCounters& total) const {
    return total.programmed_bytes > seen_.size();
  }

  std::uint32_t bad_sectors() const { return 0; }

  struct Snapshot {
    std::vector<std::byte> seen;
    std::vector<std::byte> durable;
    std::vector<sim::SimDisk> disk;
  };

  void save(Snapshot& to) const {
    to.seen = seen_;
    to.durable = durable_;
    to.disk.assign(1, disk_);
  }

  void restore(const Snapshot& from) {
    std::copy(from.seen.begin(), from.seen.end(), seen_.begin());
    std::copy(from.durable.begin(), from.durable.end(), durable_.begin());
    disk_ = from.disk.front();
  }

 private:
  std::vector<std::byte> seen_;
  std::vector<std::byte> durable_;
  sim::SimDisk disk_;
};

}  // namespace aiot::powercut_test
