// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// aiot queue: what a store holds, whether it is damaged, and delivering the rest of it.

#include "aiot/store/queue.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "aiot/record/record.hpp"
#include "ports/linux/store_dir.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using linux_port::StoreDir;
using nlohmann::json;

constexpr std::size_t kSector = 4096;
constexpr std::uint32_t kSectors = 8;  // of each stream
constexpr std::size_t kFrame = 40;     // of one of these records

/// A record that decodes; they are all of the same size.
Bytes record_of(Stream stream, std::uint64_t number, MutableBytes out) {
  const record::GapRecord gap{stream, 1'000'000 + number, 2'000'000};
  const auto encoded = record::encode(gap, out);
  EXPECT_TRUE(encoded.ok());
  return *encoded;
}

/// A store with small streams and its queue.
class Store {
 public:
  explicit Store(const std::string& path) {
    const auto layout = linux_port::default_store_layout(kSectors);
    EXPECT_TRUE(directory_.open_or_create(path, layout).ok()) << directory_.message();
    std::array<store::StreamConfig, kStreams> streams{};
    for (std::size_t i = 0; i < kStreams; ++i) {
      streams[i].region = layout.map.queue[i];
    }
    EXPECT_TRUE(queue.mount(directory_.flash(), streams).ok());
  }

  void fill(Stream stream, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      std::array<std::byte, record::kMaxGapBytes> out{};
      ASSERT_TRUE(queue.append(stream, record_of(stream, i, out)).ok());
    }
    ASSERT_TRUE(queue.sync().ok());
  }

  store::Queue queue;

 private:
  StoreDir directory_;
};

/// A store in `dir`/s with so many urgent and routine records.
std::string store_with(const TempDir& dir, std::uint64_t urgent, std::uint64_t routine) {
  Store store(dir / "s");
  store.fill(Stream::kUrgent, urgent);
  store.fill(Stream::kRoutine, routine);
  return dir / "s";
}

/// The line of that kind and name.
json line_of(const Outcome& outcome, const std::string& key, const std::string& name) {
  for (const json& line : json_lines(outcome.out)) {
    if (line["kind"] == key && (key == "summary" || line[key] == name)) {
      return line;
    }
  }
  return {};
}

json stream_of(const Outcome& outcome, const std::string& name) {
  return line_of(outcome, "stream", name);
}

void flip(const std::string& path, std::size_t at, std::size_t count) {
  const std::string name = path + "/flash.bin";
  std::string bytes = content_of(name);
  ASSERT_LT(at + count, bytes.size());
  std::FILE* const file = std::fopen(name.c_str(), "r+b");
  ASSERT_NE(file, nullptr);
  (void)std::fseek(file, static_cast<long>(at), SEEK_SET);
  for (std::size_t i = at; i < at + count; ++i) {
    (void)std::fputc(static_cast<unsigned char>(bytes[i]) ^ 0x5A, file);
  }
  (void)std::fclose(file);
}

Outcome verify(const std::string& path) {
  return aiot("queue verify --json " + path);
}

Outcome inspect(const std::string& path) {
  return aiot("queue inspect --json " + path);
}

std::vector<json> damage_of(const Outcome& outcome) {
  std::vector<json> damage;
  for (const json& line : json_lines(outcome.out)) {
    if (line["kind"] == "damage") {
      damage.push_back(line);
    }
  }
  return damage;
}

std::size_t records_in(const std::string& path) {
  const Outcome decoded = aiot("records decode --json " + path);
  EXPECT_EQ(decoded.exit_code, 0) << decoded.err;
  return json_lines(decoded.out).size();
}

// ---- inspect -------------------------------------------------------------------------------

TEST(QueueInspect, AFreshStoreIsEmpty) {
  const TempDir dir;
  const Outcome shown = inspect(store_with(dir, 0, 0));
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  ASSERT_EQ(json_lines(shown.out).size(), 7U);
  const json urgent = stream_of(shown, "urgent");
  EXPECT_EQ(urgent["bytes"], kSectors * kSector);
  EXPECT_EQ(urgent["sectors"], kSectors);
  for (const char* key : {"used_sectors", "full_percent", "accepted", "stored", "dropped"}) {
    EXPECT_EQ(urgent[key], 0) << key;
  }
  EXPECT_TRUE(urgent["first"].is_null());
  EXPECT_EQ(line_of(shown, "region", "baseline")["writes"], 0);
  EXPECT_EQ(line_of(shown, "region", "commands")["writes"], 0);
}

