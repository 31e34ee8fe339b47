// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sys/stat.h>

#include "aiot/update/audit_log.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/installer.hpp"
#include "ports/linux/store_dir.hpp"
#include "ports/sim/flash.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"
#include "tests/update/audit_rig.hpp"

namespace aiot::test {
namespace {

using nlohmann::json;
using update::AuditEntry;
using update::AuditKind;

constexpr std::uint8_t kKeyByte = 7;

/// The key of `device`, as digits.
std::string key_file(const TempDir& dir) {
  std::string digits;
  for (int i = 0; i < 32; ++i) {
    digits += "07";
  }
  const std::string path = dir.write("key", digits + "\n");
  ::chmod(path.c_str(), 0600);
  return path;
}

AuditEntry entry(AuditKind kind, std::uint32_t code) {
  AuditEntry made;
  made.kind = kind;
  made.type = 0;
  made.slot = 1;
  made.boot = 3;
  made.time_us = 12'500'000;
  made.code = code;
  made.version = {1, 2, 3, 0};
  made.id.fill(std::byte{0xAB});
  return made;
}

/// An update that returns, sealed in two batches; the boot record knows both seals.
template <class Flash>
void write_log(Flash& flash, const hal::FlashRegion& audit, const hal::FlashRegion& boot_record) {
  update_test::TestKeys keys(kKeyByte);
  update::AuditLog log;
  update::BootRecord record;
  ASSERT_TRUE(record.mount(flash, boot_record).ok());
  ASSERT_TRUE(log.mount(flash, audit, keys, record.state().seal).ok());
  ASSERT_TRUE(log.append(entry(AuditKind::kOffer, 0)).ok());
  ASSERT_TRUE(log.append(entry(AuditKind::kVerdict, 0)).ok());
  ASSERT_TRUE(log.append(entry(AuditKind::kVerdict,
                               verdict_code(update::InstallFault::kImage,
                                            update::ImageFault::kSignatureMismatch)))
                  .ok());
  ASSERT_TRUE(log.seal().ok());
  ASSERT_TRUE(log.append(entry(AuditKind::kTrial, 0)).ok());
  ASSERT_TRUE(
      log.append(entry(AuditKind::kReturn, static_cast<std::uint32_t>(update::Cause::kWatchdog)))
          .ok());
  const auto seal = log.seal();
  ASSERT_TRUE(seal.ok());
  update::BootState state = record.state();
  state.seal = *seal;
  ASSERT_TRUE(record.write(state).ok());
  ASSERT_TRUE(log.append(entry(AuditKind::kOffer, 0)).ok());
}

std::string store(const TempDir& dir) {
  const std::string path = dir / "store";
  linux_port::StoreDir directory;
  const linux_port::StoreLayout layout = linux_port::default_store_layout(4);
  EXPECT_TRUE(directory.open_or_create(path, layout).ok());
  write_log(directory.flash(), layout.map.audit, layout.map.boot_record);
  return path;
}

/// A flash chip of a board, as it was read out.
std::string dump(const TempDir& dir) {
  std::vector<std::byte> bytes(0xE0000, std::byte{0xFF});
  sim::SimFlash flash({.size = 0xE0000, .sector = 4096, .page = 256, .program = 4},
                      sim::SimFlash::Ecc::kYes,
                      bytes,
                      {});
  write_log(flash, {0xD8000, 0x8000}, {0xD0000, 0x4000});
  return dir.write("dump.bin", bytes);
}

TEST(RecordsVerify, FindsNothingInAGoodLog) {
  const TempDir dir;
  const std::string key = key_file(dir);
  for (const std::string& path : {store(dir), dump(dir)}) {
    const Outcome good = aiot("records verify " + path + " --device-key " + key);
    EXPECT_EQ(good.exit_code, 0) << good.err;
    EXPECT_TRUE(contains(good.out, "6 entries, 2 seals, complete from entry 0")) << good.out;
    EXPECT_TRUE(contains(good.out, "1 not sealed yet")) << good.out;
    const auto lines =
        json_lines(aiot("records verify --json " + path + " --device-key " + key).out);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["good"], true);
    EXPECT_EQ(lines[0]["fault"], nullptr);
    EXPECT_EQ(lines[0]["known_seal"], 2);
    EXPECT_EQ(lines[0]["newest_seal"], 2);
    EXPECT_EQ(lines[0]["unsealed"], 1);
  }
}

TEST(RecordsVerify, NamesWhatWasChangedInOneLine) {
  const TempDir dir;
  const std::string key = key_file(dir);
  const std::string path = dump(dir);
  std::string content = content_of(path);
  content[0xD8000 + 64 + 60] = static_cast<char>(content[0xD8000 + 64 + 60] ^ 1);
  const std::string changed = dir.write("changed.bin", content);
  const Outcome bad = aiot("records verify " + changed + " --device-key " + key);
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_TRUE(is_one_line(bad.err)) << bad.err;
  EXPECT_TRUE(contains(bad.err, "an entry is missing or not in its place (entry 1)")) << bad.err;
  const auto lines =
      json_lines(aiot("records verify --json " + changed + " --device-key " + key).out);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["good"], false);
  EXPECT_EQ(lines[0]["at"], 1);
}

