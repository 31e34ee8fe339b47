// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Cuts the power at every operation on the device in a workload of pushes, group commits,
// evictions, acknowledgements, idle work and restarts, in every way the device can be left behind,
// checks the promises of the queue after a restart, and cuts again at every operation of what the
// device does then (large devices: after some of the first cuts). On flash of every kind, on flash
// with bad sectors, and on a file behind a page cache. AIOT_FULL=1 takes every operation and every
// geometry; without it a part of both. AIOT_SEED chooses another workload and other remains,
// AIOT_SCENARIO the scenarios whose name has it.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/powercut/benches.hpp"
#include "tests/store/queue_rig.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using namespace powercut_test;
using Check = store_test::QueueRig::Check;

struct Scenario {
  const char* name = "";
  std::uint32_t sector = 0;
  std::uint32_t page = 0;
  std::uint32_t program = 0;  // 8 and more: write-once with ECC
  std::uint32_t sectors = 0;  // of each stream
  std::uint32_t streams = 0;
  std::uint32_t steps = 0;
  std::uint32_t longest = 0;  // record, bytes
  // Of the points (operation, kind of cut) of a quick run every n-th is taken, of a full run all;
  // prime to the number of kinds. 0: only in the full run.
  std::uint32_t quick = 0;
  std::uint32_t again = 0;  // after every n-th cut of a full run second ones
  store::OnFull on_full = store::OnFull::kDropOldest;
};

constexpr auto kRefuse = store::OnFull::kRefuseNewest;

constexpr Scenario kFlash[] = {
    {"nor 512/256/1, 1 stream", 512, 256, 1, 5, 1, 192, 300, 7, 1},
    {"nor 512/256/1, 3 streams", 512, 256, 1, 4, 3, 320, 300, 11, 1},
    {"nor 512/256/1, refusing", 512, 256, 1, 5, 1, 128, 300, 7, 1, kRefuse},
    {"nor 512/256/4, 3 sectors", 512, 256, 4, 3, 1, 128, 300, 7, 1},
    {"nor 4096/256/1, 1 stream", 4096, 256, 1, 4, 1, 320, 600, 13, 1},
    {"nor 4096/256/1, 3 streams", 4096, 256, 1, 4, 3, 512, 600, 0, 5},
    {"nor 65536/2048/1, 1 stream", 65536, 2048, 1, 3, 1, 192, 6000, 0, 19},
    {"nor 65536/2048/1, 3 streams", 65536, 2048, 1, 3, 3, 384, 6000, 0, 81},
    {"write-once 512/256/8, 1 stream", 512, 256, 8, 5, 1, 192, 300, 13, 1},
    {"write-once 512/256/8, 3 streams", 512, 256, 8, 4, 3, 320, 300, 17, 1},
    {"write-once 4096/256/8, 1 stream", 4096, 256, 8, 4, 1, 320, 600, 19, 1},
    {"write-once 4096/256/8, 3 streams", 4096, 256, 8, 4, 3, 512, 600, 0, 5},
    {"write-once 65536/2048/8, 1 stream", 65536, 2048, 8, 3, 1, 192, 6000, 0, 19},
    {"write-once 65536/2048/8, 3 streams", 65536, 2048, 8, 3, 3, 384, 6000, 0, 81},
    {"write-once 1024/64/16, refusing", 1024, 64, 16, 4, 1, 150, 300, 13, 1, kRefuse},
    {"write-once 1024/64/16, 1 stream", 1024, 64, 16, 4, 1, 192, 300, 0, 1},
    {"write-once 512/32/32, 1 stream", 512, 32, 32, 5, 1, 128, 300, 19, 1},
    {"write-once 512/256/32, 3 streams", 512, 256, 32, 4, 3, 320, 300, 0, 1},
    {"write-once 4096/256/32, 1 stream", 4096, 256, 32, 4, 1, 320, 600, 0, 1},
    {"write-once 4096/256/32, 3 streams", 4096, 256, 32, 4, 3, 512, 600, 0, 5},
    {"write-once 65536/2048/32, 1 stream", 65536, 2048, 32, 3, 1, 192, 6000, 0, 19},
    {"write-once 65536/2048/32, 3 streams", 65536, 2048, 32, 3, 3, 384, 6000, 0, 81},
};

constexpr Scenario kBad[] = {
    {"bad sectors, nor 512/256/1, 1 stream", 512, 256, 1, 9, 1, 256, 300, 29, 1},
    {"bad sectors, nor 512/256/1, 3 streams", 512, 256, 1, 6, 3, 384, 300, 0, 5},
    {"bad sectors, write-once 512/256/8, 1 stream", 512, 256, 8, 9, 1, 256, 300, 29, 1},
    {"bad sectors, write-once 4096/256/32, 1 stream", 4096, 256, 32, 8, 1, 640, 600, 0, 5},
};

