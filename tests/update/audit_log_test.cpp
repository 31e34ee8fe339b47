// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/audit_log.hpp"

#include "tests/store/store_flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/audit_rig.hpp"

namespace aiot::update {
namespace {

using update_test::sample_entry;
using update_test::TestKeys;

constexpr std::uint32_t kSize = 4 * 1024;
constexpr hal::FlashRegion kRegion{0, kSize};

/// A log of 4 sectors of 1024 bytes: 17 entries fit into one.
struct Bench {
  explicit Bench(std::uint32_t program = 1) : flash(store_test::geometry(kSize, 1024, program)) {
    mount();
  }

  void mount(std::uint32_t known_seal = 0) {
    ASSERT_TRUE(log.mount(flash, kRegion, keys, known_seal).ok());
  }

  void append(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      ASSERT_TRUE(log.append(sample_entry(log.next_sequence())).ok());
    }
  }

  std::uint32_t seal() {
    const auto number = log.seal();
    EXPECT_TRUE(number.ok());
    return number.value_or(0);
  }

  AuditReport verify(std::uint32_t known_seal = 0) {
    store::FrameLog reader;
    EXPECT_TRUE(reader.mount(flash, kRegion, store::OnFull::kDropOldest).ok());
    return verify_audit(reader, hal::KeyStoreRef(keys), known_seal);
  }