TEST(QueueInspect, CountsWhatIsStoredAndAcknowledged) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 3);
  {
    Store store(path);
    ASSERT_TRUE(store.queue.acknowledge(Stream::kUrgent, 199, {}).ok());
  }
  const Outcome shown = inspect(path);
  const json urgent = stream_of(shown, "urgent");
  EXPECT_EQ(urgent["accepted"], 500);
  EXPECT_EQ(urgent["acknowledged"], 200);
  EXPECT_EQ(urgent["stored"], 300);
  EXPECT_EQ(urgent["first"], 200);
  EXPECT_EQ(urgent["last"], 499);
  EXPECT_EQ(urgent["rounds"], 0);
  EXPECT_GT(urgent["full_percent"].get<int>(), 0);
  EXPECT_EQ(stream_of(shown, "routine")["stored"], 3);
  const Outcome text = aiot("queue inspect " + path);
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_TRUE(contains(text.out, "200 to 499")) << text.out;
}

TEST(QueueInspect, ARingThatWentRoundHasDropped) {
  const TempDir dir;
  const Outcome shown = inspect(store_with(dir, 5000, 0));
  const json urgent = stream_of(shown, "urgent");
  EXPECT_EQ(urgent["accepted"], 5000);
  EXPECT_GT(urgent["dropped"].get<int>(), 1000);
  EXPECT_EQ(urgent["stored"].get<int>() + urgent["dropped"].get<int>(), 5000);
  EXPECT_EQ(urgent["first"], urgent["dropped"]);
  EXPECT_EQ(urgent["used_sectors"], kSectors);
  EXPECT_EQ(urgent["full_percent"], 100);
  EXPECT_GT(urgent["rounds"].get<int>(), 2);
}

TEST(QueueInspect, OneRegionThatIsLostDoesNotHideTheOthers) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 3);
  flip(path, 0, kSectors * kSector);
  const Outcome shown = inspect(path);
  EXPECT_EQ(shown.exit_code, 1);
  EXPECT_TRUE(is_one_line(shown.err)) << shown.err;
  EXPECT_TRUE(contains(shown.err, "urgent: holds something else")) << shown.err;
  EXPECT_EQ(stream_of(shown, "urgent")["error"], "corrupt");
  EXPECT_EQ(stream_of(shown, "routine")["stored"], 3);
}

// ---- verify --------------------------------------------------------------------------------

TEST(QueueVerify, FindsNothingInGoodStores) {
  for (const std::uint64_t count : {0U, 1U, 100U, 500U, 5000U, 5101U}) {
    const TempDir dir;
    const Outcome good = verify(store_with(dir, count, 5));
    EXPECT_EQ(good.exit_code, 0) << count << "\n" << good.out << good.err;
    EXPECT_TRUE(damage_of(good).empty());
    EXPECT_EQ(stream_of(good, "routine")["readable"], 5);
    EXPECT_EQ(line_of(good, "summary", "")["good"], true);
    EXPECT_EQ(stream_of(good, "urgent")["damaged_sectors"], 0);
  }
}

