// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using nlohmann::json;

/// A file of records, 5 s of the simulated machine.
std::string records_file(const TempDir& dir) {
  const std::string path = dir / "out.cbor";
  const Outcome run = aiot("run --simulate --seconds 5 --quiet --sink " + path);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return path;
}

TEST(RecordsDecode, ShowsNamesTimesAndUnits) {
  const TempDir dir;
  const Outcome decoded = aiot("records decode " + records_file(dir));
  ASSERT_EQ(decoded.exit_code, 0) << decoded.err;
  EXPECT_TRUE(contains(decoded.out, "context "));
  EXPECT_TRUE(contains(decoded.out, "normal"));
  EXPECT_TRUE(contains(decoded.out, "rms (m/s^2)"));
}

TEST(RecordsDecode, AgreesWithTheRun) {
  const TempDir dir;
  const Outcome run = aiot("run --simulate --seconds 8 --json --store " + (dir / "s"));
  ASSERT_EQ(run.exit_code, 0);
  std::map<int, json> shown;
  for (const json& line : json_lines(run.out)) {
    if (line.contains("sample")) {
      shown[line["sample"].get<int>()] = line;
    }
  }
  std::size_t decisions = 0;
  for (const json& record : json_lines(aiot("records decode --json " + (dir / "s")).out)) {
    if (record["kind"] != "decision") {
      continue;
    }
    ++decisions;
    const json& line = shown[record["sample"].get<int>()];
    for (const char* key : {"kind", "context", "stream", "sequence", "label", "class", "reasons"}) {
      EXPECT_EQ(record[key], line[key]) << key;
    }
    EXPECT_EQ(record["confidence"], line["confidence"]);
    EXPECT_EQ(record["time_s"], line["time_s"]);
    EXPECT_EQ(record["flags"], line["flags"]);
    const double rms = line["features"]["rms"].get<double>();
    EXPECT_NEAR(record["features"]["rms"].get<double>(), rms, 0.001 * rms);
    EXPECT_EQ(record["acknowledged"], false);
  }
  EXPECT_EQ(decisions, shown.size());
}

TEST(RecordsDecode, StillShowsWhatWasAcknowledged) {
  const TempDir dir;
  ASSERT_EQ(aiot("run --simulate --seconds 5 --quiet --store " + (dir / "s") + " --sink " +
                 (dir / "out.cbor"))
                .exit_code,
            0);
  const auto stored = json_lines(aiot("records decode --json " + (dir / "s")).out);
  ASSERT_FALSE(stored.empty());
  for (const json& record : stored) {
    EXPECT_EQ(record["acknowledged"], true);
  }
  EXPECT_EQ(stored.size(),
            json_lines(aiot("records decode --json " + (dir / "out.cbor")).out).size());
}

TEST(RecordsDecode, StepsOverDamageAndTellsIt) {
  const TempDir dir;
  const std::string path = records_file(dir);
  const std::size_t whole = json_lines(aiot("records decode --json " + path).out).size();
  std::string content = content_of(path);
  for (std::size_t i = content.size() / 2; i < content.size() / 2 + 8; ++i) {
    content[i] = static_cast<char>(0xFF);
  }
  const Outcome decoded = aiot("records decode --json " + dir.write("bad.cbor", content));
  EXPECT_EQ(decoded.exit_code, 1);
  EXPECT_TRUE(contains(decoded.err, "are not readable")) << decoded.err;
  const std::size_t left = json_lines(decoded.out).size();
  EXPECT_LT(left, whole);
  EXPECT_GE(left + 2, whole);
}

TEST(RecordsDecode, TellsACutTail) {
  const TempDir dir;
  std::string content = content_of(records_file(dir));
  content.resize(content.size() - 5);
  const Outcome decoded = aiot("records decode " + dir.write("cut.cbor", content));
  EXPECT_EQ(decoded.exit_code, 1);
  EXPECT_TRUE(contains(decoded.err, "(the end) are not readable")) << decoded.err;
  EXPECT_TRUE(is_one_line(decoded.err));
}

TEST(RecordsDecode, SurvivesEveryDamagedByte) {
  const TempDir dir;
  const std::string content = content_of(records_file(dir));
  for (std::size_t at = 0; at < content.size(); at += 37) {
    std::string bad = content;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    const Outcome decoded = aiot("records decode --json " + dir.write("bad.cbor", bad));
    EXPECT_TRUE(decoded.exit_code == 0 || decoded.exit_code == 1) << at;
    for (const json& line : json_lines(decoded.out)) {
      EXPECT_FALSE(line.is_discarded()) << at;
    }
  }
}

TEST(RecordsDecode, ReportsADamagedStore) {
  const TempDir dir;
  ASSERT_EQ(aiot("run --simulate --seconds 60 --quiet --store " + (dir / "s")).exit_code, 0);
  const std::string flash = content_of(dir / "s/flash.bin");
  const std::size_t whole = json_lines(aiot("records decode --json " + (dir / "s")).out).size();
  // Somewhere in the records of the most urgent stream.
  std::string bad = flash;
  for (std::size_t i = 1500; i < 1700; ++i) {
    bad[i] = static_cast<char>(bad[i] ^ 0x3C);
  }
  dir.write("s/flash.bin", bad);
  const Outcome decoded = aiot("records decode --json " + (dir / "s"));
  EXPECT_EQ(decoded.exit_code, 1);
  EXPECT_TRUE(contains(decoded.err, "are not readable")) << decoded.err;
  EXPECT_GT(json_lines(decoded.out).size() + 40, whole);
}

TEST(RecordsDecode, ExplainsBadInputInOneLine) {
  const TempDir dir;
  for (const std::string& path : {dir / "none",
                                  dir.write("empty", ""),
                                  dir.write("text", "these are no records at all"),
                                  dir.path().string()}) {
    const Outcome decoded = aiot("records decode " + path);
    EXPECT_EQ(decoded.exit_code, 1) << path;
    EXPECT_TRUE(is_one_line(decoded.err)) << decoded.err;
    EXPECT_EQ(decoded.out, "");
  }
}

TEST(ModelInspect, ShowsTheShippedPackage) {
  const Outcome text = aiot("model inspect");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_TRUE(contains(text.out, "velocity_rms"));
  EXPECT_TRUE(contains(text.out, "fully_connected"));
  const auto object = json::parse(aiot("model inspect --json").out, nullptr, false);
  ASSERT_FALSE(object.is_discarded());
  EXPECT_EQ(object["normal"], "normal");
  EXPECT_EQ(object["hash"].get<std::string>().size(), 64U);
  EXPECT_GT(object["network"]["macs"].get<int>(), 0);
}

TEST(ModelInspect, RefusesADamagedPackage) {
  const TempDir dir;
  const std::string package = content_of(AIOT_SOURCE_DIR "/models/machine.aipk");
  std::string bad = package;
  bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
  for (const std::string& content : {bad, package.substr(0, 100), package + "x", std::string()}) {
    const Outcome refused = aiot("model inspect " + dir.write("bad.aipk", content));
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(is_one_line(refused.err)) << refused.err;
  }
}

}  // namespace
}  // namespace aiot::test