constexpr Scenario kFiles[] = {
    {"file 512, 1 stream", 512, 512, 1, 5, 1, 192, 300, 11, 1},
    {"file 512, 3 streams", 512, 512, 1, 4, 3, 320, 300, 43, 1},
    {"file 4096, 1 stream", 4096, 4096, 1, 4, 1, 320, 600, 19, 1},
    {"file 4096, 3 streams", 4096, 4096, 1, 4, 3, 512, 600, 0, 5},
    {"file 512, 8 sectors", 512, 512, 1, 8, 1, 320, 300, 31, 1},
};

BenchShape shape_of(const Scenario& scenario) {
  return {scenario.sector, scenario.page, scenario.program, scenario.sectors, scenario.streams};
}

/// What a sweep is to do.
struct Extent {
  std::uint32_t seed;
  std::uint32_t stride;  // every n-th point is taken
  std::uint32_t again;   // after every n-th cut, second ones at all operations that follow
};

/// One scenario. The workload is a chain of segments that begin with a restart; a cut in a segment
/// begins at its start, not at the start of all.
template <class Bench>
class Sweep {
 public:
  Sweep(const Scenario& scenario, const Extent& extent)
      : scenario_(scenario),
        extent_(extent),
        streams_(configs(scenario)),
        scratch_(2 * std::size_t{scenario.longest}),
        bench_(shape_of(scenario), extent.seed),
        rig_(bench_.device(), streams_),
        random_(extent.seed),
        check_(shape_of(scenario).bytes() < 131072 ? Check::kAll : Check::kEnds) {
    rig_.set_record_room(scratch_);
    rig_.expect_bad_sectors(bench_.bad_sectors());
  }

  /// Stops at the first broken promise.
  void run() {
    const std::clock_t start = std::clock();
    for (; first_step_ < scenario_.steps && !failed_; first_step_ += kSegmentSteps) {
      run_segment();
    }
    EXPECT_TRUE(failed_ || bench_.went_around(total_))
        << scenario_.name << ": the workload does not go around the ring";
    EXPECT_EQ(failed_ || rig_.evictions_seen() != 0, failed_ || scenario_.on_full != kRefuse)
        << scenario_.name << ": evictions";
    const double spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("  %-46s seed %u: %5llu operations, %6llu cuts, %7llu second cuts, %5.1f s\n",
                scenario_.name,
                extent_.seed,
                static_cast<unsigned long long>(operations_),
                static_cast<unsigned long long>(cuts_),
                static_cast<unsigned long long>(second_cuts_),
                spent);
    std::fflush(stdout);
  }

  std::uint64_t points() const { return cuts_ + second_cuts_; }

 private:
  static constexpr std::uint32_t kSegmentSteps = 64;
  static constexpr std::uint32_t kRecoverySalt = 0xBEEF;

  static std::vector<store::StreamConfig> configs(const Scenario& scenario) {
    std::vector<store::StreamConfig> streams;
    const std::uint32_t size = scenario.sector * scenario.sectors;
    for (std::uint32_t i = 0; i < scenario.streams; ++i) {
      streams.push_back({{i * size, size}, scenario.on_full});
    }
    return streams;
  }

  /// Everything that a segment or a recovery begins with.
  struct State {
    typename Bench::Snapshot device;
    store_test::StreamModels models;
    store_test::Random random{1};
  };

  void save(State& to) {
    bench_.save(to.device);
    to.models = rig_.models();
    to.random = random_;
  }

  void restore(const State& from) {
    bench_.restore(from.device);
    rig_.set_models(from.models);
    random_ = from.random;
  }

  void judge(const std::string& where) {
    if (rig_.wrong() != nullptr || bench_.device().violations() != 0) {
      failed_ = true;
      ADD_FAILURE() << scenario_.name << ", seed " << extent_.seed << ", " << where << ": "
                    << (rig_.wrong() != nullptr ? rig_.wrong() : "a rule of the device was broken");
    }
  }

  /// The stream fills, then the consumer catches up, then many records wait for one sync; the next
  /// segment begins with what they have left in the cache.
  static const store_test::Mix& mix(std::uint32_t step) {
    if (step < 40) {
      return store_test::kSlowConsumer;
    }
    return step < 52 ? store_test::kBalanced : store_test::kGroupCommits;
  }

  void work(Check check) {
    rig_.mount(check);
    const std::uint32_t steps = std::min(kSegmentSteps, scenario_.steps - first_step_);
    for (std::uint32_t i = 0; i < steps && bench_.device().powered(); ++i) {
      rig_.step(random_, mix(i));
    }
  }