TEST(QueueVerify, FindsADamagedFrameInTheMiddleAndInTheNewestSector) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 0);
  const std::size_t newest =
      kSector * (stream_of(inspect(path), "urgent")["used_sectors"].get<std::size_t>() - 1);
  // In the twentieth and the third record of a sector.
  for (const std::size_t at : {kSector + 64 + 19 * kFrame + 12, newest + 64 + 2 * kFrame + 12}) {
    flip(path, at, 1);
    const Outcome bad = verify(path);
    EXPECT_EQ(bad.exit_code, 1);
    EXPECT_TRUE(is_one_line(bad.err)) << bad.err;
    const auto damage = damage_of(bad);
    ASSERT_EQ(damage.size(), 1U) << bad.out;
    EXPECT_EQ(damage[0]["cause"], "frames");
    EXPECT_EQ(damage[0]["region"], "urgent");
    EXPECT_EQ(damage[0]["first"], damage[0]["last"]);
    EXPECT_EQ(damage[0]["needed"], true);
    EXPECT_EQ(stream_of(bad, "urgent")["readable"], 499);
    EXPECT_EQ(stream_of(bad, "urgent")["damaged_sectors"], 1);
    EXPECT_EQ(line_of(bad, "summary", "")["lost"], 1);
    flip(path, at, 1);
  }
  EXPECT_EQ(verify(path).exit_code, 0);
}

TEST(QueueVerify, FindsADestroyedSectorHeader) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 0);
  for (const std::size_t sector : {0U, 1U, 2U}) {
    flip(path, sector * kSector, 64);
    const Outcome bad = verify(path);
    EXPECT_EQ(bad.exit_code, 1);
    const auto damage = damage_of(bad);
    ASSERT_EQ(damage.size(), 1U) << bad.out;
    EXPECT_EQ(damage[0]["cause"], "header");
    const int lost = damage[0]["last"].get<int>() - damage[0]["first"].get<int>() + 1;
    EXPECT_EQ(stream_of(bad, "urgent")["readable"], 500 - lost);
    EXPECT_EQ(line_of(bad, "summary", "")["lost"], lost);
    EXPECT_EQ(stream_of(bad, "urgent")["damaged_sectors"], 1);
    flip(path, sector * kSector, 64);
  }
}

TEST(QueueVerify, FindsTheNewestSectorsHeaderDestroyed) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 0);
  const std::size_t used = stream_of(inspect(path), "urgent")["used_sectors"].get<std::size_t>();
  flip(path, (used - 1) * kSector, 64);
  const Outcome bad = verify(path);
  EXPECT_EQ(bad.exit_code, 1);
  const auto damage = damage_of(bad);
  ASSERT_EQ(damage.size(), 1U) << bad.out;
  EXPECT_EQ(damage[0]["cause"], "end");
}

TEST(QueueVerify, FindsDamageInARingThatWentRound) {
  const TempDir dir;
  const std::string path = store_with(dir, 5000, 0);
  std::size_t headers = 0;
  for (std::size_t sector = 0; sector < kSectors; ++sector) {
    flip(path, sector * kSector, 64);
    const Outcome bad = verify(path);
    EXPECT_EQ(bad.exit_code, 1) << sector << bad.out;
    ASSERT_EQ(damage_of(bad).size(), 1U) << sector << bad.out;
    EXPECT_EQ(stream_of(bad, "urgent")["damaged_sectors"], 1) << sector;
    headers += damage_of(bad)[0]["cause"] == "header" ? 1U : 0U;
    flip(path, sector * kSector, 64);
  }
  EXPECT_EQ(headers, kSectors - 2) << "all but the newest and the oldest";
  EXPECT_EQ(verify(path).exit_code, 0);
}

TEST(QueueVerify, LosingAcknowledgedRecordsIsNoLoss) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 0);
  {
    Store store(path);
    ASSERT_TRUE(store.queue.acknowledge(Stream::kUrgent, 299, {}).ok());
  }
  flip(path, kSector, 64);
  const Outcome good = verify(path);
  EXPECT_EQ(good.exit_code, 0) << good.out;
  ASSERT_EQ(damage_of(good).size(), 1U);
  EXPECT_EQ(damage_of(good)[0]["needed"], false);
  EXPECT_TRUE(contains(aiot("queue verify " + path).out, "no loss"));
}