TEST(RecordsVerify, KnowsAnotherKey) {
  const TempDir dir;
  const std::string other = dir.write("other", std::string(32, 'x'));
  ::chmod(other.c_str(), 0600);
  const Outcome bad = aiot("records verify " + store(dir) + " --device-key " + other);
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_TRUE(contains(bad.err, "not made by the device's key (seal 2)")) << bad.err;
}

TEST(RecordsVerify, MissesTheEndThatTheBootRecordKnows) {
  const TempDir dir;
  const std::string path = dump(dir);
  std::string content = content_of(path);
  content.replace(0xD8000, 0x8000, 0x8000, static_cast<char>(0xFF));
  const std::string cut = dir.write("cut.bin", content);
  const Outcome bad = aiot("records verify " + cut + " --device-key " + key_file(dir));
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_TRUE(contains(bad.err, "the end is missing (seal 2 is known, the log ends at none)"))
      << bad.err;
}

TEST(RecordsVerify, TakesASealNumberThatSomebodyRemembers) {
  const TempDir dir;
  const std::string key = key_file(dir);
  const std::string only = dir.write("audit.bin", content_of(dump(dir)).substr(0xD8000, 0x8000));
  const std::string command =
      "records verify " + only + " --audit 0:32768 --boot-record none --device-key " + key;
  const Outcome good = aiot(command);
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_TRUE(contains(good.out, "the end may have been cut off")) << good.out;
  EXPECT_EQ(aiot(command + " --seal 2").exit_code, 0);
  EXPECT_EQ(aiot(command + " --seal 3").exit_code, 1);
}

TEST(RecordsVerify, RefusesWhatMakesNoSense) {
  const TempDir dir;
  const std::string key = key_file(dir);
  const std::string path = dump(dir);
  EXPECT_EQ(aiot("records verify " + path).exit_code, 2);
  for (const char* const option : {"--audit 5",
                                   "--audit 0x:1",
                                   "--audit none",
                                   "--sector 0",
                                   "--boot-record 1:2:3",
                                   "--audit=-1:5"}) {
    const Outcome refused = aiot("records verify " + path + " --device-key " + key + " " + option);
    EXPECT_EQ(refused.exit_code, 2) << option;
    EXPECT_TRUE(is_one_line(refused.err)) << refused.err;
  }
  for (const char* const option :
       {"--audit 0xDC000:0x8000", "--sector 8192", "--program 3", "--audit 0x1000:0x1800"}) {
    const Outcome refused = aiot("records verify " + path + " --device-key " + key + " " + option);
    EXPECT_EQ(refused.exit_code, 1) << option;
    EXPECT_TRUE(is_one_line(refused.err)) << refused.err;
  }
  ::chmod(key.c_str(), 0644);
  const Outcome open = aiot("records verify " + path + " --device-key " + key);
  EXPECT_EQ(open.exit_code, 1);
  EXPECT_TRUE(contains(open.err, "chmod 600")) << open.err;
  EXPECT_EQ(aiot("records verify " + (dir / "none") + " --device-key " + key).exit_code, 1);
}

TEST(RecordsAudit, TellsTheStoryInWords) {
  const TempDir dir;
  for (const std::string& path : {store(dir), dump(dir)}) {
    const Outcome told = aiot("records audit " + path);
    EXPECT_EQ(told.exit_code, 0) << told.err;
    for (const char* const words : {"offer",
                                    "accepted",
                                    "verdict",
                                    "trial",
                                    "return",
                                    "firmware",
                                    "1.2.3",
                                    "12.500",
                                    "abababababab",
                                    "6 entries, 2 seals"}) {
      EXPECT_TRUE(contains(told.out, words)) << words << "\n" << told.out;
    }
    EXPECT_TRUE(contains(told.out, to_string(update::ImageFault::kSignatureMismatch)));
    EXPECT_TRUE(contains(told.out, to_string(update::Cause::kWatchdog)));
    EXPECT_TRUE(contains(told.out, "(not sealed)"));
  }
}

TEST(RecordsAudit, GivesProgramsEveryField) {
  const TempDir dir;
  const auto lines = json_lines(aiot("records audit --json " + store(dir)).out);
  ASSERT_EQ(lines.size(), 8U);
  EXPECT_EQ(lines[2]["kind"], "entry");
  EXPECT_EQ(lines[2]["what"], "verdict");
  EXPECT_EQ(lines[2]["sequence"], 2);
  EXPECT_EQ(lines[2]["boot"], 3);
  EXPECT_EQ(lines[2]["time_s"], 12.5);
  EXPECT_EQ(lines[2]["slot"], "B");
  EXPECT_EQ(lines[2]["type"], "firmware");
  EXPECT_EQ(lines[2]["version"], "1.2.3");
  EXPECT_EQ(lines[2]["sealed"], true);
  EXPECT_EQ(lines[3]["kind"], "seal");
  EXPECT_EQ(lines[3]["number"], 1);
  EXPECT_EQ(lines[3]["next"], 3);
  EXPECT_EQ(lines[7]["sealed"], false);
}

}  // namespace
}  // namespace aiot::test
