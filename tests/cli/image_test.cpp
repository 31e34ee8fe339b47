// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// aiot image and aiot keys: images are made, judged and shown.

#include <string>

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

/// A folder with keys and something to sign.
class Bench {
 public:
  Bench() {
    (void)dir.write("app.bin", std::string_view(std::string(3000, 'a')));
    EXPECT_EQ(aiot("keys new " + (dir / "own")).exit_code, 0);
    EXPECT_EQ(aiot("keys new " + (dir / "other")).exit_code, 0);
  }

  [[nodiscard]] Outcome sign(const std::string& options) const {
    return aiot("image sign " + (dir / "app.bin") + " -o " + image + " --key " + (dir / "own.pem") +
                " " + options);
  }

  [[nodiscard]] Outcome verify(const std::string& options) const {
    return aiot("image verify " + image + " " + options);
  }

  TempDir dir;
  std::string image = dir / "app.img";
  std::string own = "--key " + (dir / "own.pub.pem");
  std::string other = "--key " + (dir / "other.pub.pem");
};

TEST(CommandImage, WhatIsSignedIsAcceptedByItsKeyOnly) {
  const Bench bench;
  const Outcome made = bench.sign("--version 1.2.3+4 --product pump");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Outcome good = bench.verify(bench.own);
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_TRUE(contains(good.out, "firmware 1.2.3+4 for pump"));
  const Outcome stranger = bench.verify(bench.other);
  EXPECT_EQ(stranger.exit_code, 1);
  EXPECT_TRUE(is_one_line(stranger.err)) << stranger.err;
  EXPECT_EQ(bench.verify(bench.other + " " + bench.own).exit_code, 0);
}

TEST(CommandImage, RulesOfTheDeviceAreOptions) {
  const Bench bench;
  ASSERT_EQ(bench.sign("--version 1.0.0 --security-counter 4 --load-address 0x8000").exit_code, 0);
  EXPECT_EQ(bench.verify(bench.own).exit_code, 1);
  EXPECT_EQ(bench.verify(bench.own + " --slot-address 0x8000").exit_code, 0);
  EXPECT_EQ(bench.verify(bench.own + " --slot-address 0x9000").exit_code, 1);
  EXPECT_EQ(bench.verify(bench.own + " --slot-address 0x8000 --stored-counter 4").exit_code, 0);
  EXPECT_EQ(bench.verify(bench.own + " --slot-address 0x8000 --stored-counter 5").exit_code, 1);
}

TEST(CommandImage, WithoutAKeyOnlyTheFlagWillDo) {
  const Bench bench;
  const std::string input = "image sign " + (bench.dir / "app.bin") + " --version 1.0.0 -o ";
  EXPECT_EQ(aiot(input + bench.image).exit_code, 2);
  EXPECT_EQ(aiot(input + bench.image + " --hash-only").exit_code, 0);
  EXPECT_EQ(bench.verify("").exit_code, 2);
  EXPECT_EQ(bench.verify("--hash-only " + bench.own).exit_code, 2);
  EXPECT_EQ(bench.verify("--hash-only").exit_code, 0);
  EXPECT_EQ(bench.verify(bench.own).exit_code, 1);
}

TEST(CommandImage, WrongUseIsTwoAndNothingIsWritten) {
  const Bench bench;
  for (const char* const options : {"",
                                    "--version 1.x",
                                    "--version 1.0.0 --pad",
                                    "--version 1.0.0 --align 8",
                                    "--version 1.0.0 --dependency pump:1.0.0",
                                    "--version 1.0.0 --type other",
                                    "--version 1.0.0 --hash-only",
                                    "--version 1.0.0 --slot-size 32768 --pad --confirm"}) {
    const Outcome outcome = bench.sign(options);
    EXPECT_EQ(outcome.exit_code, 2) << options;
    EXPECT_TRUE(is_one_line(outcome.err)) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(bench.image));
  }
}

TEST(CommandImage, AModelIsCheckedAndLendsItsVersion) {
  const Bench bench;
  const std::string package = AIOT_SOURCE_DIR "/models/machine.aipk";
  const std::string rest = " --type model -o " + bench.image + " --key " + (bench.dir / "own.pem");
  const Outcome made = aiot("image sign " + package + rest + " --json");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Outcome inspected = aiot("model inspect " + package + " --json");
  EXPECT_TRUE(
      contains(inspected.out, nlohmann::json::parse(made.out)["version"].get<std::string>()));
  EXPECT_EQ(bench.verify(bench.own).exit_code, 0);
  std::string damaged = content_of(package);
  damaged[damaged.size() / 2] ^= 1;
  const std::string path = bench.dir.write("bad.aipk", std::string_view(damaged));
  EXPECT_EQ(aiot("image sign " + path + rest).exit_code, 1);
}

TEST(CommandImage, InspectShowsADamagedImageAndSaysWhy) {
  const Bench bench;
  ASSERT_EQ(bench.sign("--version 1.2.0 --product pump --security-counter 9").exit_code, 0);
  const Outcome good = aiot("image inspect " + bench.image);
  EXPECT_EQ(good.exit_code, 0) << good.err;
  for (const char* const words : {"1.2.0", "SEC_CNT", "AIOT_PRODUCT", "ECDSA_SIG", "matches"}) {
    EXPECT_TRUE(contains(good.out, words)) << words;
  }
  std::string damaged = content_of(bench.image);
  damaged[600] ^= 1;
  const std::string path = bench.dir.write("bad.img", std::string_view(damaged));
  const Outcome bad = aiot("image inspect " + path + " --json");
  EXPECT_EQ(bad.exit_code, 1);
  const auto value = nlohmann::json::parse(bad.out);
  EXPECT_EQ(value["hash_matches"], false);
  EXPECT_EQ(value["tlvs"].size(), 5U);
  EXPECT_EQ(value["problems"].size(), 1U);
  const std::string cut = bench.dir.write("cut.img", std::string_view(damaged).substr(0, 700));
  EXPECT_EQ(aiot("image inspect " + cut).exit_code, 1);
}

TEST(CommandKeys, AKeyThatIsThereIsKept) {
  const Bench bench;
  const std::string before = content_of(bench.dir / "own.pem");
  const Outcome again = aiot("keys new " + (bench.dir / "own"));
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_TRUE(is_one_line(again.err)) << again.err;
  EXPECT_EQ(content_of(bench.dir / "own.pem"), before);
}

TEST(CommandKeys, ShowNamesBothFilesByOneHashAndPrintsNoSecret) {
  const Bench bench;
  const auto secret =
      nlohmann::json::parse(aiot("keys show --json " + (bench.dir / "own.pem")).out);
  const auto open =
      nlohmann::json::parse(aiot("keys show --json " + (bench.dir / "own.pub.pem")).out);
  EXPECT_EQ(secret["part"], "private");
  EXPECT_EQ(open["part"], "public");
  EXPECT_EQ(secret["key_hash"], open["key_hash"]);
  EXPECT_EQ(secret["encoding"], open["encoding"]);
  EXPECT_EQ(open["encoding"].get<std::string>().size(), 2 * 91U);
  EXPECT_EQ(aiot("keys show " + (bench.dir / "app.bin")).exit_code, 1);
}

}  // namespace
}  // namespace aiot::test