TEST(QueueVerify, ReportsWhatIsNoRecord) {
  const TempDir dir;
  {
    Store store(dir / "s");
    store.fill(Stream::kRoutine, 2);
    const std::array<std::byte, 3> text{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
    ASSERT_TRUE(store.queue.push(Stream::kRoutine, text).ok());
    ASSERT_TRUE(store.queue.push(Stream::kRoutine, text).ok());
  }
  const Outcome bad = verify(dir / "s");
  EXPECT_EQ(bad.exit_code, 1);
  ASSERT_EQ(damage_of(bad).size(), 1U);
  EXPECT_EQ(damage_of(bad)[0]["cause"], "format");
  EXPECT_EQ(damage_of(bad)[0]["first"], 2);
  EXPECT_EQ(damage_of(bad)[0]["last"], 3);
}

TEST(QueueVerify, ReportsARegionThatIsLost) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 3);
  flip(path, 0, kSectors * kSector);
  const Outcome bad = verify(path);
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_EQ(stream_of(bad, "urgent")["error"], "corrupt");
  EXPECT_EQ(stream_of(bad, "routine")["readable"], 3);
}

TEST(QueueVerify, SurvivesDamageAnywhere) {
  const TempDir dir;
  const std::string path = store_with(dir, 5000, 5);
  for (std::size_t at = 0; at < kSectors * kSector; at += 1013) {
    flip(path, at, 3);
    const Outcome seen = verify(path);
    EXPECT_TRUE(seen.exit_code == 0 || seen.exit_code == 1) << at << seen.err;
    EXPECT_EQ(json_lines(seen.out).back()["kind"], "summary") << at;
    flip(path, at, 3);
  }
}

// ---- drain ---------------------------------------------------------------------------------

TEST(QueueDrain, DeliversWhatARunWouldHaveDelivered) {
  const TempDir dir;
  ASSERT_EQ(aiot("run --simulate --seconds 60 --quiet --store " + (dir / "s")).exit_code, 0);
  ASSERT_EQ(aiot("run --simulate --seconds 60 --quiet --store " + (dir / "t") + " --sink " +
                 (dir / "run.cbor"))
                .exit_code,
            0);
  const Outcome kept = aiot("queue drain --keep " + (dir / "s") + " -o " + (dir / "kept.cbor"));
  ASSERT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_GT(stream_of(inspect(dir / "s"), "urgent")["stored"].get<int>(), 0);
  const Outcome drained = aiot("queue drain " + (dir / "s") + " -o " + (dir / "out.cbor"));
  ASSERT_EQ(drained.exit_code, 0) << drained.err;
  EXPECT_EQ(drained.err, "");
  EXPECT_EQ(content_of(dir / "kept.cbor"), content_of(dir / "out.cbor"));
  EXPECT_EQ(aiot("records compare " + (dir / "run.cbor") + " " + (dir / "out.cbor")).exit_code, 0);
  EXPECT_EQ(stream_of(inspect(dir / "s"), "urgent")["stored"], 0);
  EXPECT_EQ(verify(dir / "s").exit_code, 0);

  const std::string before = content_of(dir / "out.cbor");
  const Outcome again = aiot("queue drain --json " + (dir / "s") + " -o " + (dir / "out.cbor"));
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(line_of(again, "summary", "")["delivered"], 0);
  EXPECT_EQ(content_of(dir / "out.cbor"), before);
}

TEST(QueueDrain, AFullRingLosesNothingMoreAndTellsWhatWasDropped) {
  const TempDir dir;
  for (const std::uint64_t count : {4900U, 4950U, 5000U, 5050U}) {
    std::filesystem::remove_all(dir / "s");
    const std::string path = store_with(dir, count, 0);
    const json urgent = stream_of(inspect(path), "urgent");
    const std::string out = dir / ("out" + std::to_string(count));
    const Outcome drained = aiot("queue drain --json " + path + " -o " + out);
    EXPECT_EQ(drained.exit_code, 0) << drained.err;
    EXPECT_TRUE(is_one_line(drained.err)) << drained.err;
    EXPECT_TRUE(contains(drained.err,
                         "stream urgent: records 0 to " +
                             std::to_string(urgent["dropped"].get<std::uint64_t>() - 1) +
                             " dropped"))
        << drained.err;
    EXPECT_EQ(stream_of(drained, "urgent")["delivered"], urgent["stored"]);
    EXPECT_EQ(stream_of(drained, "urgent")["missing"], urgent["dropped"]);
    EXPECT_EQ(records_in(out), urgent["stored"].get<std::size_t>() + 1) << "and the gap";
    EXPECT_EQ(stream_of(inspect(path), "urgent")["dropped"], urgent["dropped"]);
    EXPECT_EQ(verify(path).exit_code, 0);
  }
}

