// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Cuts the power at every flash operation of a workload of pushes, group commits, evictions,
// acknowledgements and idle work, in every way the flash can be left behind, checks the promises of
// the queue after a restart, and cuts again at every operation of what the device does then.
// AIOT_FULL=1 takes every point and every geometry; without it a part of both.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "ports/sim/flash.hpp"
#include "tests/store/queue_rig.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

struct Scenario {
  const char* name;
  std::uint32_t sector;
  std::uint32_t page;
  std::uint32_t program;  // 8 and more: write-once with ECC
  std::uint32_t sectors;  // of each stream
  std::uint32_t streams;
  std::uint32_t steps;
  store::OnFull on_full;
  std::uint32_t quick_stride;  // 0: only in the full run
};

constexpr auto kDrop = store::OnFull::kDropOldest;
constexpr auto kRefuse = store::OnFull::kRefuseNewest;

constexpr Scenario kScenarios[] = {
    {"nor 4096/256/1, 1 stream", 4096, 256, 1, 4, 1, 250, kDrop, 7},
    {"nor 512/256/1, 1 stream", 512, 256, 1, 5, 1, 120, kDrop, 3},
    {"nor 512/256/1, 3 streams", 512, 256, 1, 4, 3, 220, kDrop, 11},
    {"nor 512/256/1, refusing", 512, 256, 1, 5, 1, 120, kRefuse, 5},
    {"nor 512/256/4, 3 sectors", 512, 256, 4, 3, 1, 120, kDrop, 5},
    {"write-once 4096/256/8", 4096, 256, 8, 4, 1, 250, kDrop, 13},
    {"write-once 512/256/8, 3 streams", 512, 256, 8, 4, 3, 220, kDrop, 17},
    {"write-once 512/32/32", 512, 32, 32, 5, 1, 120, kDrop, 11},
    {"write-once 1024/64/16, refusing", 1024, 64, 16, 4, 1, 150, kRefuse, 13},
    {"write-once 4096/256/32, 3 streams", 4096, 256, 32, 4, 3, 500, kDrop, 0},
    {"nor 4096/256/1, 3 streams", 4096, 256, 1, 4, 3, 700, kDrop, 0},
    {"nor 65536/256/1, 1 stream", 65536, 256, 1, 3, 1, 1800, kDrop, 0},
    {"write-once 65536/256/8", 65536, 256, 8, 3, 1, 1800, kDrop, 0},
};

bool full_run() {
  const char* const value = std::getenv("AIOT_FULL");  // NOLINT(concurrency-mt-unsafe): one thread
  return value != nullptr && std::string(value) == "1";
}

/// One device: flash, its memory, the streams.
class Bench {
 public:
  explicit Bench(const Scenario& scenario)
      : bytes_(std::size_t{scenario.sector} * scenario.sectors * scenario.streams),
        granules_(scenario.program < 8 ? 0 : bytes_.size() / scenario.program),
        flash_(hal::FlashGeometry{.size = static_cast<std::uint32_t>(bytes_.size()),
                                  .sector = scenario.sector,
                                  .page = scenario.page,
                                  .program = scenario.program,
                                  .erased = std::byte{0xFF},
                                  .reprogram = scenario.program < 8},
               sim::SimFlash::Ecc::kYes,
               bytes_,
               granules_) {
    const std::uint32_t size = scenario.sector * scenario.sectors;
    for (std::uint32_t i = 0; i < scenario.streams; ++i) {
      streams_.push_back({{i * size, size}, scenario.on_full});
    }
    flash_.blank();
  }

  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  sim::SimFlash& flash() { return flash_; }

  std::span<const store::StreamConfig> streams() const { return streams_; }

  void save() {
    saved_bytes_ = bytes_;
    saved_granules_ = granules_;
  }

  void restore() {
    std::copy(saved_bytes_.begin(), saved_bytes_.end(), bytes_.begin());
    std::copy(saved_granules_.begin(), saved_granules_.end(), granules_.begin());
    flash_.power_on();
  }

 private:
  std::vector<std::byte> bytes_;
  std::vector<std::uint8_t> granules_;
  std::vector<std::byte> saved_bytes_;
  std::vector<std::uint8_t> saved_granules_;
  sim::SimFlash flash_;
  std::vector<store::StreamConfig> streams_;
};

class Sweep {
 public:
  Sweep(const Scenario& scenario, std::uint32_t seed) : scenario_(scenario), seed_(seed) {}

  /// Every `stride`-th operation. Stops at the first broken promise.
  void run(std::uint32_t stride) {
    const std::uint64_t operations = count_operations();
    for (std::uint64_t k = 1; k <= operations && !failed_; k += stride) {
      for (const sim::CutKind kind : sim::kCutKinds) {
        cut_once(k, kind);
      }
    }
    std::printf("  %-36s seed %u: %llu operations, %llu cuts, %llu second cuts\n",
                scenario_.name,
                seed_,
                static_cast<unsigned long long>(operations),
                static_cast<unsigned long long>(cuts_),
                static_cast<unsigned long long>(second_cuts_));
  }

