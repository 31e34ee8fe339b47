// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Times the store on files beside SQLite, and beside the bare disk: the same records in the same
// directory, in short rounds that take turns, so that a disturbance meets all alike.
//   store_file_bench [--dir DIR] [--percent N]   exit code 1 when a bound is missed
//   store_file_bench --smoke                     a few rounds and no bounds: does the bench work?

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/store/queue.hpp"
#include "bench/store/contestant.hpp"
#include "bench/store/payload.hpp"
#include "bench/store/report.hpp"
#include "ports/linux/store_dir.hpp"

namespace aiot::bench {
namespace {

constexpr std::uint64_t kBatch = 16;
constexpr Stream kStream = Stream::kRoutine;

/// The store under test.
class Store : public Contestant {
 public:
  bool open(const std::string& path) {
    constexpr std::uint32_t kSectors = 16;  // small, so that the ring goes round often
    const auto layout = linux_port::default_store_layout(kSectors);
    if (!directory_.open_or_create(path, layout).ok()) {
      std::fprintf(stderr, "%s\n", directory_.message().c_str());
      return false;
    }
    std::array<store::StreamConfig, kStreams> streams{};
    for (std::size_t i = 0; i < streams.size(); ++i) {
      streams[i].region = layout.map.queue[i];
    }
    return queue_.mount(directory_.flash(), streams).ok();
  }

  bool append(std::span<const Bytes> records) override {
    ++durable_calls_;
    if (records.size() == 1) {
      return queue_.push(kStream, records[0]).ok();
    }
    return std::all_of(records.begin(),
                       records.end(),
                       [this](Bytes one) { return queue_.append(kStream, one).ok(); }) &&
           queue_.sync().ok();
  }

  bool read(std::uint64_t count, Reader& reader) override {
    store::ReadCursor cursor;
    Payload buffer{};
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto entry = queue_.read(kStream, cursor, buffer);
      if (!entry.ok() || entry->kind != store::EntryKind::kRecord ||
          !reader.take(entry->first, entry->payload)) {
        return false;
      }
    }
    return true;
  }

  bool acknowledge(std::uint64_t last, const BatchHash& hash) override {
    ++durable_calls_;
    return queue_.acknowledge(kStream, last, hash).ok() && idle();
  }

  [[nodiscard]] const linux_port::FileCounters& counters() { return directory_.flash().counters(); }

  [[nodiscard]] std::uint64_t durable_calls() const { return durable_calls_; }

 private:
  bool idle() {
    Result<bool> worked = queue_.service(0);
    while (worked.ok() && *worked) {
      worked = queue_.service(0);
    }
    return worked.ok();
  }

  linux_port::StoreDir directory_;
  store::Queue queue_;
  std::uint64_t durable_calls_ = 0;
};

/// Expects the records of `payload_of` in order.
class Check : public Reader {
 public:
  Check(std::uint64_t next, std::uint64_t first_sequence, std::size_t size)
      : next_(next), first_sequence_(first_sequence), size_(size) {}

  bool take(std::uint64_t sequence, Bytes payload) override {
    const auto expected = payload_of(next_);
    const bool good = sequence == next_ + first_sequence_ && payload.size() == size_ &&
                      std::equal(payload.begin(), payload.end(), expected.begin());
    ++next_;
    return good;
  }

 private:
  std::uint64_t next_;
  std::uint64_t first_sequence_;
  std::size_t size_;
};

enum class Durable { kEachRecord, kEachBatch };

struct Workload {
  const char* name;
  Durable durable;
  std::size_t payload;
};

constexpr std::array kWorkloads = {
    Workload{"one at a time, records of 64 bytes", Durable::kEachRecord, 64},
    Workload{"one at a time, records of 256 bytes", Durable::kEachRecord, 256},
    Workload{"batches of 16, records of 64 bytes", Durable::kEachBatch, 64},
    Workload{"batches of 16, records of 256 bytes", Durable::kEachBatch, 256}};

/// One side of the comparison.
struct Runner {
  Contestant* contestant = nullptr;
  std::uint64_t first_sequence = 0;  // of the first record ever
  std::uint64_t done = 0;            // records that came and went

  /// Appends, reads and acknowledges a batch.
  bool batch(const Workload& work) {
    std::array<Payload, kBatch> payloads{};
    std::array<Bytes, kBatch> records{};
    for (std::uint64_t i = 0; i < kBatch; ++i) {
      payloads[i] = payload_of(done + i);
      records[i] = Bytes{payloads[i]}.first(work.payload);
    }
    const std::size_t step = work.durable == Durable::kEachRecord ? 1 : kBatch;
    for (std::size_t i = 0; i < kBatch; i += step) {
      if (!contestant->append(std::span<const Bytes>(records).subspan(i, step))) {
        return false;
      }
    }
    Check check(done, first_sequence, work.payload);
    done += kBatch;
    BatchHash hash{};
    store_le64(hash.data(), done);
    return contestant->read(kBatch, check) &&
           contestant->acknowledge(done - 1 + first_sequence, hash);
  }

