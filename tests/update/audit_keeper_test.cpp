// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/audit_keeper.hpp"

#include <array>
#include <optional>

#include "aiot/update/slot_start.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/audit_rig.hpp"
#include "tests/update/sample_image.hpp"

namespace {

using namespace aiot;
using namespace aiot::update_test;
using update::AuditEntry;
using update::AuditFault;
using update::AuditKeeper;
using update::AuditKind;
using update::AuditLog;
using update::ImageType;

constexpr std::uint32_t kSector = 1024;
constexpr hal::FlashRegion kRecord{0, 4 * kSector};
constexpr hal::FlashRegion kAudit{4 * kSector, 4 * kSector};
constexpr std::array<hal::FlashRegion, 2> kSlots = {hal::FlashRegion{8 * kSector, 2 * kSector},
                                                    hal::FlashRegion{10 * kSector, 2 * kSector}};
constexpr std::array<std::optional<std::uint32_t>, 2> kAddresses = {0x10000, 0x20000};
constexpr hal::FlashGeometry kNor{
    .size = 12 * kSector, .sector = kSector, .page = 256, .program = 4};
constexpr std::string_view kProduct = "node-1";

std::array<std::byte, kNor.size> bytes;
std::array<std::byte, 2 * kSector> image_memory;
std::array<std::byte, update::kMaxOfferBytes> offer_memory;
std::array<std::byte, update::kInstallerBuffer> buffer;

constexpr Instant at_s(std::int64_t seconds) {
  return {seconds * 1'000'000};
}

AuditEntry entry_of(AuditKind kind) {
  AuditEntry entry;
  entry.kind = kind;
  return entry;
}

struct Bench {
  Bench() {
    flash.blank();
    restart();
    EXPECT_TRUE(record.count_boot().ok());
  }

  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void restart() {
    flash.power_on();
    EXPECT_TRUE(record.mount(flash, kRecord).ok());
    EXPECT_TRUE(log.mount(flash, kAudit, keys, record.state().seal).ok());
    keeper.emplace(log, record);
  }

  /// What somebody finds who has the flash and the key.
  update::AuditReport verify() {
    update::BootRecord known;
    store::FrameLog reader;
    EXPECT_TRUE(known.mount(flash, kRecord).ok());
    EXPECT_TRUE(reader.mount(flash, kAudit, store::OnFull::kDropOldest).ok());
    return update::verify_audit(reader, hal::KeyStoreRef(keys), known.state().seal);
  }

  /// What the newest entry but `back` says.
  AuditEntry newest(std::uint32_t back = 0) {
    store::FrameCursor cursor;
    std::array<std::byte, update::kAuditSealBytes> frame{};
    AuditEntry found;
    while (log.log().advance(cursor, frame).ok()) {
      const auto entry = update::decode_entry(Bytes(frame).first(cursor.length));
      if (entry.ok() && entry->sequence + 1 + back == log.next_sequence()) {
        found = *entry;
      }
    }
    return found;
  }

  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, bytes, {}};
  TestKeys keys;
  update::BootRecord record;
  AuditLog log;
  std::optional<AuditKeeper> keeper;
};

TEST(AuditKeeper, DatesEntries) {
  Bench bench;
  EXPECT_TRUE(bench.record.count_boot().ok());
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kOffer), at_s(7)).ok());
  EXPECT_EQ(bench.newest().boot, 2U);
  EXPECT_EQ(bench.newest().time_us, 7'000'000U);
}

TEST(AuditKeeper, SealsDecisionsAtOnce) {
  Bench bench;
  std::uint32_t seals = 0;
  for (const AuditKind kind : {AuditKind::kTrial,
                               AuditKind::kConfirm,
                               AuditKind::kReturn,
                               AuditKind::kKeyChange,
                               AuditKind::kRecovery}) {
    EXPECT_TRUE(bench.keeper->append(entry_of(kind), at_s(1)).ok());
    EXPECT_TRUE(bench.keeper->pending());
    EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
    EXPECT_FALSE(bench.keeper->pending());
    EXPECT_EQ(bench.record.state().seal, ++seals);
    EXPECT_EQ(bench.log.newest_seal(), seals);
  }
}

TEST(AuditKeeper, SealsOtherEntriesTogetherWhenTheFirstHasWaited) {
  Bench bench;
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kOffer), at_s(100)).ok());
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kVerdict), at_s(108)).ok());
  EXPECT_TRUE(bench.keeper->service(at_s(109)).ok());
  EXPECT_EQ(bench.record.state().seal, 0U);
  EXPECT_TRUE(bench.keeper->service(at_s(110)).ok());
  EXPECT_EQ(bench.record.state().seal, 1U);
  EXPECT_EQ(bench.log.unsealed(), 0U);
}