TEST(QueueDrain, DeliversWhatIsReadableOfADamagedStore) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 7);
  flip(path, kSector, 64);
  const int readable = stream_of(verify(path), "urgent")["readable"].get<int>();
  const Outcome drained = aiot("queue drain --json " + path + " -o " + (dir / "out.cbor"));
  EXPECT_EQ(drained.exit_code, 1);
  EXPECT_TRUE(is_one_line(drained.err)) << drained.err;
  EXPECT_TRUE(contains(drained.err, "not readable")) << drained.err;
  EXPECT_EQ(stream_of(drained, "urgent")["delivered"], readable);
  EXPECT_EQ(stream_of(drained, "urgent")["gaps"][0]["cause"], "unreadable");
  EXPECT_EQ(stream_of(drained, "routine")["delivered"], 7);
  EXPECT_EQ(records_in(dir / "out.cbor"), static_cast<std::size_t>(readable) + 8);
}

TEST(QueueDrain, AStreamThatIsLostDoesNotHoldUpTheOthers) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 7);
  flip(path, 0, kSectors * kSector);
  const Outcome drained = aiot("queue drain " + path + " -o " + (dir / "out.cbor"));
  EXPECT_EQ(drained.exit_code, 1);
  EXPECT_TRUE(is_one_line(drained.err)) << drained.err;
  EXPECT_EQ(records_in(dir / "out.cbor"), 7U);
}

TEST(QueueDrain, AnOutputThatTakesNothingLosesNothing) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 7);
  const std::string text = dir.write("text", "these are no records at all");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"/dev/full", "No space left on device"},
      {"/proc/none", "can not be written"},
      {dir / "none/out", "can not be written"},
      {text, "holds something else than records"},
      {path + "/flash.bin", "a part of the store itself"},
      {path + "/store.txt", "a part of the store itself"},
      {dir.path().string(), "can not be written"}};
  const std::string flash = content_of(path + "/flash.bin");
  for (const auto& [output, words] : cases) {
    const Outcome drained = aiot("queue drain " + path + " -o " + output);
    EXPECT_EQ(drained.exit_code, 1) << output;
    EXPECT_TRUE(is_one_line(drained.err)) << drained.err;
    EXPECT_TRUE(contains(drained.err, words)) << drained.err;
    EXPECT_EQ(content_of(path + "/flash.bin"), flash) << output;
  }
}

TEST(QueueDrain, ADiskThatFillsUpLosesNothing) {
  const TempDir dir;
  const std::string path = store_with(dir, 500, 7);
  const std::string out = dir / "out.cbor";
  // Room for the first batch; the next stream's does not fit.
  const std::string limited = "sh -c \"trap '' XFSZ; ulimit -f 2; exec " AIOT_COMMAND
                              " queue drain " +
                              path + " -o " + out + "\" >" + (dir / "text") + " 2>" + (dir / "err");
  EXPECT_NE(std::system(limited.c_str()), 0);
  EXPECT_TRUE(contains(content_of(dir / "err"), "File too large")) << content_of(dir / "err");
  EXPECT_EQ(stream_of(inspect(path), "urgent")["stored"], 500);
  const Outcome drained = aiot("queue drain " + path + " -o " + out);
  EXPECT_EQ(drained.exit_code, 0) << drained.err;
  EXPECT_EQ(records_in(out), 507U);
}

TEST(QueueDrain, WritesToStandardOutput) {
  const TempDir dir;
  const std::string path = store_with(dir, 20, 7);
  const Outcome drained = aiot("queue drain " + path + " -o -");
  EXPECT_EQ(drained.exit_code, 0) << drained.err;
  EXPECT_EQ(records_in(dir.write("out.cbor", drained.out)), 27U);
  EXPECT_EQ(stream_of(inspect(path), "urgent")["stored"], 0);
}