  /// Records per second of `batches` batches; 0: it failed.
  double round(const Workload& work, int batches) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < batches; ++i) {
      if (!batch(work)) {
        return 0.0;
      }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    return batches * static_cast<double>(kBatch) / took.count();
  }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Plan {
  int rounds;
  int one_at_a_time;  // batches of a round
  int in_batches;
  int warm_up;  // rounds, to fill the ring and SQLite's log

  [[nodiscard]] int batches(const Workload& work) const {
    return work.durable == Durable::kEachRecord ? one_at_a_time : in_batches;
  }
};

// A round of a tenth of a second is so long that SQLite moves its log into the database in each,
// and the store goes round its ring.
constexpr Plan kWhole = {.rounds = 40, .one_at_a_time = 40, .in_batches = 200, .warm_up = 2};
constexpr Plan kSmoke = {.rounds = 2, .one_at_a_time = 2, .in_batches = 2, .warm_up = 1};

// On a slow disk fewer rounds are taken.
constexpr int kLeastRounds = 6;
constexpr std::chrono::seconds kLongest{15};

/// Times both; false when one of them failed.
bool compare(Report& report, const Workload& work, const std::string& folder, const Plan& plan) {
  Store store;
  if (!store.open(folder + "/store")) {
    return false;
  }
  const auto sqlite = sqlite_contestant(folder + "/queue.sqlite");
  const auto disk = bare_disk_contestant(folder + "/bare.bin");
  if (sqlite == nullptr || disk == nullptr) {
    return false;
  }
  Runner ours{&store, 0};
  Runner theirs{sqlite.get(), 1};
  Runner bare{disk.get(), 0};
  const int warm_up = plan.warm_up * plan.batches(work);
  bool good = ours.round(work, warm_up) > 0.0 && theirs.round(work, warm_up) > 0.0;

  const linux_port::FileCounters start = store.counters();
  const std::uint64_t calls = store.durable_calls();
  const std::uint64_t before = ours.done;
  std::vector<double> own;
  std::vector<double> other;
  std::vector<double> ratios;
  std::vector<double> most;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; good && i < plan.rounds; ++i) {
    const auto took = std::chrono::steady_clock::now() - begin;
    if (i >= kLeastRounds && i % 2 == 0 && took > kLongest) {
      break;
    }
    const bool swapped = i % 2 != 0;  // ABBA
    const double first = (swapped ? theirs : ours).round(work, plan.batches(work));
    const double second = (swapped ? ours : theirs).round(work, plan.batches(work));
    own.push_back(swapped ? second : first);
    other.push_back(swapped ? first : second);
    const double third = bare.round(work, plan.batches(work));
    good = first > 0.0 && second > 0.0 && third > 0.0;
    ratios.push_back(own.back() / other.back());
    most.push_back(third / other.back());
  }
  if (!good) {
    std::fprintf(stderr, "%s: a call failed, or a record was not what it had been\n", work.name);
    return false;
  }

  const linux_port::FileCounters& end = store.counters();
  const auto made = static_cast<double>(store.durable_calls() - calls);
  const double syncs = static_cast<double>(end.syncs - start.syncs) / made;
  const double payload =
      static_cast<double>(ours.done - before) * static_cast<double>(work.payload);
  report.title(work.name);
  report.show("rounds of each", static_cast<double>(ratios.size()));
  report.show("records per second, store", median(own));
  report.show("records per second, SQLite", median(other));
  report.show("store / SQLite, median of the rounds", median(ratios), {Side::kAtLeast, 1.5, 1.5});
  report.show("bare disk / SQLite: what is possible here", median(most));
  report.show("fdatasync per durable call, at most", syncs, {Side::kAtMost, 1, 1});
  report.show("fdatasync per durable call, at least", syncs, {Side::kAtLeast, 1, 1});
  report.show("bytes written / payload, acknowledgements too",
              static_cast<double>(end.written_bytes - start.written_bytes) / payload,
              {Side::kAtMost, 1.3, 1.3});
  report.show("writes per durable call", static_cast<double>(end.writes - start.writes) / made);
  return true;
}

/// A new folder in `parent` that goes away with this object.
class Folder {
 public:
  explicit Folder(const std::string& parent) : path_(parent + "/store_bench_XXXXXX") {
    std::error_code ignored;
    std::filesystem::create_directories(parent, ignored);
    good_ = ::mkdtemp(path_.data()) != nullptr;
  }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  ~Folder() {
    std::error_code ignored;
    if (good_) {
      std::filesystem::remove_all(path_, ignored);
    }
  }

  [[nodiscard]] bool good() const { return good_; }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool good_ = false;
};

int run(const std::string& parent, double percent, const Plan& plan) {
  Report report(percent);
  for (const Workload& work : kWorkloads) {
    const Folder folder(parent);
    if (!folder.good()) {
      std::fprintf(stderr, "can not make a folder in '%s'; choose another --dir\n", parent.c_str());
      return 1;
    }
    if (!compare(report, work, folder.path(), plan)) {
      return 1;
    }
  }
  return report.finish();
}

}  // namespace
}  // namespace aiot::bench

int main(int argc, char** argv) {
  std::string parent = AIOT_BENCH_FOLDER;
  double percent = 100.0;
  aiot::bench::Plan plan = aiot::bench::kWhole;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--smoke") {
      percent = 0.0;
      plan = aiot::bench::kSmoke;
    } else if (word == "--dir" && i + 1 < argc) {
      parent = argv[++i];
    } else if (word == "--percent" && i + 1 < argc) {
      percent = std::atof(argv[++i]);
    } else {
      std::fprintf(stderr, "usage: store_file_bench [--dir DIR] [--percent N] [--smoke]\n");
      return 2;
    }
  }
  return aiot::bench::run(parent, percent, plan);
}