TEST(AuditKeeper, SealsAFullBatchAtOnce) {
  Bench bench;
  for (std::uint32_t i = 0; i < AuditLog::kMaxBatch; ++i) {
    EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
    EXPECT_EQ(bench.record.state().seal, 0U);
    EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kOffer), at_s(1)).ok());
  }
  EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
  EXPECT_EQ(bench.record.state().seal, 1U);
}

TEST(AuditKeeper, TellsTheRecordOfASealThatTheLogMadeByItself) {
  Bench bench;
  for (std::uint32_t i = 0; i <= AuditLog::kMaxBatch; ++i) {  // nobody served the keeper
    EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kOffer), at_s(1)).ok());
  }
  EXPECT_EQ(bench.log.newest_seal(), 1U);
  EXPECT_EQ(bench.record.state().seal, 0U);
  EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
  EXPECT_EQ(bench.record.state().seal, bench.log.newest_seal());
}

TEST(AuditKeeper, WritesNothingWhenNothingIsPending) {
  Bench bench;
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kTrial), at_s(1)).ok());
  EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
  bench.restart();
  bench.flash.reset_counters();
  EXPECT_FALSE(bench.keeper->pending());
  EXPECT_TRUE(bench.keeper->service(at_s(1000)).ok());
  EXPECT_TRUE(bench.keeper->seal().ok());
  EXPECT_EQ(bench.flash.counters().programs, 0U);
}

TEST(AuditKeeper, SealsInTheNextBootWhatTheLastOneLeft) {
  Bench bench;
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kOffer), at_s(1)).ok());
  bench.restart();
  EXPECT_TRUE(bench.keeper->service(at_s(0)).ok());
  EXPECT_EQ(bench.record.state().seal, 1U);
}

TEST(AuditKeeper, NeverLowersTheNumberOfTheRecord) {
  Bench bench;
  update::BootState state = bench.record.state();
  state.seal = 9;  // the log that it is of is gone
  EXPECT_TRUE(bench.record.write(state).ok());
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kTrial), at_s(1)).ok());
  EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
  EXPECT_EQ(bench.record.state().seal, 9U);
  bench.restart();
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kTrial), at_s(1)).ok());
  EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
  EXPECT_EQ(bench.record.state().seal, 10U);
}

TEST(AuditKeeper, SaysAtOnceThatNothingCanBeSealedAndTriesAgain) {
  Bench bench;
  bench.keys.missing = true;
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kTrial), at_s(1)).ok());
  EXPECT_EQ(bench.keeper->service(at_s(1)).error(), Error::kEmpty);
  EXPECT_TRUE(bench.keeper->service(at_s(2)).ok());  // not at every step
  EXPECT_EQ(bench.keeper->service(at_s(11)).error(), Error::kEmpty);
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kConfirm), at_s(12)).ok());
  EXPECT_EQ(bench.keeper->service(at_s(12)).error(), Error::kEmpty);
  bench.keys.missing = false;
  EXPECT_TRUE(bench.keeper->service(at_s(22)).ok());
  EXPECT_EQ(bench.record.state().seal, 1U);
  EXPECT_EQ(bench.verify().fault, AuditFault::kNone);
}

TEST(AuditKeeper, SaysAtOnceThatTheFlashRefuses) {
  Bench bench;
  std::array<sim::BadSector, 12> bad{};
  for (std::uint32_t i = 0; i < bad.size(); ++i) {
    bad[i].sector = i;
  }
  bench.flash.set_bad_sectors(std::span(bad).subspan(4, 4));  // the log
  EXPECT_FALSE(bench.keeper->append(entry_of(AuditKind::kTrial), at_s(1)).ok());
  bench.flash.set_bad_sectors({});
  bench.restart();
  EXPECT_TRUE(bench.keeper->append(entry_of(AuditKind::kTrial), at_s(1)).ok());
  bench.flash.set_bad_sectors(std::span(bad).first(4));  // the record
  EXPECT_EQ(bench.keeper->service(at_s(1)).error(), Error::kIo);
  EXPECT_EQ(bench.log.newest_seal(), 1U);
  EXPECT_TRUE(bench.keeper->pending());
  EXPECT_EQ(bench.verify().fault, AuditFault::kNone);
  bench.flash.set_bad_sectors({});
  bench.restart();
  EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
  EXPECT_EQ(bench.record.state().seal, 1U);
}

