// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Kills a process that pushes, reads and acknowledges, at random moments. What it was told was
// accepted or acknowledged is so at the next mount: every record with its bytes, in order, none
// twice, no sequence used again.
//
// AIOT_KILLS sets how many kills (60; 600 in ./dev full e2e), AIOT_SEED which moments.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/store/queue.hpp"
#include "ports/linux/store_dir.hpp"
#include "ports/sim/random.hpp"
#include "tests/e2e/kill.hpp"
#include "tests/support/test.hpp"

namespace {

namespace fs = std::filesystem;
using namespace aiot;

constexpr std::uint32_t kSectors = 6;  // few, so that the rings go round
constexpr std::uint64_t kBacklog = 60;
constexpr std::uint32_t kMaxGroup = 12;  // records of a group commit
constexpr std::size_t kMaxRecord = 200;
constexpr std::array kUsed = {Stream::kUrgent, Stream::kRoutine};

/// What the child says; in one write, so that a kill never leaves half of it.
struct Report {
  enum class What : std::uint32_t { kAccepted, kWillAcknowledge, kAcknowledged };

  What what;
  std::uint32_t stream;
  std::uint64_t sequence;
};

/// The record with this sequence when run `run` pushed it.
std::vector<std::byte> record_of(Stream stream, std::uint64_t sequence, std::uint64_t run) {
  sim::Random random(sequence * 3 + static_cast<std::uint64_t>(stream) + (run << 40U));
  std::vector<std::byte> bytes(16U + random.below(kMaxRecord - 16U));
  for (std::byte& byte : bytes) {
    byte = static_cast<std::byte>(random.below(256));
  }
  store_le64(bytes.data(), sequence);
  store_le64(bytes.data() + 8, run);
  return bytes;
}

BatchHash hash_of(std::uint64_t last) {
  BatchHash hash{};
  store_le64(hash.data(), ~last);
  return hash;
}

/// The store in a directory, for a child or for the test.
struct Store {
  linux_port::StoreDir directory;
  store::Queue queue;

  bool open(const fs::path& folder) {
    const auto layout = linux_port::default_store_layout(kSectors);
    if (!directory.open_or_create(folder / "store", layout).ok()) {
      return false;
    }
    std::array<store::StreamConfig, kStreams> streams{};
    for (const Stream stream : kUsed) {
      const auto i = static_cast<std::size_t>(stream);
      streams[i].region = layout.map.queue[i];
      streams[i].on_full =
          stream == Stream::kUrgent ? store::OnFull::kRefuseNewest : store::OnFull::kDropOldest;
    }
    return queue.mount(directory.flash(), streams).ok();
  }
};

/// What the child does until it is killed.
class Child {
 public:
  Child(const fs::path& folder, std::uint64_t run, int out) : run_(run), out_(out), random_(run) {
    good_ = store_.open(folder);
  }

  void work() {
    while (good_) {
      const Stream stream = kUsed[random_.below(kUsed.size())];
      const std::uint32_t records = 1 + random_.below(kMaxGroup);
      if (waiting(stream) + records > kBacklog) {
        acknowledge(stream);
      } else if (random_.below(2) == 0) {
        push_each(stream, records);
      } else {
        push_group(stream, records);
      }
      if (random_.below(3) == 0) {
        good_ = good_ && store_.queue.service(0).ok();
      }
    }
  }

 private:
  std::uint64_t waiting(Stream stream) const {
    return store_.queue.next_sequence(stream) - store_.queue.first_unacknowledged(stream);
  }

  void say(Report::What what, Stream stream, std::uint64_t sequence) {
    const Report report{what, static_cast<std::uint32_t>(stream), sequence};
    good_ = good_ && write(out_, &report, sizeof report) == sizeof report;
  }

  void push_each(Stream stream, std::uint32_t records) {
    for (std::uint32_t i = 0; good_ && i < records; ++i) {
      const std::uint64_t sequence = store_.queue.next_sequence(stream);
      good_ = store_.queue.push(stream, record_of(stream, sequence, run_)).ok();
      if (good_) {
        say(Report::What::kAccepted, stream, sequence);
      }
    }
  }

  void push_group(Stream stream, std::uint32_t records) {
    std::uint64_t sequence = 0;
    for (std::uint32_t i = 0; good_ && i < records; ++i) {
      sequence = store_.queue.next_sequence(stream);
      good_ = store_.queue.append(stream, record_of(stream, sequence, run_)).ok();
    }
    good_ = good_ && store_.queue.sync().ok();
    if (good_) {
      say(Report::What::kAccepted, stream, sequence);
    }
  }

  void acknowledge(Stream stream) {
    const std::uint64_t last =
        store_.queue.first_unacknowledged(stream) + random_.below(kBacklog / 2);
    say(Report::What::kWillAcknowledge, stream, last);
    good_ = good_ && store_.queue.acknowledge(stream, last, hash_of(last)).ok();
    if (good_) {
      say(Report::What::kAcknowledged, stream, last);
    }
  }

