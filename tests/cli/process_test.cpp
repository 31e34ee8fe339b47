// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The command as a process among others: redirections and signals.

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

/// `line` in a shell; stderr of all of it in `err`.
Outcome shell(const std::string& line) {
  const TempDir dir;
  const int status = std::system(("( " + line + " ) 2>" + (dir / "err") + " </dev/null").c_str());
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = {},
          .err = content_of(dir / "err")};
}

TEST(Process, AFullDiskBehindStandardOutputIsNoSuccess) {
  const TempDir dir;
  ASSERT_EQ(aiot("run --simulate --seconds 3 --quiet --sink " + (dir / "r.cbor")).exit_code, 0);
  for (const std::string& arguments : {std::string("run --simulate --seconds 3"),
                                       std::string("run --simulate --seconds 3 --json"),
                                       std::string("run --simulate --seconds 3 --sink -"),
                                       std::string("model inspect"),
                                       "records decode --json " + (dir / "r.cbor")}) {
    const Outcome full = shell(AIOT_COMMAND " " + arguments + " >/dev/full");
    EXPECT_EQ(full.exit_code, 1) << arguments;
    EXPECT_TRUE(contains(full.err, "standard output")) << arguments << "\n" << full.err;
  }
}

TEST(Process, AReaderThatPausesGetsEveryRecord) {
  const TempDir dir;
  const std::string run = AIOT_COMMAND " run --simulate --seconds 700 --sink -";  // 95 KB
  ASSERT_EQ(shell(run + " >" + (dir / "direct")).exit_code, 0);
  const Outcome slow = shell(run + " | ( sleep 2; cat ) >" + (dir / "slow"));
  EXPECT_TRUE(contains(slow.err, "delivered")) << slow.err;
  EXPECT_TRUE(content_of(dir / "slow") == content_of(dir / "direct"));
}

TEST(Process, ASignalEndsTheWalkAndDeliversWhatThereIs) {
  for (const std::string& signal : {std::string("INT"), std::string("TERM")}) {
    const TempDir dir;
    const Outcome stopped =
        shell("timeout -s " + signal +
              " --preserve-status 5 " AIOT_COMMAND
              " run --simulate --seconds 120 --pace 5 --json --quiet --store " +
              (dir / "s") + " --sink " + (dir / "r.cbor") + " >" + (dir / "out"));
    EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
    EXPECT_TRUE(is_one_line(stopped.err)) << stopped.err;
    EXPECT_TRUE(contains(stopped.err, "interrupted")) << stopped.err;
    const auto summary = json_lines(content_of(dir / "out"));
    ASSERT_EQ(summary.size(), 1U);
    EXPECT_EQ(summary[0]["interrupted"], true);
    EXPECT_EQ(summary[0]["waiting"], 0);
    EXPECT_EQ(aiot("records decode " + (dir / "r.cbor")).exit_code, 0);
  }
}

TEST(Process, ASignalEndsTheSimulationBeforeTheWalk) {
  // A whole day of samples takes much longer than that to simulate.
  const Outcome stopped = shell("timeout -k 5 -s INT --preserve-status 0.3 " AIOT_COMMAND
                                " run --simulate --seconds 86400 --quiet >/dev/null");
  EXPECT_EQ(stopped.exit_code, 130);
}

}  // namespace
}  // namespace aiot::test