TEST(AuditKeeper, TellsAKeyChangeOnceAndSealsItAtOnce) {
  Bench bench;
  const update::TrustedKey key = fast_trusted_key();
  EXPECT_TRUE(bench.keeper->use_keys({&key, 1}, at_s(1)).ok());
  EXPECT_TRUE(bench.newest().kind == AuditKind::kKeyChange);
  EXPECT_TRUE(bench.newest().id == update::key_set_id({&key, 1}));
  EXPECT_TRUE(bench.keeper->service(at_s(1)).ok());
  EXPECT_EQ(bench.record.state().seal, 1U);
  bench.restart();
  EXPECT_TRUE(bench.keeper->use_keys({&key, 1}, at_s(1)).ok());
  EXPECT_EQ(bench.log.next_sequence(), 1U);
  const std::array other{fast_trusted_key(), sample_trusted_key()};
  EXPECT_TRUE(bench.keeper->use_keys(other, at_s(1)).ok());
  EXPECT_EQ(bench.log.next_sequence(), 2U);
}

/// Three decisions that are sealed, one after the other, into a log that has to give up a sector.
void decide(Bench& bench) {
  for (std::uint32_t i = 0; i < 3; ++i) {
    (void)bench.keeper->append(entry_of(AuditKind::kTrial), at_s(20));
    (void)bench.keeper->service(at_s(20));
  }
}

TEST(AuditKeeper, APowerCutAnywhereLooksLikeNoTampering) {
  static std::array<std::byte, kNor.size> before;
  Bench bench;
  while (bench.log.log().erase_count() < 2) {
    decide(bench);
  }
  std::ranges::copy(bytes, before.begin());
  std::uint32_t operations = 0;
  std::uint32_t behind = 0;  // cuts between a seal and the record that names it
  for (bool cut = true; cut;) {
    ++operations;
    for (const sim::CutKind kind : sim::kCutKinds) {
      std::ranges::copy(before, bytes.begin());
      bench.restart();
      const std::uint32_t next = bench.log.next_sequence();
      bench.flash.cut_at(operations, kind, operations);
      decide(bench);
      cut = !bench.flash.powered();
      bench.restart();
      ASSERT_EQ(bench.verify().fault, AuditFault::kNone);
      ASSERT_LE(bench.record.state().seal, bench.log.newest_seal());
      behind += bench.record.state().seal < bench.log.newest_seal() ? 1U : 0U;
      ASSERT_GE(bench.log.next_sequence(), next);
      ASSERT_TRUE(bench.keeper->service(at_s(0)).ok());
      ASSERT_EQ(bench.record.state().seal, bench.log.newest_seal());
      ASSERT_EQ(bench.log.unsealed(), 0U);
      ASSERT_EQ(bench.verify().fault, AuditFault::kNone);
    }
  }
  EXPECT_GE(operations, 10U);
  EXPECT_GE(behind, 3U);
}

/// Slot A holds firmware 1.0.5, which runs.
struct Device : Bench {
  Device() {
    EXPECT_TRUE(write_sample(flash, kSlots[0], firmware(5, 0)).ok());
    update::VerifyPolicy policy;
    policy.keys = {&key, 1};
    policy.schemes = {&scheme, 1};
    const auto started = update::start_slot(
        record,
        {.flash = flash, .slots = kSlots, .addresses = kAddresses, .policy = policy},
        buffer);
    EXPECT_TRUE(started.ok());
    update::InstallerConfig config;
    config.slots = {kSlots, {}};
    config.running = {std::uint8_t{0}, std::nullopt};
    config.addresses = kAddresses;
    config.product = kProduct;
    config.policy = policy;
    installer.emplace(flash, record, config, buffer);
  }

  static Bytes firmware(std::uint16_t version, std::size_t slot) {
    SampleSpec spec;
    spec.load_address = *kAddresses[slot];
    spec.flags = update::kImageRomFixed;
    spec.version = {1, 0, version, 0};
    spec.product = kProduct;
    return make_sample(spec, image_memory);
  }

  static Bytes offer_of(Bytes image) {
    return Bytes(offer_memory).first(update::make_offer(image, offer_memory).value_or(0));
  }

  update::TrustedKey key = fast_trusted_key();
  crypto::SignatureScheme scheme = kFastScheme;
  std::optional<update::Installer> installer;
};