// ---- what is wrong with a store --------------------------------------------------------------

void expect_refused(const std::string& path, const std::string& words) {
  const TempDir dir;
  for (const std::string& verb : {std::string("inspect "),
                                  std::string("verify "),
                                  "drain -o " + (dir / "out") + " ",
                                  "drain --keep -o " + (dir / "out") + " "}) {
    const Outcome refused = aiot("queue " + verb + path);
    EXPECT_EQ(refused.exit_code, 1) << verb << words;
    EXPECT_EQ(refused.out, "") << verb << words;
    EXPECT_TRUE(is_one_line(refused.err)) << verb << refused.err;
    EXPECT_TRUE(contains(refused.err, words)) << verb << refused.err;
    EXPECT_TRUE(contains(refused.err, "; ")) << "says what to do: " << refused.err;
    EXPECT_FALSE(std::filesystem::exists(dir / "out"));
  }
}

TEST(Queue, ExplainsWhatIsNoStore) {
  const TempDir dir;
  const std::string path = store_with(dir, 10, 0);
  expect_refused(dir / "none", "there is no store");
  expect_refused(path + "/store.txt", "is not a directory");
  expect_refused(dir.path().string(), "no store.txt");
  const std::string layout = content_of(path + "/store.txt");
  dir.write("s/store.txt", "aiot store 99\n");
  expect_refused(path, "is of another format");
  dir.write("s/store.txt", "aiot store 2\nsize 7\n");
  expect_refused(path, "is damaged");
  dir.write("s/store.txt", layout);
  std::filesystem::resize_file(path + "/flash.bin", 10'000);
  expect_refused(path, "is 10000 bytes where the store has");
  std::filesystem::remove(path + "/flash.bin");
  expect_refused(path, "No such file");
}

TEST(Queue, ExplainsThatTheStoreIsInUse) {
  const TempDir dir;
  const Store store(dir / "s");
  expect_refused(dir / "s", "in use by another process");
}

TEST(Queue, WrongUsageIsOneLine) {
  for (const char* arguments : {"queue",
                                "queue frob",
                                "queue inspect",
                                "queue verify ''",
                                "queue drain",
                                "queue drain s",
                                "queue drain s -o ''",
                                "queue drain s -o - --json"}) {
    const Outcome run = aiot(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "--help")) << run.err;
  }
}

/// Runs `claim` in a process of its own that is nobody when this one is root.
template <class Claim>
int exit_code_as_nobody(Claim claim) {
  constexpr uid_t kNobody = 65534;
  const pid_t child = ::fork();
  if (child == 0) {
    const bool dropped = ::geteuid() != 0 || (::setgid(kNobody) == 0 && ::setuid(kNobody) == 0);
    ::_exit(!dropped || ::access(AIOT_COMMAND, X_OK) != 0 ? 2 : claim() ? 0 : 1);
  }
  int status = 1;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status)
             ? WEXITSTATUS(status)
             : 1;
}

TEST(Queue, WithoutPermissionToWriteItCanBeReadOnly) {
  const TempDir dir;
  const std::string path = store_with(dir, 10, 0);
  std::filesystem::permissions(dir.path(), std::filesystem::perms{0755});
  ASSERT_EQ(::chmod((path + "/flash.bin").c_str(), 0444), 0);
  const int readable = exit_code_as_nobody([&path] {
    const TempDir own;
    const Outcome drained = aiot("queue drain " + path + " -o " + (own / "out"));
    return inspect(path).exit_code == 0 && verify(path).exit_code == 0 && drained.exit_code == 1 &&
           is_one_line(drained.err) && contains(drained.err, "ermission") &&
           aiot("queue drain --keep " + path + " -o " + (own / "out")).exit_code == 0;
  });
  if (readable == 2) {
    GTEST_SKIP() << "another user may not run the command where it was built";
  }
  EXPECT_EQ(readable, 0);
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  EXPECT_EQ(exit_code_as_nobody([&path] {
              const Outcome shown = inspect(path);
              return shown.exit_code == 1 && is_one_line(shown.err) &&
                     contains(shown.err, "permission denied");
            }),
            0);
  ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
}

