// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Kills the command at random moments and holds it to the restart rule: the next run goes on behind
// the last durable record; no window has two records; nothing accepted is lost; what was delivered
// twice is at most the batch that was in flight.
//
// AIOT_KILLS sets how many kills (24; 200 in ./dev full e2e), AIOT_SEED which moments.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/files.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace {

namespace fs = std::filesystem;
using namespace aiot;

using Identity = std::pair<unsigned, std::uint64_t>;  // stream, sequence

constexpr std::uint64_t kMaxBatch = 64;  // records: UplinkConfig::max_records

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

// A killed process leaves the page cache whole, so memory does as well as a disk here, and the many
// fdatasync cost nothing. What a power cut does is the business of tests/powercut.
fs::path fast_folder() {
  const fs::path memory = "/dev/shm";
  return access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
}

// The command in a process of its own; its standard output goes to a file.
class Command {
 public:
  Command(const fs::path& folder, const fs::path& output) {
    const std::string store = (folder / "store").string();
    const std::string sink = (folder / "delivered.cbor").string();
    child_ = fork();
    if (child_ == 0) {
      const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      dup2(out, STDOUT_FILENO);
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
  }

  void kill_now() { kill(child_, SIGKILL); }

  // The exit code, or -1 when a signal ended it.
  int wait() {
    int status = 0;
    waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t child_ = -1;
};

// Decisions that the command said it had accepted: whole lines only, a killed process may have left
// half of one.
std::map<Identity, std::uint64_t> accepted_in(const fs::path& output) {
  std::map<Identity, std::uint64_t> accepted;
  std::ifstream file(output);
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_discarded() && json.contains("sequence")) {
      accepted[{json["stream"].get<unsigned>(), json["sequence"].get<std::uint64_t>()}] =
          json["sample"].get<std::uint64_t>();
    }
  }
  return accepted;
}

struct Delivered {
  std::map<Identity, std::vector<std::byte>> records;
  std::map<Identity, std::uint64_t> samples;  // of the decisions
  std::uint64_t repeated = 0;
  std::uint64_t contradictions = 0;  // the same identity with other bytes
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
    delivered.repeated += added ? 0U : 1U;
    delivered.contradictions += known->second == copy ? 0U : 1U;
    if (const auto decision = record::decode_decision(*bytes); decision.ok()) {
      delivered.samples[identity] = decision->sample;
    }
  }
  return delivered;
}

void expect_restart_rule(const fs::path& folder, const fs::path& output, std::uint64_t kills) {
  const auto accepted = accepted_in(output);
  const Delivered delivered = delivered_in(folder / "delivered.cbor");
  EXPECT_GT(accepted.size(), 0U);
  EXPECT_EQ(delivered.contradictions, 0U);
  EXPECT_LE(delivered.repeated, kills * kMaxBatch * kStreams);
  for (const auto& [identity, sample] : accepted) {
    const auto found = delivered.samples.find(identity);
    ASSERT_TRUE(found != delivered.samples.end())
        << "accepted and lost: stream " << identity.first << " sequence " << identity.second;
    EXPECT_EQ(found->second, sample);
  }
  std::set<std::uint64_t> windows;
  for (const auto& [identity, sample] : delivered.samples) {
    EXPECT_TRUE(windows.insert(sample).second) << "two records of the window at " << sample;
  }
  std::map<unsigned, std::uint64_t> next;
  for (const auto& [identity, bytes] : delivered.records) {
    EXPECT_EQ(identity.second, next[identity.first]++) << "a hole in stream " << identity.first;
  }
}

TEST(Kill, AtRandomMomentsKeepsTheRestartRule) {
  const std::uint64_t kills = setting("AIOT_KILLS", std::getenv("AIOT_FULL") == nullptr ? 24 : 200);
  const std::uint64_t seed = setting("AIOT_SEED", 1);
  sim::Random random(seed);
  const fs::path root = fast_folder() / ("aiot_kill_" + std::to_string(getpid()));
  fs::create_directories(root / "whole");

  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(Command(root / "whole", root / "whole.json").wait(), 0);
  const std::chrono::duration<double> whole = std::chrono::steady_clock::now() - begin;

  std::uint64_t done = 0;
  std::uint64_t hit = 0;
  for (int round = 0; done < kills; ++round) {
    SCOPED_TRACE("AIOT_SEED=" + std::to_string(seed) + " round " + std::to_string(round));
    const fs::path folder = root / std::to_string(round);
    fs::create_directories(folder);
    const fs::path output = folder / "output.json";
    const std::uint64_t kills_here = 1U + random.below(5);
    for (std::uint64_t i = 0; i < kills_here; ++i, ++done) {
      Command command(folder, output);
      std::this_thread::sleep_for(whole * 0.6 * static_cast<double>(random.uniform()));
      command.kill_now();
      hit += command.wait() == -1 ? 1U : 0U;
      // A line that the kill cut must not swallow the next run's first one.
      std::ofstream(output, std::ios::app) << '\n';
    }
    ASSERT_EQ(Command(folder, output).wait(), 0);
    expect_restart_rule(folder, output, kills_here);
    fs::remove_all(folder);
  }
  std::printf("kills: %llu, of them in the middle of a run: %llu, seed %llu\n",
              static_cast<unsigned long long>(done),
              static_cast<unsigned long long>(hit),
              static_cast<unsigned long long>(seed));
  EXPECT_GT(hit * 2, done);  // else the moments were not in the middle of anything
  fs::remove_all(root);
}

}  // namespace
