// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <string>

#include "aiot/crypto/sha256.hpp"
#include "aiot/record/record.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMidnight = 1'798'761'600'000;  // 2027-01-01 UTC

template <class T>
std::string text_of(const T& record) {
  std::array<std::byte, 1024> buffer{};
  const auto encoded = record::encode(record, buffer);
  EXPECT_TRUE(encoded.ok());
  return {reinterpret_cast<const char*>(encoded->data()), encoded->size()};
}

/// A context of this boot, decisions at its seconds 0, 60 and 120, and a time at second 60.
std::string run_of(std::uint32_t boot, bool with_time, std::uint64_t& sequence) {
  record::Context content{.device = "pump-7", .boot_count = boot};
  content.sensor = {.rate_hz = 12800.0F, .scale = 0.01F, .axes = 1};
  std::array<std::byte, 1024> buffer{};
  const Hash256 hash = crypto::sha256(*record::encode_content(content, buffer));
  ContextId id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  std::string file;
  for (const std::uint64_t second : {0U, 60U, 120U}) {
    record::DecisionRecord decision;
    decision.context = id;
    decision.stream = Stream::kUrgent;
    decision.sequence = sequence++;
    decision.sample = second * 12800U;
    file += text_of(decision);
  }
  file += text_of(record::ContextRecord{
      .id = id, .stream = Stream::kUrgent, .sequence = sequence++, .content = content});
  if (with_time) {
    file += text_of(record::TimeRecord{.context = id,
                                       .stream = Stream::kUrgent,
                                       .sequence = sequence++,
                                       .frame = 60U * 12800U,
                                       .unix_ms = kMidnight,
                                       .uncertainty_ms = 20});
  }
  return file;
}

TEST(RecordsDates, AreShownForDecisionsBeforeAndBehindATime) {
  const TempDir dir;
  std::uint64_t sequence = 0;
  const std::string path = dir.write("out.cbor", run_of(1, true, sequence));
  const Outcome decoded = aiot("records decode --json " + path);
  ASSERT_EQ(decoded.exit_code, 0) << decoded.err;
  std::vector<json> decisions;
  std::vector<json> times;
  for (const json& line : json_lines(decoded.out)) {
    (line["kind"] == "time" ? times : decisions).push_back(line);
  }
  ASSERT_EQ(decisions.size(), 4U);
  EXPECT_EQ(decisions[0]["time"], "2026-12-31T23:59:00.000Z");
  EXPECT_EQ(decisions[1]["time"], "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(decisions[2]["time"], "2027-01-01T00:01:00.000Z");
  EXPECT_GE(decisions[0]["time_uncertainty_ms"].get<int>(), 620);
  EXPECT_LE(decisions[0]["time_uncertainty_ms"].get<int>(), 630);
  EXPECT_TRUE(decisions[0]["undated"].is_null());
  ASSERT_EQ(times.size(), 1U);
  EXPECT_EQ(times[0]["sample"], 768'000);
  EXPECT_EQ(times[0]["time"], "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(times[0]["time_uncertainty_ms"], 20);
  EXPECT_EQ(times[0]["clock"], 0);

  const Outcome table = aiot("records decode " + path);
  EXPECT_TRUE(contains(table.out, "2026-12-31T23:59:00.000Z")) << table.out;
  EXPECT_TRUE(contains(table.out, "768000")) << table.out;
  EXPECT_FALSE(contains(table.out, "without a date")) << table.out;
}

TEST(RecordsDates, SayWhichRunHasNone) {
  const TempDir dir;
  std::uint64_t sequence = 0;
  const std::string first = run_of(1, false, sequence);
  const std::string path = dir.write("out.cbor", first + run_of(2, true, sequence));
  const auto lines = json_lines(aiot("records decode --json " + path).out);
  ASSERT_EQ(lines.size(), 9U);
  EXPECT_TRUE(lines[0]["time"].is_null());
  EXPECT_TRUE(lines[0]["time_uncertainty_ms"].is_null());
  EXPECT_EQ(lines[0]["undated"], "no_time");
  EXPECT_FALSE(lines[4]["time"].is_null());
  const Outcome table = aiot("records decode " + path);
  EXPECT_TRUE(contains(table.out, "3 decisions without a date")) << table.out;
  EXPECT_TRUE(contains(table.out, "(boot 1)")) << table.out;
}

TEST(RecordsDates, AreNoColumnWhereNothingTellsTheTime) {
  const TempDir dir;
  std::uint64_t sequence = 0;
  const std::string path = dir.write("out.cbor", run_of(1, false, sequence));
  const Outcome table = aiot("records decode " + path);
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_FALSE(contains(table.out, "UTC")) << table.out;
  EXPECT_FALSE(contains(table.out, "without a date")) << table.out;
}

TEST(RecordsDates, SurviveDamageOfATime) {
  const TempDir dir;
  std::uint64_t sequence = 0;
  std::string content = run_of(1, true, sequence);
  content[content.size() - 2] = '\xFF';
  const Outcome decoded = aiot("records decode --json " + dir.write("bad.cbor", content));
  EXPECT_EQ(decoded.exit_code, 1);
  EXPECT_EQ(json_lines(decoded.out)[0]["undated"], "no_time");
}

}  // namespace
}  // namespace aiot::test