/// A folder mounted read-only on itself, where the system lets us.
class ReadOnlyMount {
 public:
  explicit ReadOnlyMount(std::string path) : path_(std::move(path)) {
    const char* const at = path_.c_str();
    mounted_ = ::mount(at, at, nullptr, MS_BIND, nullptr) == 0;
    read_only_ =
        mounted_ && ::mount(nullptr, at, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
  }

  ReadOnlyMount(const ReadOnlyMount&) = delete;
  ReadOnlyMount& operator=(const ReadOnlyMount&) = delete;

  ~ReadOnlyMount() {
    if (mounted_) {
      (void)::umount2(path_.c_str(), MNT_DETACH);
    }
  }

  [[nodiscard]] bool works() const { return read_only_; }

 private:
  std::string path_;
  bool mounted_ = false;
  bool read_only_ = false;
};

TEST(Queue, AReadOnlyFileSystemCanBeRead) {
  const TempDir dir;
  const std::string path = store_with(dir, 10, 0);
  const ReadOnlyMount mount(path);
  if (!mount.works()) {
    GTEST_SKIP() << "needs the right to mount a folder read-only";
  }
  EXPECT_EQ(inspect(path).exit_code, 0);
  EXPECT_EQ(verify(path).exit_code, 0);
  const Outcome drained = aiot("queue drain " + path + " -o " + (dir / "out"));
  EXPECT_EQ(drained.exit_code, 1);
  EXPECT_TRUE(is_one_line(drained.err)) << drained.err;
  EXPECT_TRUE(contains(drained.err, "Read-only file system")) << drained.err;
  EXPECT_FALSE(std::filesystem::exists(dir / "out"));
  const Outcome kept = aiot("queue drain --keep " + path + " -o " + (dir / "out"));
  EXPECT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_EQ(records_in(dir / "out"), 10U);
  const Outcome run = aiot("run --simulate --seconds 3 --store " + path);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(is_one_line(run.err)) << run.err;
}

TEST(Queue, ARunSaysWhatIsWrongWithItsStore) {
  const TempDir dir;
  const std::string path = store_with(dir, 1, 0);
  const auto expect = [&dir](const std::string& name, const std::string& words) {
    const Outcome run = aiot("run --simulate --seconds 3 --store " + (dir / name));
    EXPECT_EQ(run.exit_code, 1) << name;
    EXPECT_TRUE(is_one_line(run.err)) << run.err;
    EXPECT_TRUE(contains(run.err, words)) << run.err;
    EXPECT_TRUE(contains(run.err, "; ")) << "says what to do: " << run.err;
  };
  expect("s", "was created with another geometry");
  dir.write("s/store.txt", "aiot store 1\n");
  expect("s", "is of another format");
  dir.write("s/store.txt", "aiot store 2\n");
  expect("s", "store.txt' is damaged");
  dir.write("other/holiday.jpg", "picture");
  expect("other", "is not a store and not empty");
  dir.write("file", "");
  expect("file", "is not a directory");
  expect("none/s", "the folder above it does not exist");
  std::filesystem::create_directory(dir / "link");
  std::filesystem::create_symlink(dir / "unplugged", dir / "link/flash.bin");
  expect("link", "connect the device");
}

TEST(Queue, ARunSaysThatThereIsNoRoomForItsStore) {
  const TempDir dir;
  const std::string limited = "sh -c \"trap '' XFSZ; ulimit -f 1000; exec " AIOT_COMMAND
                              " run --simulate --seconds 3 --store " +
                              (dir / "s") + "\" >" + (dir / "out") + " 2>" + (dir / "err");
  EXPECT_NE(std::system(limited.c_str()), 0);
  const std::string err = content_of(dir / "err");
  EXPECT_TRUE(is_one_line(err)) << err;
  EXPECT_TRUE(contains(err, "no room for")) << err;
  EXPECT_FALSE(std::filesystem::exists(dir / "s"));
}

}  // namespace
}  // namespace aiot::test