  std::uint64_t points() const { return cuts_ + second_cuts_; }

 private:
  static std::uint64_t operations(const sim::SimFlash& flash) {
    return flash.counters().programs + flash.counters().erases;
  }

  void judge(const sim::SimFlash& flash,
             const store_test::QueueRig& rig,
             const std::string& where) {
    if (rig.wrong() != nullptr || flash.violations() != 0) {
      failed_ = true;
      ADD_FAILURE() << scenario_.name << ", seed " << seed_ << ", " << where << ": "
                    << (rig.wrong() != nullptr ? rig.wrong() : "a flash rule was broken");
    }
  }

  void work(store_test::QueueRig& rig, sim::SimFlash& flash) const {
    store_test::Random random(seed_);
    rig.mount();
    for (std::uint32_t i = 0; i < scenario_.steps && flash.powered(); ++i) {
      rig.step(random);
    }
  }

  std::uint64_t count_operations() {
    Bench bench(scenario_);
    const auto rig = std::make_unique<store_test::QueueRig>(bench.flash(), bench.streams());
    work(*rig, bench.flash());
    const std::uint64_t done = operations(bench.flash());
    rig->mount();
    judge(bench.flash(), *rig, "no cut");
    EXPECT_GT(bench.flash().counters().erases, std::uint64_t{scenario_.sectors} * scenario_.streams)
        << scenario_.name << ": the workload does not go around the ring";
    return done;
  }

  void cut_once(std::uint64_t k, sim::CutKind kind) {
    const std::string where =
        "cut " + std::to_string(k) + " kind " + std::to_string(static_cast<int>(kind));
    Bench bench(scenario_);
    auto rig = std::make_unique<store_test::QueueRig>(bench.flash(), bench.streams());
    bench.flash().cut_at(k, kind, seed_ + static_cast<std::uint32_t>(k));
    work(*rig, bench.flash());
    bench.flash().power_on();
    bench.save();
    rig->mount();
    ++cuts_;
    judge(bench.flash(), *rig, where);
    if (failed_) {
      return;
    }
    const store_test::StreamModels models = rig->models();
    bench.flash().reset_counters();
    rig->recovery_script(kRecoverySalt);
    const std::uint64_t recovery = operations(bench.flash());
    rig->mount();
    judge(bench.flash(), *rig, where + ", recovered");
    for (std::uint64_t j = 1; j <= recovery && !failed_; ++j) {
      for (const sim::CutKind second : sim::kCutKinds) {
        rig->set_models(models);
        cut_again(bench, *rig, j, second, where);
      }
    }
  }

  void cut_again(Bench& bench,
                 store_test::QueueRig& rig,
                 std::uint64_t j,
                 sim::CutKind kind,
                 const std::string& where) {
    bench.restore();
    bench.flash().cut_at(j, kind, seed_ + static_cast<std::uint32_t>(j) * 77U);
    rig.mount();
    rig.recovery_script(kRecoverySalt);
    bench.flash().power_on();
    rig.mount();
    rig.recovery_script(kRecoverySalt + 100);
    rig.mount();
    ++second_cuts_;
    judge(
        bench.flash(),
        rig,
        where + ", then " + std::to_string(j) + " kind " + std::to_string(static_cast<int>(kind)));
  }

  static constexpr std::uint32_t kRecoverySalt = 0xBEEF;

  const Scenario& scenario_;
  std::uint32_t seed_;
  std::uint64_t cuts_ = 0;
  std::uint64_t second_cuts_ = 0;
  bool failed_ = false;
};

TEST(StorePowerCut, KeepsItsPromisesAtEveryOperation) {
  const bool full = full_run();
  const char* const seed_text =
      std::getenv("AIOT_SEED");  // NOLINT(concurrency-mt-unsafe): one thread
  const auto first_seed =
      static_cast<std::uint32_t>(seed_text != nullptr ? std::strtoul(seed_text, nullptr, 10) : 1);
  std::uint64_t points = 0;
  for (const Scenario& scenario : kScenarios) {
    if (!full && scenario.quick_stride == 0) {
      continue;
    }
    Sweep sweep(scenario, first_seed);
    sweep.run(full ? 1 : scenario.quick_stride);
    points += sweep.points();
  }
  std::printf("  store: %llu power cuts, %s\n",
              static_cast<unsigned long long>(points),
              full ? "all of them" : "a part of them (all: AIOT_FULL=1)");
}

}  // namespace
}  // namespace aiot