  void run_segment() {
    save(segment_);
    bench_.device().reset_counters();
    work(Check::kAll);
    judge("no cut");
    const std::uint64_t operations = bench_.operations();
    total_.erases += bench_.device().counters().erases;
    total_.programmed_bytes += bench_.device().counters().programmed_bytes;
    save(end_);
    for (std::uint64_t i = 0; i < operations * Bench::kKinds && !failed_; ++i) {
      if ((operations_ * Bench::kKinds + i) % extent_.stride == 0) {
        cut_once(1 + i / Bench::kKinds, static_cast<std::uint32_t>(i % Bench::kKinds));
      }
    }
    operations_ += operations;
    restore(end_);
  }

  static std::string name(std::uint64_t operation, std::uint32_t kind) {
    return std::to_string(operation) + " kind " + std::to_string(kind);
  }

  /// Cuts at the `in_segment`-th operation of this segment.
  void cut_once(std::uint64_t in_segment, std::uint32_t kind) {
    const std::uint64_t k = operations_ + in_segment;
    const std::string where = "cut " + name(k, kind);
    restore(segment_);
    bench_.cut_at(in_segment, kind, extent_.seed + static_cast<std::uint32_t>(k));
    work(Check::kEnds);
    bench_.device().power_on();
    bench_.save(cut_.device);
    bench_.device().reset_counters();
    rig_.mount(check_);
    ++cuts_;
    judge(where);
    if (failed_ || cuts_ % extent_.again != 0) {
      return;
    }
    cut_.models = rig_.models();
    rig_.recovery_script(kRecoverySalt);
    const std::uint64_t recovery = bench_.operations();
    rig_.mount(check_);
    judge(where + ", recovered");
    for (std::uint64_t j = 1; j <= recovery && !failed_; ++j) {
      for (std::uint32_t second = 0; second < Bench::kKinds && !failed_; ++second) {
        cut_again(j, second);
        judge(where + ", then " + name(j, second));
      }
    }
  }

  void cut_again(std::uint64_t j, std::uint32_t kind) {
    restore(cut_);
    bench_.cut_at(j, kind, extent_.seed + static_cast<std::uint32_t>(j) * 77U);
    if (rig_.mount_only()) {
      rig_.recovery_script(kRecoverySalt);
    }
    bench_.device().power_on();
    rig_.mount(check_);
    rig_.recovery_script(kRecoverySalt + 100);
    rig_.mount(check_);
    ++second_cuts_;
  }

  const Scenario& scenario_;
  Extent extent_;
  std::vector<store::StreamConfig> streams_;
  std::vector<std::byte> scratch_;
  Bench bench_;
  store_test::QueueRig rig_;
  store_test::Random random_;
  Check check_;    // after a cut; all is read at the start of each segment
  State segment_;  // at its start
  State end_;      // of the segment
  State cut_;      // after the first cut, with power
  sim::FlashCounters total_{};
  std::uint32_t first_step_ = 0;
  std::uint64_t operations_ = 0;  // before this segment
  std::uint64_t cuts_ = 0;
  std::uint64_t second_cuts_ = 0;
  bool failed_ = false;
};

std::string environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value != nullptr ? value : "";
}

bool full_run() {
  return environment("AIOT_FULL") == "1";
}

std::uint32_t seed() {
  const std::string text = environment("AIOT_SEED");
  return text.empty() ? 1 : static_cast<std::uint32_t>(std::stoul(text));
}

/// Whether the scenario is part of this run.
bool selected(const Scenario& scenario) {
  return (full_run() || scenario.quick != 0) &&
         std::string(scenario.name).find(environment("AIOT_SCENARIO")) != std::string::npos;
}

class StorePowerCut : public testing::Test {
 protected:
  static void TearDownTestSuite() {
    std::printf("  store: %llu power cuts, %s\n",
                static_cast<unsigned long long>(points),
                full_run() ? "at every operation" : "a part of them (all: AIOT_FULL=1)");
  }

  template <class Bench>
  static void sweep(std::span<const Scenario> scenarios) {
    const bool full = full_run();
    for (const Scenario& scenario : scenarios) {
      if (!selected(scenario)) {
        continue;
      }
      const auto sweep = std::make_unique<Sweep<Bench>>(
          scenario, full ? Extent{seed(), 1, scenario.again} : Extent{seed(), scenario.quick, 1});
      sweep->run();
      points += sweep->points();
    }
  }

 private:
  inline static std::uint64_t points = 0;
};

TEST_F(StorePowerCut, KeepsItsPromisesOnFlash) {
  sweep<FlashBench>(kFlash);
}

TEST_F(StorePowerCut, KeepsItsPromisesOnFlashWithBadSectors) {
  sweep<WornBench>(kBad);
}

TEST_F(StorePowerCut, KeepsItsPromisesOnFiles) {
  sweep<FileBench>(kFiles);
}

}  // namespace
}  // namespace aiot
