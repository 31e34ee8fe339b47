// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Kills the command at random moments and holds it to the restart rule: the next run goes on behind
// the last durable record; no window has two records; nothing accepted is lost; a kill makes each
// stream deliver again at most the one batch that was in flight.
//
// Moments are counted in lines that the command has printed, and a small pipe holds it back while
// nobody reads them: so a kill is in the middle of a run on a slow or busy computer, too.
//
// AIOT_KILLS sets how many kills (24; 200 in ./dev full e2e), AIOT_SEED which moments.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/files.hpp"
#include "ports/sim/random.hpp"
#include "tests/e2e/kill.hpp"
#include "tests/support/test.hpp"

namespace {

namespace fs = std::filesystem;
using namespace aiot;

using Identity = std::pair<unsigned, std::uint64_t>;  // stream, sequence

constexpr std::uint64_t kMaxBatch = 64;   // records: UplinkConfig::max_records
constexpr std::uint64_t kHeldLines = 16;  // more than the pipe holds, each has more than 256 bytes

// The command in a process of its own; what it prints is read here.
class Command {
 public:
  explicit Command(const fs::path& folder) {
    const std::string store = (folder / "store").string();
    const std::string sink = (folder / "delivered.cbor").string();
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
      ADD_FAILURE() << "no pipe";
      return;
    }
    (void)fcntl(ends[1], F_SETPIPE_SZ, 4096);
    child_ = fork();
    if (child_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl(AIOT_COMMAND,
            "aiot",
            "run",
            "--simulate",
            "--seconds",
            "120",
            "--store",
            store.c_str(),
            "--sink",
            sink.c_str(),
            "--json",
            static_cast<char*>(nullptr));
      _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
  }

  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  ~Command() { close(output_); }

  // Reads until `lines` have been printed, or the end.
  void read_lines(std::uint64_t lines) {
    while (printed_ < lines && read_some()) {
    }
  }

  // Kills it; true when that was in the middle of the run. What it had printed is still read.
  bool end_by_kill() {
    kill(child_, SIGKILL);
    return exit_code() == -1;
  }

  // Reads to the end; the exit code, or -1 when a signal ended it.
  int exit_code() {
    while (read_some()) {
    }
    int status = 0;
    waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  const std::string& text() const { return text_; }

 private:
  bool read_some() {
    char piece[512];
    const ssize_t got = read(output_, piece, sizeof piece);
    if (got <= 0) {
      return false;
    }
    text_.append(piece, static_cast<std::size_t>(got));
    printed_ += static_cast<std::uint64_t>(std::count(piece, piece + got, '\n'));
    return true;
  }

  pid_t child_ = -1;
  int output_ = -1;
  std::string text_;
  std::uint64_t printed_ = 0;
};

unsigned stream_number(const std::string& name) {
  return name == "urgent" ? 0U : name == "routine" ? 1U : 2U;
}

using Accepted = std::map<Identity, std::uint64_t>;  // the sample of each

// Decisions that the command said it had accepted: whole lines only, a killed process may have left
// half of one.
void add_accepted(const std::string& output, Accepted& accepted) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_discarded() && json["kind"] == "decision") {
      accepted[{stream_number(json["stream"].get<std::string>()),
                json["sequence"].get<std::uint64_t>()}] = json["sample"].get<std::uint64_t>();
    }
  }
}

// Steps back in one stream of what was delivered: each is a batch that came again.
struct Repetitions {
  std::uint64_t next = 0;     // one above the highest sequence so far
  std::uint64_t last = 0;     // of the record before
  std::uint64_t steps = 0;    // back
  std::uint64_t length = 0;   // records of the present repetition
  std::uint64_t longest = 0;  // records

  void take(std::uint64_t sequence) {
    if (next > 0 && sequence <= last) {
      ++steps;
      length = 0;
    }
    last = sequence;
    length = sequence < next ? length + 1 : 0;
    longest = std::max(longest, length);
    next = std::max(next, sequence + 1);
  }
};

struct Delivered {
  std::map<Identity, std::vector<std::byte>> records;
  std::map<Identity, std::uint64_t> samples;    // of the decisions
  std::map<unsigned, Repetitions> repetitions;  // of each stream
  std::uint64_t contradictions = 0;             // the same identity with other bytes
};

Delivered delivered_in(const fs::path& sink) {
  const auto file = toolkit::read_file(sink);
  if (!file.ok()) {
    ADD_FAILURE() << file.problem().text;
    return {};
  }
  Delivered delivered;
  record::Decoder in(*file);
  while (!in.at_end()) {
    const auto bytes = in.skip();
    if (!bytes.ok()) {
      ADD_FAILURE() << "the sink's file is damaged";
      break;
    }
    const auto header = record::decode_header(*bytes);
    if (!header.ok()) {
      ADD_FAILURE() << "the sink holds something else than a record";
      break;
    }
    const Identity identity{static_cast<unsigned>(header->stream), header->sequence};
    std::vector<std::byte> copy(bytes->begin(), bytes->end());
    const auto [known, added] = delivered.records.try_emplace(identity, copy);
    delivered.repetitions[identity.first].take(identity.second);
    delivered.contradictions += added || known->second == copy ? 0U : 1U;
    if (const auto decision = record::decode_decision(*bytes); decision.ok()) {
      delivered.samples[identity] = decision->sample;
    }
  }
  return delivered;
}