TEST(AuditKeeper, TellsOfAnInstallation) {
  Device device;
  const Bytes image = Device::firmware(6, 1);
  const auto offered = device.keeper->offer(*device.installer, Device::offer_of(image), at_s(1));
  EXPECT_TRUE(offered.verdict.ok() && offered.told.ok());
  EXPECT_EQ(device.log.next_sequence(), 2U);
  const AuditEntry offer = device.newest(1);
  EXPECT_TRUE(offer.kind == AuditKind::kOffer);
  EXPECT_EQ(offer.type, 0U);
  EXPECT_EQ(offer.slot, update::kNotStated);
  EXPECT_TRUE(offer.version == (update::Version{1, 0, 6, 0}));
  const AuditEntry taken = device.newest();
  EXPECT_TRUE(taken.kind == AuditKind::kVerdict);
  EXPECT_EQ(taken.code, 0U);
  EXPECT_EQ(taken.slot, 1U);
  EXPECT_TRUE(device.installer->write(0, image).ok());
  const auto finished = device.keeper->finish(*device.installer, at_s(2));
  EXPECT_TRUE(finished.verdict.ok() && finished.told.ok());
  EXPECT_EQ(device.log.next_sequence(), 4U);
  const AuditEntry whole = device.newest(1);
  EXPECT_TRUE(whole.kind == AuditKind::kVerdict);
  EXPECT_EQ(whole.code, 0U);
  const AuditEntry installed = device.newest();
  EXPECT_TRUE(installed.kind == AuditKind::kInstall);
  EXPECT_EQ(installed.slot, 1U);
  EXPECT_TRUE(installed.version == offer.version);
  EXPECT_TRUE(installed.id == offer.id);
  EXPECT_TRUE(installed.id == device.record.state().of(ImageType::kFirmware).slot[1].id);
}

TEST(AuditKeeper, TellsWhyAnOfferOrAnImageWasRefused) {
  Device device;
  Bytes offer = Device::offer_of(Device::firmware(4, 1));
  EXPECT_FALSE(device.keeper->offer(*device.installer, offer, at_s(1)).verdict.ok());
  EXPECT_EQ(device.newest().code,
            update::verdict_code(update::InstallFault::kOlder, update::ImageFault::kNone));
  EXPECT_TRUE(device.newest().version == (update::Version{1, 0, 4, 0}));

  const Bytes image = Device::firmware(6, 1);
  offer = Device::offer_of(image);
  EXPECT_TRUE(device.keeper->offer(*device.installer, offer, at_s(1)).verdict.ok());
  image_memory[100] ^= std::byte{1};
  EXPECT_TRUE(device.installer->write(0, image).ok());
  EXPECT_FALSE(device.keeper->finish(*device.installer, at_s(1)).verdict.ok());
  EXPECT_TRUE(device.newest().kind == AuditKind::kVerdict);
  EXPECT_EQ(device.newest().code,
            update::verdict_code(update::InstallFault::kImage, update::ImageFault::kHashMismatch));
  EXPECT_EQ(device.newest().slot, 1U);
  // It was never tried: nothing is told as a return later.
  EXPECT_TRUE(device.record.state().of(ImageType::kFirmware).slot[1].told);

  EXPECT_FALSE(device.keeper->offer(*device.installer, offer.first(20), at_s(1)).verdict.ok());
  EXPECT_TRUE(device.newest().kind == AuditKind::kVerdict);
  EXPECT_EQ(device.newest().type, update::kNotStated);
}

TEST(AuditKeeper, TellsOnlySoManyRefusalsAnHour) {
  Device device;
  const auto refuse = [&](std::int64_t seconds) {
    const std::uint32_t before = device.log.next_sequence();
    const Bytes offer = Device::offer_of(Device::firmware(4, 1));
    EXPECT_FALSE(device.keeper->offer(*device.installer, offer, at_s(seconds)).verdict.ok());
    return device.log.next_sequence() - before;
  };
  for (std::uint32_t i = 0; i < update::RefusalBudget::kAtOnce; ++i) {
    EXPECT_EQ(refuse(i), 2U);
  }
  EXPECT_EQ(refuse(100), 0U);
  const std::int64_t pause = update::RefusalBudget::kPause.us / 1'000'000;
  EXPECT_EQ(refuse(pause), 2U);
  EXPECT_EQ(refuse(pause + 1), 0U);
  EXPECT_EQ(refuse(3 * pause), 2U);
  EXPECT_EQ(refuse(3 * pause), 2U);
  EXPECT_EQ(refuse(3 * pause), 0U);
  // What is good is told in any case.
  const Bytes good = Device::offer_of(Device::firmware(6, 1));
  const std::uint32_t before = device.log.next_sequence();
  EXPECT_TRUE(device.keeper->offer(*device.installer, good, at_s(3 * pause)).verdict.ok());
  EXPECT_EQ(device.log.next_sequence(), before + 2);
}