  store_test::TestFlash flash;
  TestKeys keys;
  AuditLog log;
};

TEST(AuditLog, IsEmptyOnABlankRegion) {
  Bench bench;
  EXPECT_EQ(bench.log.next_sequence(), 0U);
  EXPECT_EQ(bench.log.newest_seal(), 0U);
  EXPECT_EQ(bench.seal(), 0U);
  const AuditReport report = bench.verify();
  EXPECT_EQ(report.fault, AuditFault::kNone);
  EXPECT_EQ(report.entries, 0U);
}

TEST(AuditLog, GivesEntriesBackAsTheyWere) {
  for (const std::uint32_t program : {1U, 4U, 8U, 32U}) {
    Bench bench(program);
    bench.append(9);
    store::FrameCursor cursor;
    std::array<std::byte, kAuditSealBytes> buffer{};
    for (std::uint32_t i = 0; i < 9; ++i) {
      const auto frame = bench.log.log().read(cursor, buffer);
      ASSERT_TRUE(frame.ok());
      const auto entry = decode_entry(frame->payload);
      ASSERT_TRUE(entry.ok());
      EXPECT_EQ(entry->sequence, i);
      EXPECT_TRUE(update_test::equal(*entry, sample_entry(i)));
    }
    EXPECT_EQ(bench.log.log().read(cursor, buffer).error(), Error::kEmpty);
  }
}

TEST(AuditLog, SealsWhatIsNotSealedYet) {
  Bench bench;
  bench.append(3);
  EXPECT_EQ(bench.log.unsealed(), 3U);
  EXPECT_EQ(bench.seal(), 1U);
  EXPECT_EQ(bench.log.unsealed(), 0U);
  EXPECT_EQ(bench.seal(), 1U);
  bench.append(1);
  EXPECT_EQ(bench.seal(), 2U);
  const AuditReport report = bench.verify(2);
  EXPECT_EQ(report.fault, AuditFault::kNone);
  EXPECT_EQ(report.entries, 4U);
  EXPECT_EQ(report.seals, 2U);
  EXPECT_EQ(report.newest_seal, 2U);
  EXPECT_EQ(report.unsealed, 0U);
  EXPECT_EQ(report.complete_from, 0U);
}

TEST(AuditLog, SealsAFullBatchByItself) {
  Bench bench;
  bench.append(AuditLog::kMaxBatch);
  EXPECT_EQ(bench.log.newest_seal(), 0U);
  bench.append(1);
  EXPECT_EQ(bench.log.newest_seal(), 1U);
  EXPECT_EQ(bench.log.unsealed(), 1U);
}

TEST(AuditLog, GoesOnAfterARestart) {
  Bench bench;
  bench.append(3);
  bench.seal();
  bench.append(2);
  bench.mount(1);
  EXPECT_EQ(bench.log.next_sequence(), 5U);
  EXPECT_EQ(bench.log.unsealed(), 2U);
  EXPECT_EQ(bench.log.newest_seal(), 1U);
  bench.append(1);
  EXPECT_EQ(bench.seal(), 2U);
  EXPECT_EQ(bench.verify(2).fault, AuditFault::kNone);
}

TEST(AuditLog, WrapsAndSaysFromWhereItIsComplete) {
  for (const std::uint32_t program : {1U, 8U, 32U}) {
    Bench bench(program);
    std::uint32_t complete_from = 0;
    for (std::uint32_t i = 0; i < 200; ++i) {
      bench.append(1);
      if (i % 5 == 4) {
        bench.seal();
      }
      if (i % 37 == 0) {
        bench.mount(bench.log.newest_seal());
      }
      const AuditReport report = bench.verify(bench.log.newest_seal());
      ASSERT_EQ(report.fault, AuditFault::kNone) << "after " << i;
      ASSERT_EQ(report.complete_from + report.entries - report.unchecked, i + 1);
      ASSERT_EQ(report.unsealed, bench.log.unsealed());
      ASSERT_GE(report.complete_from, complete_from);
      complete_from = report.complete_from;
    }
    EXPECT_GT(complete_from, 140U);
    EXPECT_LT(complete_from, 190U);
  }
}

TEST(AuditLog, GivesNothingUpThatIsNotSealed) {
  Bench bench;
  bench.keys.missing = true;
  std::uint32_t taken = 0;
  Status status;
  while (status.ok() && taken < 1000) {
    status = bench.log.append(sample_entry(taken));
    taken += status.ok() ? 1U : 0U;
  }
  EXPECT_EQ(status.error(), Error::kEmpty);
  EXPECT_GE(taken, 34U);
  EXPECT_EQ(bench.log.seal().error(), Error::kEmpty);
  bench.mount();
  EXPECT_EQ(bench.log.unsealed(), taken);
  bench.keys.missing = false;
  bench.append(1);
  const AuditReport report = bench.verify(bench.seal());
  EXPECT_EQ(report.fault, AuditFault::kNone);
  EXPECT_EQ(bench.log.next_sequence(), taken + 1);
}

TEST(AuditLog, TellsASetOfKeysOnce) {
  Bench bench;
  const ImageId first{std::byte{1}};
  const ImageId second{std::byte{2}};
  EXPECT_TRUE(bench.log.use_keys(first, 1, 5).value_or(false));
  EXPECT_FALSE(bench.log.use_keys(first, 2, 5).value_or(true));
  bench.mount();
  EXPECT_FALSE(bench.log.use_keys(first, 2, 5).value_or(true));
  EXPECT_TRUE(bench.log.use_keys(second, 3, 5).value_or(false));
  for (int i = 0; i < 40; ++i) {  // the entry itself is gone
    bench.append(5);
    bench.seal();
  }
  bench.mount(bench.log.newest_seal());
  EXPECT_FALSE(bench.log.use_keys(second, 4, 5).value_or(true));
  EXPECT_TRUE(bench.log.use_keys(first, 4, 5).value_or(false));
}

TEST(AuditLog, NamesASetOfKeysWhateverItsOrder) {
  constexpr std::array<std::byte, 3> kBytes{std::byte{1}, std::byte{2}, std::byte{3}};
  const TrustedKey a{crypto::KeyKind::kP256, Bytes(kBytes).first(1)};
  const TrustedKey b{crypto::KeyKind::kP256, Bytes(kBytes).first(2)};
  const TrustedKey c{crypto::KeyKind::kRsa2048, kBytes};
  const ImageId id = key_set_id(std::array{a, b, c});
  EXPECT_TRUE(id == key_set_id(std::array{c, a, b}));
  EXPECT_TRUE(id == key_set_id(std::array{b, c, a, b}));
  EXPECT_FALSE(id == key_set_id(std::array{a, b}));
  EXPECT_FALSE(key_set_id({}) == key_set_id(std::array{a}));
}

TEST(AuditLog, LeavesAHoleInTheNumbersWhenItsEndWasCutOff) {
  Bench bench;
  bench.append(2);
  bench.seal();
  bench.mount(4);  // the boot record has seen three more
  bench.append(1);
  EXPECT_EQ(bench.seal(), 5U);
  const AuditReport report = bench.verify(5);
  EXPECT_EQ(report.fault, AuditFault::kSealLost);
  EXPECT_EQ(report.at, 2U);
}

TEST(AuditLog, IsNotUsedBeforeItIsMounted) {
  AuditLog log;
  EXPECT_EQ(log.append(sample_entry(0)).error(), Error::kWrongState);
  EXPECT_EQ(log.seal().error(), Error::kWrongState);
  const AuditReport report = verify_audit(log.log(), {}, 0);
  EXPECT_EQ(report.fault, AuditFault::kRead);
}

TEST(AuditLog, RefusesAFrameThatIsTooLong) {
  Bench bench;
  store::FrameLog other;
  ASSERT_TRUE(other.mount(bench.flash, kRegion, store::OnFull::kDropOldest).ok());
  constexpr std::array<std::byte, 200> kLong{};
  ASSERT_TRUE(other.append(kLong).ok());
  EXPECT_EQ(bench.log.mount(bench.flash, kRegion, bench.keys, 0).error(), Error::kCorrupt);
  EXPECT_FALSE(bench.log.mounted());
  EXPECT_EQ(bench.verify().fault, AuditFault::kStrange);
}

TEST(VerifyAudit, MissesAnEndThatTheBootRecordKnows) {
  Bench bench;
  bench.append(2);
  bench.seal();
  EXPECT_EQ(bench.verify(1).fault, AuditFault::kNone);
  const AuditReport report = bench.verify(2);
  EXPECT_EQ(report.fault, AuditFault::kEndLost);
  EXPECT_EQ(report.at, 2U);
}

TEST(VerifyAudit, KnowsTheSealsOfAnotherKey) {
  Bench bench;
  bench.append(2);
  bench.seal();
  TestKeys other(2);
  const AuditReport report = verify_audit(bench.log.log(), hal::KeyStoreRef(other), 1);
  EXPECT_EQ(report.fault, AuditFault::kSealForged);
  EXPECT_EQ(report.at, 1U);
  EXPECT_EQ(verify_audit(bench.log.log(), {}, 1).fault, AuditFault::kNone);
}

TEST(VerifyAudit, HasWordsForEveryFault) {
  for (unsigned i = 0; i <= static_cast<unsigned>(AuditFault::kEndLost); ++i) {
    EXPECT_TRUE(to_string(static_cast<AuditFault>(i))[1] != '\0');
  }
  for (unsigned i = 1; i <= static_cast<unsigned>(AuditKind::kCommand); ++i) {
    EXPECT_TRUE(to_string(static_cast<AuditKind>(i)) != nullptr);
  }
  EXPECT_TRUE(to_string(AuditKind{200}) == nullptr);
}

}  // namespace
}  // namespace aiot::update