// How many batches came again.
std::uint64_t expect_restart_rule(const fs::path& folder,
                                  const Accepted& accepted,
                                  std::uint64_t kills) {
  const Delivered delivered = delivered_in(folder / "delivered.cbor");
  EXPECT_GT(accepted.size(), 0U);
  EXPECT_EQ(delivered.contradictions, 0U);
  std::uint64_t again = 0;
  for (const auto& [stream, repetitions] : delivered.repetitions) {
    again += repetitions.steps;
    EXPECT_LE(repetitions.steps, kills) << "stream " << stream;
    EXPECT_LE(repetitions.longest, kMaxBatch) << "stream " << stream;
  }
  for (const auto& [identity, sample] : accepted) {
    const auto found = delivered.samples.find(identity);
    const bool there = found != delivered.samples.end();
    EXPECT_TRUE(there) << "accepted and lost: stream " << identity.first << " sequence "
                       << identity.second;
    EXPECT_TRUE(!there || found->second == sample) << "another window: sample " << sample;
  }
  std::set<std::uint64_t> windows;
  for (const auto& [identity, sample] : delivered.samples) {
    EXPECT_TRUE(windows.insert(sample).second) << "two records of the window at " << sample;
  }
  std::map<unsigned, std::uint64_t> next;
  for (const auto& [identity, bytes] : delivered.records) {
    EXPECT_EQ(identity.second, next[identity.first]++) << "a hole in stream " << identity.first;
  }
  return again;
}

// A whole run: how many lines it prints, and how long one takes.
struct Whole {
  std::uint64_t lines = 0;
  std::chrono::duration<double> line{};
};

Whole whole_run(const fs::path& folder) {
  const auto begin = std::chrono::steady_clock::now();
  Command command(folder);
  EXPECT_EQ(command.exit_code(), 0);
  Whole whole;
  whole.lines =
      static_cast<std::uint64_t>(std::count(command.text().begin(), command.text().end(), '\n'));
  whole.line = (std::chrono::steady_clock::now() - begin) / static_cast<double>(whole.lines + 1);
  return whole;
}

TEST(Kill, AtRandomMomentsKeepsTheRestartRule) {
  const std::uint64_t kills =
      test::setting("AIOT_KILLS", std::getenv("AIOT_FULL") == nullptr ? 24 : 200);
  const std::uint64_t seed = test::setting("AIOT_SEED", 1);
  sim::Random random(seed);
  const fs::path root = test::fast_folder() / ("aiot_kill_" + std::to_string(getpid()));
  fs::create_directories(root / "whole");
  const Whole whole = whole_run(root / "whole");
  ASSERT_GT(whole.lines, 4 * kHeldLines);

  std::uint64_t done = 0;
  std::uint64_t hit = 0;
  std::uint64_t again = 0;
  for (int round = 0; done < kills; ++round) {
    SCOPED_TRACE("AIOT_SEED=" + std::to_string(seed) + " round " + std::to_string(round));
    const fs::path folder = root / std::to_string(round);
    fs::create_directories(folder);
    Accepted accepted;
    std::uint64_t kills_here = 0;
    const std::uint64_t wanted = 1U + random.below(5);
    while (kills_here < wanted && accepted.size() + 2 * kHeldLines < whole.lines) {
      Command command(folder);
      const auto left = static_cast<std::uint32_t>(whole.lines - accepted.size() - kHeldLines);
      command.read_lines(random.below(left / 2));
      // Between two lines, too.
      std::this_thread::sleep_for(whole.line * 2.0 * static_cast<double>(random.uniform()));
      hit += command.end_by_kill() ? 1U : 0U;
      add_accepted(command.text(), accepted);
      ++kills_here;
    }
    done += kills_here;
    Command last(folder);
    ASSERT_EQ(last.exit_code(), 0);
    add_accepted(last.text(), accepted);
    again += expect_restart_rule(folder, accepted, kills_here);
    fs::remove_all(folder);
  }
  std::printf("kills: %llu, of them in the middle of a run: %llu, batches again: %llu, seed %llu\n",
              static_cast<unsigned long long>(done),
              static_cast<unsigned long long>(hit),
              static_cast<unsigned long long>(again),
              static_cast<unsigned long long>(seed));
  EXPECT_EQ(hit, done);
  fs::remove_all(root);
}

}  // namespace
