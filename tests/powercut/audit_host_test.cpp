// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Cuts the power at every operation on the device while an audit log fills and wraps, in every way
// the device can be left behind, and again at every operation of what follows. After each: what was
// appended is there, and the verifier, which knows the boot record's seal number, has nothing to
// say. AIOT_FULL=1 takes every operation; without it a part. AIOT_SEED chooses another workload.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "aiot/update/audit_log.hpp"
#include "tests/powercut/benches.hpp"
#include "tests/support/test.hpp"
#include "tests/update/audit_rig.hpp"

namespace aiot::update {
namespace {

using namespace powercut_test;
using update_test::sample_entry;
using update_test::TestKeys;

struct Scenario {
  const char* name;
  std::uint32_t sector;
  std::uint32_t program;  // 8 and more: write-once with ECC
  std::uint32_t sectors;
  std::uint32_t steps;
  std::uint32_t quick;  // a quick run takes every n-th point, prime to the kinds of cuts
};

constexpr Scenario kFlash[] = {
    {"nor 512/1, 5 sectors", 512, 1, 5, 120, 11},
    {"nor 1024/4, 3 sectors", 1024, 4, 3, 150, 13},
    {"nor 4096/1, 4 sectors", 4096, 1, 4, 500, 37},
    {"write-once 512/8, 6 sectors", 512, 8, 6, 140, 31},
    {"write-once 1024/32, 4 sectors", 1024, 32, 4, 140, 31},
};

/// The second sector fails, later or at once.
constexpr Scenario kBad[] = {
    {"bad sector, nor 512/1, 7 sectors", 512, 1, 7, 140, 23},
    {"bad sector, write-once 512/8, 7 sectors", 512, 8, 7, 140, 37},
    {"bad sector, nor 1024/4, 5 sectors", 1024, 4, 5, 200, 23},
};

constexpr Scenario kFiles[] = {
    {"file 512, 6 sectors", 512, 1, 6, 140, 53},
    {"file 4096, 4 sectors", 4096, 1, 4, 400, 211},
};

BenchShape shape_of(const Scenario& scenario) {
  return {.sector = scenario.sector,
          .page = 256,
          .program = scenario.program,
          .sectors = scenario.sectors};
}

/// What the world outside of the log knows of it.
struct Model {
  std::uint32_t appended = 0;  // entries whose append returned
  std::uint32_t seal = 0;      // in the boot record
};

template <class Bench>
class Sweep {
 public:
  Sweep(const Scenario& scenario, std::uint32_t seed, bool full)
      : scenario_(scenario),
        seed_(seed),
        stride_(full ? 1 : scenario.quick),
        bench_(shape_of(scenario), seed),
        region_{0, scenario.sector * scenario.sectors} {}

  void run() {
    // The same steps always: a cut at operation k leaves off everything behind it.
    bench_.device().reset_counters();
    const auto begin = save();
    work(0);
    check("no cut");
    EXPECT_TRUE(bench_.went_around(bench_.device().counters()))
        << scenario_.name << ": the log does not wrap";
    const std::uint64_t operations = bench_.operations();
    // A walk with a copy of the device every kSegment steps, so that a cut need not begin at zero.
    bench_.restore(begin);
    model_ = {};
    for (std::uint32_t step = 0; step < scenario_.steps && !failed_; step += kSegment) {
      segment(step);
    }
    std::printf("  %-40s %5llu operations, %6llu cuts, %7llu second cuts\n",
                scenario_.name,
                static_cast<unsigned long long>(operations),
                static_cast<unsigned long long>(cuts_),
                static_cast<unsigned long long>(second_cuts_));
    std::fflush(stdout);
  }

  std::uint64_t points() const { return cuts_ + second_cuts_; }

 private:
  static constexpr std::uint32_t kSegment = 20;

  std::uint32_t random(std::uint32_t step) const {
    std::uint32_t x = (seed_ * 2654435761U) ^ (step * 2246822519U);
    x ^= x >> 15U;
    x *= 3266489917U;
    return x ^ x >> 16U;
  }

  typename Bench::Snapshot save() const {
    typename Bench::Snapshot device;
    bench_.save(device);
    return device;
  }

  bool mount() { return log_.mount(bench_.device(), region_, keys_, model_.seal).ok(); }

  void step(std::uint32_t choice) {
    if (choice % 16 < 10) {
      const std::uint32_t next = log_.next_sequence();
      if (log_.append(sample_entry(next)).ok()) {
        model_.appended = next + 1;
      }
    } else if (choice % 16 < 14) {
      const auto sealed = log_.seal();
      // The boot record is not always written before the next cut.
      if (sealed.ok() && choice % 32 < 24) {
        model_.seal = *sealed;
      }
    } else {
      (void)mount();
    }
  }

  void steps(std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t i = from; i < to && bench_.device().powered(); ++i) {
      step(random(i));
    }
  }

  void work(std::uint32_t from) {
    (void)mount();
    steps(from, scenario_.steps);
  }

  void wrong(const std::string& where, const std::string& what) {
    failed_ = true;
    ADD_FAILURE() << scenario_.name << ", seed " << seed_ << ", " << where << ": " << what;
  }

