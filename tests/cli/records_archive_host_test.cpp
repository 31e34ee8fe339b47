// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// aiot records on an archive of aiot consume.

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <vector>

#include "aiot/crypto/sha256.hpp"
#include "aiot/link/uplink.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/record_archive.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using test::contains;
using test::json_lines;
using test::Outcome;
using test::TempDir;
using toolkit::RecordArchive;

constexpr std::int64_t kReceived = 1'790'000'000'123;  // 2026-09-21T14:13:20.123 UTC

std::vector<std::byte> decisions(std::uint64_t first, std::uint64_t last) {
  std::vector<std::byte> payload;
  for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
    record::DecisionRecord decision;
    decision.stream = Stream::kRoutine;
    decision.sequence = sequence;
    decision.sample = 1024 * sequence;
    std::array<std::byte, 128> memory{};
    const auto bytes = record::encode(decision, memory);
    payload.insert(payload.end(), bytes->begin(), bytes->end());
  }
  return payload;
}

/// An archive, with what devices have sent.
class Archive {
 public:
  explicit Archive(const TempDir& folder) : path(folder / "records.db") {
    auto opened = RecordArchive::open(path);
    EXPECT_TRUE(opened.ok());
    archive_.emplace(std::move(*opened));
  }

  void take(const std::string& device, std::uint64_t first, std::uint64_t last, Bytes payload) {
    const auto receipt = archive_->take(device,
                                        {.stream = Stream::kRoutine,
                                         .first = first,
                                         .last = last,
                                         .previous = previous,
                                         .hash = link::hash_batch(previous, payload),
                                         .payload = payload},
                                        kReceived);
    EXPECT_TRUE(receipt.fault == toolkit::BatchFault::kNone) << receipt.detail;
    previous = receipt.ack.hash;
  }

  void take_decisions(const std::string& device, std::uint64_t first, std::uint64_t last) {
    take(device, first, last, decisions(first, last));
  }

  void take_gap(const std::string& device, std::uint64_t first, std::uint64_t last) {
    std::array<std::byte, record::kMaxGapBytes> memory{};
    take(device,
         first,
         last,
         *record::encode(record::GapRecord{Stream::kRoutine, first, last}, memory));
  }

  void rejoin(const std::string& device) {
    EXPECT_TRUE(archive_->rejoin(device, Stream::kRoutine));
  }

  void forget_the_past() { previous = {}; }

  const std::string path;
  BatchHash previous{};

 private:
  std::optional<RecordArchive> archive_;
};

TEST(RecordsOfAnArchive, SayWhoSentThemAndWhenTheyArrived) {
  const TempDir folder;
  Archive archive(folder);
  archive.take_decisions("pump-7", 0, 2);
  archive.take_gap("pump-7", 3, 5);
  const Outcome json = test::aiot("records decode --json " + archive.path);
  EXPECT_EQ(json.exit_code, 0) << json.err;
  const auto lines = json_lines(json.out);
  ASSERT_EQ(lines.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(lines[i]["kind"], "decision");
    EXPECT_EQ(lines[i]["sequence"], i);
    EXPECT_EQ(lines[i]["stream"], "routine");
    EXPECT_EQ(lines[i]["sender"], "pump-7");
    EXPECT_EQ(lines[i]["received"], "2026-09-21T14:13:20.123Z");
    EXPECT_FALSE(lines[i].contains("acknowledged"));
  }
  EXPECT_EQ(lines[3]["kind"], "gap");
  EXPECT_EQ(lines[3]["last"], 5U);
  const Outcome text = test::aiot("records decode " + archive.path);
  EXPECT_TRUE(contains(text.out, "pump-7       2026-09-21T14:13:20.123")) << text.out;
  EXPECT_TRUE(contains(text.out, "3 to 5: given up")) << text.out;
}

/// A record that tells when the first frame of a context was taken.
std::vector<std::byte> time_of(const ContextId& context, std::uint64_t sequence, std::uint64_t ms) {
  std::array<std::byte, 128> memory{};
  const Bytes bytes = *record::encode(record::TimeRecord{.context = context,
                                                         .stream = Stream::kRoutine,
                                                         .sequence = sequence,
                                                         .unix_ms = ms,
                                                         .uncertainty_ms = 20},
                                      memory);
  return {bytes.begin(), bytes.end()};
}

TEST(RecordsOfAnArchive, HaveNoDatesOfAnotherDevice) {
  const TempDir folder;
  Archive archive(folder);
  record::Context content{.device = "pump-7", .boot_count = 1};
  content.sensor = {.rate_hz = 1024.0F, .scale = 0.01F, .axes = 1};
  std::array<std::byte, 1024> memory{};
  const Hash256 hash = crypto::sha256(*record::encode_content(content, memory));
  ContextId id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  archive.take("pump-7",
               0,
               0,
               *record::encode(
                   record::ContextRecord{
                       .id = id, .stream = Stream::kRoutine, .sequence = 0, .content = content},
                   memory));
  archive.take("pump-7", 1, 1, time_of(id, 1, kReceived));
  record::DecisionRecord decision;
  decision.context = id;
  decision.stream = Stream::kRoutine;
  decision.sequence = 2;
  archive.take("pump-7", 2, 2, *record::encode(decision, memory));
  // It knows the context of its neighbour, from the broker.
  archive.forget_the_past();
  archive.take("pump-8", 0, 0, time_of(id, 0, 1'000'000'000'000));
  const auto lines = json_lines(test::aiot("records decode --json " + archive.path).out);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[2]["kind"], "decision");
  EXPECT_EQ(lines[2]["time"], "2026-09-21T14:13:20.123Z") << lines[2].dump();
}