  Store store_;
  std::uint64_t run_;
  int out_;
  sim::Random random_;
  bool good_ = false;
};

/// What is known of a stream.
struct Known {
  std::uint64_t accepted = 0;      // sequences below this must be there
  std::uint64_t acknowledged = 0;  // sequences below this must not come again
  std::uint64_t may_be_acknowledged = 0;
  std::map<std::uint64_t, std::uint64_t> run_of;  // of the records that were read
};

using Streams = std::array<Known, kStreams>;

void take(const Report& report, Streams& streams) {
  ASSERT_LT(report.stream, streams.size());
  Known& known = streams[report.stream];
  const std::uint64_t end = report.sequence + 1;
  switch (report.what) {
    case Report::What::kAccepted:
      known.accepted = std::max(known.accepted, end);
      break;
    case Report::What::kWillAcknowledge:
      known.may_be_acknowledged = std::max(known.may_be_acknowledged, end);
      break;
    case Report::What::kAcknowledged:
      known.acknowledged = std::max(known.acknowledged, end);
      break;
  }
}

/// Runs a child, kills it after `reports` reports and `pause`; false when it had ended by itself.
bool run_and_kill(const fs::path& folder,
                  std::uint64_t run,
                  std::uint64_t reports,
                  std::chrono::microseconds pause,
                  Streams& streams) {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return false;
  }
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    Child(folder, run, ends[1]).work();
    _exit(1);
  }
  close(ends[1]);
  Report report{};
  std::uint64_t read_so_far = 0;
  while (read_so_far < reports && read(ends[0], &report, sizeof report) == sizeof report) {
    take(report, streams);
    ++read_so_far;
  }
  std::this_thread::sleep_for(pause);
  kill(child, SIGKILL);
  while (read(ends[0], &report, sizeof report) == sizeof report) {
    take(report, streams);
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

/// Mounts the store and holds it to what is known; afterwards all that it holds is known.
void expect_promises(const fs::path& folder, std::uint64_t run, Stream stream, Known& known) {
  Store store;
  ASSERT_TRUE(store.open(folder)) << store.directory.message();
  const std::uint64_t next = store.queue.next_sequence(stream);
  const std::uint64_t first = store.queue.first_unacknowledged(stream);
  EXPECT_GE(next, known.accepted) << "accepted and lost";
  EXPECT_LE(next, known.accepted + kMaxGroup) << "records that nobody pushed";
  EXPECT_GE(first, known.acknowledged) << "an acknowledgement is lost";
  EXPECT_LE(first, std::max(known.acknowledged, known.may_be_acknowledged));
  if (first > 0) {
    EXPECT_EQ(store.queue.acknowledged_hash(stream), hash_of(first - 1));
  }
  store::ReadCursor cursor;
  std::array<std::byte, kMaxRecord> buffer{};
  for (std::uint64_t sequence = first; sequence < next; ++sequence) {
    const auto entry = store.queue.read(stream, cursor, buffer);
    ASSERT_TRUE(entry.ok()) << sequence;
    ASSERT_EQ(entry->kind, store::EntryKind::kRecord) << "a gap at " << sequence;
    ASSERT_EQ(entry->first, sequence);
    ASSERT_GE(entry->payload.size(), 16U);
    const std::uint64_t of_run = load_le64(entry->payload.data() + 8);
    const auto expected = record_of(stream, sequence, of_run);
    EXPECT_TRUE(
        std::equal(entry->payload.begin(), entry->payload.end(), expected.begin(), expected.end()));
    // One that is new is of the run that was killed; one that was seen is the same still.
    const auto [seen, added] = known.run_of.try_emplace(sequence, of_run);
    EXPECT_EQ(of_run, added ? run : seen->second) << "another record at " << sequence;
  }
  EXPECT_EQ(store.queue.read(stream, cursor, buffer).error(), Error::kEmpty);
  known.accepted = next;
  known.acknowledged = known.may_be_acknowledged = first;
}

TEST(Store, KeepsItsPromisesWhenItsProcessIsKilledAtRandomMoments) {
  const std::uint64_t kills =
      test::setting("AIOT_KILLS", std::getenv("AIOT_FULL") == nullptr ? 60 : 600);
  const std::uint64_t seed = test::setting("AIOT_SEED", 1);
  sim::Random random(seed);
  const fs::path folder = test::fast_folder() / ("aiot_store_kill_" + std::to_string(getpid()));
  fs::create_directories(folder);
  Streams streams;
  for (std::uint64_t run = 0; run < kills && !testing::Test::HasFailure(); ++run) {
    SCOPED_TRACE("AIOT_SEED=" + std::to_string(seed) + " run " + std::to_string(run));
    // Some before the first record, most in the middle.
    const std::uint64_t reports = run % 8 == 0 ? random.below(3) : random.below(300);
    const std::chrono::microseconds pause(random.below(2000));
    EXPECT_TRUE(run_and_kill(folder, run, reports, pause, streams)) << "the child gave up";
    for (const Stream stream : kUsed) {
      expect_promises(folder, run, stream, streams[static_cast<std::size_t>(stream)]);
    }
  }
  for (const Stream stream : kUsed) {
    const Known& known = streams[static_cast<std::size_t>(stream)];
    std::printf("stream %u: %llu records, %llu acknowledged\n",
                static_cast<unsigned>(stream),
                static_cast<unsigned long long>(known.accepted),
                static_cast<unsigned long long>(known.acknowledged));
    EXPECT_GT(known.acknowledged, 0U);
  }
  fs::remove_all(folder);
}

}  // namespace