TEST(AuditKeeper, TellsAtTheTrialOfAnInstallationThatTheLogDoesNotKnow) {
  Device device;
  const Bytes image = Device::firmware(6, 1);
  // As a boot loader does in its recovery: without the log.
  ASSERT_TRUE(device.installer->offer(Device::offer_of(image)).ok());
  ASSERT_TRUE(device.installer->write(0, image).ok());
  ASSERT_TRUE(device.installer->finish().ok());
  EXPECT_TRUE(device.keeper->tell_installed(ImageType::kFirmware, 1, at_s(1)).ok());
  EXPECT_TRUE(device.newest().kind == AuditKind::kRecovery);
  EXPECT_EQ(device.newest().slot, 1U);
  EXPECT_TRUE(device.newest().version == (update::Version{1, 0, 6, 0}));
  EXPECT_TRUE(device.keeper->tell_installed(ImageType::kFirmware, 1, at_s(1)).ok());
  EXPECT_EQ(device.log.next_sequence(), 1U);
}

TEST(AuditKeeper, TellsAtTheTrialOfAnInstallationThatAPowerCutKeptFromTheLog) {
  Device device;
  const Bytes image = Device::firmware(6, 1);
  ASSERT_TRUE(
      device.keeper->offer(*device.installer, Device::offer_of(image), at_s(1)).verdict.ok());
  ASSERT_TRUE(device.installer->write(0, image).ok());
  ASSERT_TRUE(device.installer->finish().ok());
  EXPECT_TRUE(device.keeper->tell_installed(ImageType::kFirmware, 1, at_s(1)).ok());
  EXPECT_TRUE(device.newest().kind == AuditKind::kInstall);
  EXPECT_EQ(device.log.next_sequence(), 3U);
}

TEST(AuditKeeper, TellsOfAFlashThatEndsADownload) {
  Device device;
  const Bytes image = Device::firmware(6, 1);
  EXPECT_TRUE(
      device.keeper->offer(*device.installer, Device::offer_of(image), at_s(1)).verdict.ok());
  EXPECT_FALSE(
      device.keeper->write(*device.installer, 64, image.subspan(64), at_s(1)).verdict.ok());
  EXPECT_EQ(device.log.next_sequence(), 2U);  // out of order ends nothing
  std::array bad{sim::BadSector{10, sim::Fails::kBoth, 0, sim::CutKind::kOld}};
  device.flash.set_bad_sectors(bad);
  const auto written = device.keeper->write(*device.installer, 0, image, at_s(1));
  EXPECT_TRUE(written.verdict.fault == update::InstallFault::kErase);
  EXPECT_TRUE(device.newest().kind == AuditKind::kVerdict);
  EXPECT_EQ(device.newest().code,
            update::verdict_code(update::InstallFault::kErase, update::ImageFault::kNone));
  EXPECT_EQ(device.newest().slot, 1U);
}

TEST(AuditKeeper, InstallsWhatTheLogDoesNotTake) {
  Device device;
  AuditLog none;
  AuditKeeper keeper(none, device.record);
  const Bytes image = Device::firmware(6, 1);
  const auto offered = keeper.offer(*device.installer, Device::offer_of(image), at_s(1));
  EXPECT_TRUE(offered.verdict.ok());
  EXPECT_EQ(offered.told.error(), Error::kWrongState);
  EXPECT_TRUE(device.installer->write(0, image).ok());
  const auto finished = keeper.finish(*device.installer, at_s(1));
  EXPECT_TRUE(finished.verdict.ok());
  EXPECT_EQ(finished.told.error(), Error::kWrongState);
}

TEST(AuditKeeper, SaysThatTheLogIsNotMounted) {
  Device device;
  AuditLog none;
  AuditKeeper keeper(none, device.record);
  const update::TrustedKey key = fast_trusted_key();
  const std::uint32_t known = device.record.state().seal;
  EXPECT_EQ(keeper.append(entry_of(AuditKind::kTrial), at_s(1)).error(), Error::kWrongState);
  EXPECT_EQ(keeper.use_keys({&key, 1}, at_s(1)).error(), Error::kWrongState);
  EXPECT_TRUE(keeper.tell_confirmed(at_s(1)).ok());
  EXPECT_EQ(keeper.seal().error(), Error::kWrongState);
  EXPECT_EQ(device.record.state().seal, known);
}

}  // namespace