TEST(RecordsOfAnArchive, ShowWhatIsMissing) {
  const TempDir folder;
  Archive archive(folder);
  archive.take_decisions("pump-7", 0, 2);
  archive.rejoin("pump-7");
  const BatchHash past = archive.previous;
  archive.take_decisions("pump-7", 10, 11);
  archive.previous = past;  // the acknowledgement is still on its way
  archive.take_decisions("pump-7", 5, 9);
  const Outcome outcome = test::aiot("records decode --json " + archive.path);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "pump-7, stream routine: records 3 to 4 are missing"))
      << outcome.err;
  const auto lines = json_lines(outcome.out);
  ASSERT_EQ(lines.size(), 11U);
  EXPECT_EQ(lines[3]["kind"], "missing");
  EXPECT_EQ(lines[3]["first"], 3U);
  EXPECT_EQ(lines[3]["last"], 4U);
  EXPECT_EQ(lines[4]["sequence"], 5U);
}

TEST(RecordsOfAnArchive, AreThoseOfOneDeviceWhenItIsNamed) {
  const TempDir folder;
  Archive archive(folder);
  archive.take_decisions("pump-7", 0, 2);
  archive.forget_the_past();
  archive.take_decisions("pump-8", 0, 0);
  EXPECT_EQ(json_lines(test::aiot("records decode --json " + archive.path).out).size(), 4U);
  const Outcome one = test::aiot("records decode --json --device pump-8 " + archive.path);
  ASSERT_EQ(json_lines(one.out).size(), 1U);
  EXPECT_EQ(json_lines(one.out)[0]["sender"], "pump-8");
  const Outcome none = test::aiot("records decode --device pump-9 " + archive.path);
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_TRUE(contains(none.err, "nothing of device 'pump-9'")) << none.err;
}

TEST(RecordsOfAnArchive, AreComparedWithAFileByteForByte) {
  const TempDir folder;
  Archive archive(folder);
  archive.take_decisions("pump-7", 0, 2);
  const std::string file = folder / "out.cbor";
  const auto write = [&](std::uint64_t last) {
    const auto bytes = decisions(0, last);
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  };
  write(2);
  const Outcome equal = test::aiot("records compare " + archive.path + " " + file);
  EXPECT_EQ(equal.exit_code, 0) << equal.err;
  EXPECT_TRUE(contains(equal.out, "3 records, equal byte for byte"));
  write(3);
  const Outcome less = test::aiot("records compare " + archive.path + " " + file);
  EXPECT_EQ(less.exit_code, 1);
  EXPECT_TRUE(contains(less.err, "routine 3 is in the second only")) << less.err;

  archive.forget_the_past();
  archive.take_decisions("pump-8", 0, 3);
  const Outcome mixed = test::aiot("records compare " + archive.path + " " + file);
  EXPECT_EQ(mixed.exit_code, 1);
  EXPECT_TRUE(contains(mixed.err, "several devices")) << mixed.err;
  EXPECT_EQ(test::aiot("records compare --device pump-8 " + archive.path + " " + file).exit_code,
            0);
}

TEST(RecordsOfAnArchive, AnEmptyOneHoldsNothing) {
  const TempDir folder;
  const Archive archive(folder);
  const Outcome outcome = test::aiot("records decode " + archive.path);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "holds no records yet")) << outcome.err;
}

TEST(RecordsOfAnArchive, AreNoAuditLog) {
  const TempDir folder;
  Archive archive(folder);
  archive.take_decisions("pump-7", 0, 2);
  const Outcome outcome = test::aiot("records audit " + archive.path);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "which has no audit log")) << outcome.err;
}

TEST(Consume, SaysWhatItNeeds) {
  const TempDir folder;
  const std::string archive = folder / "records.db";
  const Outcome nothing = test::aiot("consume " + archive);
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_TRUE(contains(nothing.err, "needs --broker and --keys")) << nothing.err;
  const Outcome wrong = test::aiot("consume " + archive + " --rejoin pump-7");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(contains(wrong.err, "DEVICE:STREAM")) << wrong.err;
  const Outcome url = test::aiot("consume " + archive + " --keys . --broker http://x");
  EXPECT_EQ(url.exit_code, 2);
  EXPECT_TRUE(contains(url.err, "is no URL of a broker")) << url.err;
  const Outcome bare = test::aiot("consume " + archive + " --keys . --broker mqtts://x");
  EXPECT_EQ(bare.exit_code, 2);
  EXPECT_TRUE(contains(bare.err, "wants --ca FILE")) << bare.err;
}

TEST(Consume, LetsADeviceJoinThatHasDeliveredElsewhere) {
  const TempDir folder;
  const std::string archive = folder / "records.db";
  const Outcome outcome = test::aiot("consume " + archive + " --rejoin pump-7:routine");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(
      contains(outcome.out, "the next batch of pump-7:routine is taken whatever it follows"));
}

}  // namespace
}  // namespace aiot