  /// Mounts, reads all, verifies. Afterwards the log is mounted.
  void check(const std::string& where) {
    if (failed_) {
      return;
    }
    if (!mount()) {
      wrong(where, "can not be mounted");
      return;
    }
    const std::uint32_t next = log_.next_sequence();
    if (next < model_.appended || next > model_.appended + 1) {
      wrong(where,
            "goes on at " + std::to_string(next) + ", " + std::to_string(model_.appended) +
                " were appended");
      return;
    }
    model_.appended = next;
    const AuditReport report = verify_audit(log_.log(), hal::KeyStoreRef(keys_), model_.seal);
    if (report.fault != AuditFault::kNone) {
      wrong(where,
            std::string("false alarm: ") + to_string(report.fault) + " at " +
                std::to_string(report.at));
      return;
    }
    store::FrameCursor cursor;
    std::vector<std::byte> buffer(kAuditSealBytes);
    std::uint32_t expected = report.complete_from;
    while (log_.log().advance(cursor, buffer).ok()) {
      const auto entry = decode_entry(Bytes(buffer).first(cursor.length));
      if (!entry.ok() || entry->sequence < report.complete_from) {
        continue;
      }
      if (entry->sequence != expected++ ||
          !update_test::equal(*entry, sample_entry(entry->sequence))) {
        wrong(where, "entry " + std::to_string(expected - 1) + " is another one");
        return;
      }
    }
    if (expected != next) {
      wrong(where, "entry " + std::to_string(expected) + " is lost");
    } else if (bench_.device().violations() != 0) {
      wrong(where, "a rule of the device was broken");
    }
  }

  void segment(std::uint32_t first) {
    const std::uint32_t last = std::min(first + kSegment, scenario_.steps);
    bench_.device().reset_counters();
    const auto start = save();
    const Model model = model_;
    (void)mount();
    steps(first, last);
    const std::uint64_t operations = bench_.operations();
    const auto end = save();
    const Model end_model = model_;
    for (std::uint64_t i = 0; i < operations * Bench::kKinds && !failed_; ++i) {
      if (point_++ % stride_ != 0) {
        continue;
      }
      bench_.restore(start);
      model_ = model;
      cut(first, last, 1 + i / Bench::kKinds, static_cast<std::uint32_t>(i % Bench::kKinds));
    }
    bench_.restore(end);
    model_ = end_model;
  }

  /// What a device does when it is back.
  void recover(std::uint32_t salt) {
    for (std::uint32_t i = 0; i < 6 && bench_.device().powered(); ++i) {
      step(random(salt + i) % 14);
    }
    step(10);
  }

  void cut(std::uint32_t first, std::uint32_t last, std::uint64_t operation, std::uint32_t kind) {
    const std::string where = "step " + std::to_string(first) + ", cut " +
                              std::to_string(operation) + " kind " + std::to_string(kind);
    const std::uint32_t salt = first + static_cast<std::uint32_t>(operation) * 100;
    bench_.cut_at(operation, kind, seed_ + salt);
    (void)mount();
    steps(first, last);
    bench_.device().power_on();
    ++cuts_;
    const auto after = save();
    const Model before = model_;
    check(where);
    const Model model = model_;
    bench_.device().reset_counters();
    recover(salt);
    const std::uint64_t operations = bench_.operations();
    check(where + ", recovered");
    for (std::uint64_t j = 0; j < operations * Bench::kKinds && !failed_; ++j) {
      bench_.restore(after);
      model_ = before;
      check(where);
      EXPECT_EQ(model_.appended, model.appended);
      bench_.cut_at(1 + j / Bench::kKinds,
                    static_cast<std::uint32_t>(j % Bench::kKinds),
                    seed_ + static_cast<std::uint32_t>(j) * 77U);
      recover(salt);
      bench_.device().power_on();
      ++second_cuts_;
      const std::string again = where + ", then " + std::to_string(j);
      check(again);
      recover(salt + 50);
      check(again + ", recovered");
    }
  }

  const Scenario& scenario_;
  std::uint32_t seed_;
  std::uint32_t stride_;
  Bench bench_;
  hal::FlashRegion region_;
  TestKeys keys_;
  AuditLog log_;
  Model model_;
  std::uint64_t point_ = 0;
  std::uint64_t cuts_ = 0;
  std::uint64_t second_cuts_ = 0;
  bool failed_ = false;
};

std::string environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value != nullptr ? value : "";
}

template <class Bench>
std::uint64_t sweep(const Scenario& scenario) {
  const std::string seed = environment("AIOT_SEED");
  const auto sweep = std::make_unique<Sweep<Bench>>(
      scenario,
      seed.empty() ? 1 : static_cast<std::uint32_t>(std::stoul(seed)),
      environment("AIOT_FULL") == "1");
  sweep->run();
  return sweep->points();
}

template <class Bench>
std::uint64_t sweep_all(std::span<const Scenario> scenarios) {
  std::uint64_t points = 0;
  for (const Scenario& scenario : scenarios) {
    if (std::string(scenario.name).find(environment("AIOT_SCENARIO")) != std::string::npos) {
      points += sweep<Bench>(scenario);
    }
  }
  return points;
}

TEST(AuditPowerCut, LosesNothingAndNeverLooksLikeTampering) {
  const std::uint64_t points =
      sweep_all<FlashBench>(kFlash) + sweep_all<WornBench>(kBad) + sweep_all<FileBench>(kFiles);
  std::printf(
      "  audit log: %llu power cuts, %s\n",
      static_cast<unsigned long long>(points),
      environment("AIOT_FULL") == "1" ? "at every operation" : "a part of them (all: AIOT_FULL=1)");
}

}  // namespace
}  // namespace aiot::update
