// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/installer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "aiot/update/model_slots.hpp"
#include "aiot/update/slot_start.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/sample_image.hpp"

namespace {

using namespace aiot;
using namespace aiot::update_test;
using update::BootRecord;
using update::Cause;
using update::ImageFault;
using update::ImageType;
using update::InstallFault;
using update::SlotState;

constexpr std::uint32_t kSector = 1024;
constexpr hal::FlashGeometry kNor{
    .size = 48 * kSector, .sector = kSector, .page = 256, .program = 4};
constexpr hal::FlashRegion kRecord{0, 4 * kSector};
constexpr std::array<hal::FlashRegion, 2> kFirmware = {
    hal::FlashRegion{4 * kSector, 16 * kSector}, hal::FlashRegion{20 * kSector, 16 * kSector}};
constexpr std::array<hal::FlashRegion, 2> kModel = {hal::FlashRegion{36 * kSector, 6 * kSector},
                                                    hal::FlashRegion{42 * kSector, 6 * kSector}};
constexpr std::uint32_t kAddressA = 0x10000;
constexpr std::uint32_t kAddressB = 0x20000;
constexpr std::string_view kProduct = "node-1";

std::array<std::byte, kNor.size> bytes;
std::array<std::byte, 20 * kSector> image_memory;
std::array<std::byte, update::kMaxOfferBytes> offer_memory;
std::array<std::byte, update::kInstallerBuffer> buffer;

SampleSpec firmware(std::uint16_t version, std::uint32_t address = kAddressB) {
  SampleSpec spec;
  spec.payload_bytes = 3000;
  spec.load_address = address;
  spec.flags = update::kImageRomFixed;
  spec.version = {1, 0, version, 0};
  spec.product = kProduct;
  spec.seed = version;
  return spec;
}

SampleSpec model(std::uint16_t version) {
  SampleSpec spec = firmware(version);
  spec.payload_bytes = 2000;
  spec.load_address = 0;
  spec.flags = 0;
  spec.type = ImageType::kModel;
  return spec;
}

/// A device whose slot A holds firmware 1.0.5, confirmed, and no model.
struct Bench {
  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, bytes, {}};
  BootRecord record;
  update::TrustedKey key = fast_trusted_key();
  crypto::SignatureScheme scheme = kFastScheme;

  explicit Bench(std::optional<std::uint32_t> counter = {},
                 std::span<const update::Dependency> dependencies = {}) {
    flash.blank();
    SampleSpec spec = firmware(5, kAddressA);
    spec.counter = counter;
    spec.dependencies = dependencies;
    EXPECT_TRUE(write_sample(flash, kFirmware[0], make_sample(spec, image_memory)).ok());
    EXPECT_TRUE(record.mount(flash, kRecord).ok());
    EXPECT_EQ(start()->slot, 0);
  }

  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  update::VerifyPolicy policy() const {
    update::VerifyPolicy policy;
    policy.keys = {&key, 1};
    policy.schemes = {&scheme, 1};
    return policy;
  }

  Result<update::StartedSlot> start(hal::ResetCause cause = hal::ResetCause::kSoftware) {
    return update::start_slot(record,
                              {.flash = flash,
                               .slots = kFirmware,
                               .addresses = {kAddressA, kAddressB},
                               .policy = policy(),
                               .product = kProduct,
                               .cause = cause},
                              buffer);
  }

  Result<update::StartedModel> start_model(update::Version running = {1, 0, 5, 0}) {
    return update::start_model(record,
                               {.flash = flash,
                                .slots = kModel,
                                .policy = policy(),
                                .product = kProduct,
                                .firmware = running},
                               buffer);
  }

  update::Installer installer(std::uint8_t running = 0) {
    update::InstallerConfig config;
    config.slots = {kFirmware, kModel};
    config.running = {running, std::nullopt};
    config.addresses = {kAddressA, kAddressB};
    config.product = kProduct;
    config.policy = policy();
    return {flash, record, config, buffer};
  }
};

Bytes make(const SampleSpec& spec) {
  return make_sample(spec, image_memory);
}

Bytes offer_of(Bytes image) {
  const auto size = update::make_offer(image, offer_memory);
  return Bytes(offer_memory).first(size.value_or(0));
}

/// Offers, writes in pieces of `piece` bytes, finishes.
update::InstallVerdict install(update::Installer& installer, Bytes image, std::size_t piece = 100) {
  update::InstallVerdict verdict = installer.offer(offer_of(image));
  for (std::size_t at = verdict.offset; verdict.ok() && at < image.size(); at += piece) {
    verdict = installer.write(static_cast<std::uint32_t>(at),
                              image.subspan(at, std::min(piece, image.size() - at)));
  }
  return verdict.ok() ? installer.finish() : verdict;
}

/// The fault of an offer that must change nothing on the flash.
update::InstallVerdict refused(Bench& bench, update::Installer& installer, Bytes offer) {
  bench.flash.reset_counters();
  const update::InstallVerdict verdict = installer.offer(offer);
  EXPECT_EQ(bench.flash.counters().programs + bench.flash.counters().erases, 0U);
  EXPECT_FALSE(installer.receiving());
  return verdict;
}

InstallFault refused(Bench& bench, const SampleSpec& spec) {
  update::Installer installer = bench.installer();
  return refused(bench, installer, offer_of(make(spec))).fault;
}

TEST(Installer, BringsAnImageIntoTheOtherSlotOnTrialAndConfirmsIt) {
  for (const std::size_t piece : {1U, 3U, 4U, 100U, 1000U, 20000U}) {
    Bench bench(4);
    SampleSpec spec = firmware(6);
    spec.counter = 9;
    update::Installer installer = bench.installer();
    ASSERT_TRUE(install(installer, make(spec), piece).ok());
    const auto& pair = bench.record.state().of(ImageType::kFirmware);
    EXPECT_TRUE(pair.slot[1].state == SlotState::kTrial);
    EXPECT_EQ(pair.slot[1].tries, update::kTrialTries);
    EXPECT_EQ(pair.counter, 4U);
    EXPECT_TRUE(installer.confirm(ImageType::kFirmware).error() == Error::kWrongState);
    ASSERT_EQ(bench.start()->slot, 1);
    EXPECT_TRUE(bench.start()->trial);
    update::Installer on_trial = bench.installer(1);
    ASSERT_TRUE(on_trial.confirm(ImageType::kFirmware).ok());
    EXPECT_EQ(pair.active, 1);
    EXPECT_EQ(pair.counter, 9U);
    EXPECT_FALSE(bench.start()->trial);
    EXPECT_EQ(bench.flash.violations(), 0U);
    ASSERT_TRUE(std::memcmp(&bytes[kFirmware[1].offset], make(spec).data(), 3000) == 0);
  }
}

TEST(Installer, RefusesWhatIsNotForThisDeviceBeforeAnythingIsErased) {
  Bench bench(4);
  SampleSpec spec = firmware(6);
  spec.counter = 4;
  const SampleSpec good = spec;
  spec.product = "node-2";
  EXPECT_TRUE(refused(bench, spec) == InstallFault::kProduct);
  spec.product = "";
  EXPECT_TRUE(refused(bench, spec) == InstallFault::kProduct);
  spec = good;
  spec.version = {1, 0, 4, 9};
  EXPECT_TRUE(refused(bench, spec) == InstallFault::kOlder);
  spec = good;
  spec.payload_bytes = 16 * kSector;
  EXPECT_TRUE(refused(bench, spec) == InstallFault::kTooLarge);
  update::Installer installer = bench.installer();
  const auto image_fault = [&](const SampleSpec& s) {
    const auto verdict = refused(bench, installer, offer_of(make(s)));
    EXPECT_TRUE(verdict.fault == InstallFault::kImage);
    return verdict.image;
  };
  spec = good;
  spec.counter = 3;
  EXPECT_TRUE(image_fault(spec) == ImageFault::kCounterOld);
  spec.counter = std::nullopt;
  EXPECT_TRUE(image_fault(spec) == ImageFault::kCounterMissing);
  spec = good;
  spec.load_address = kAddressA;
  EXPECT_TRUE(image_fault(spec) == ImageFault::kAddress);
  spec = good;
  spec.signer = Signer::kNobody;
  EXPECT_TRUE(image_fault(spec) == ImageFault::kSignatureMissing);
  spec = good;
  spec.flags |= update::kImageNotBootable;
  EXPECT_TRUE(image_fault(spec) == ImageFault::kNotBootable);
  EXPECT_TRUE(refused(bench, installer, {}).image == ImageFault::kTooShort);
  EXPECT_TRUE(refused(bench, installer, offer_of(make(good)).first(90)).fault ==
              InstallFault::kImage);
  EXPECT_TRUE(installer.offer(offer_of(make(good))).ok());
}

TEST(Installer, TakesTheSameVersionWithOtherBytesButNotTheInstalledImage) {
  Bench bench;
  SampleSpec spec = firmware(5);
  spec.seed = 99;
  update::Installer installer = bench.installer();
  EXPECT_TRUE(installer.offer(offer_of(make(spec))).ok());
  ASSERT_TRUE(install(installer, make(model(1))).ok());
  ASSERT_TRUE(bench.start_model().ok());
  installer.set_running(ImageType::kModel, 0);
  ASSERT_TRUE(installer.confirm(ImageType::kModel).ok());
  EXPECT_TRUE(installer.offer(offer_of(make(model(1)))).fault == InstallFault::kInstalled);
}

TEST(Installer, TakesTheInstalledImageAgainWhenItIsDamagedAndDoesNotRun) {
  Bench bench;
  update::Installer installer = bench.installer();
  ASSERT_TRUE(install(installer, make(model(1))).ok());
  ASSERT_TRUE(bench.start_model().ok());
  installer.set_running(ImageType::kModel, 0);
  ASSERT_TRUE(installer.confirm(ImageType::kModel).ok());
  bytes[kModel[0].offset + 500] ^= std::byte{1};
  EXPECT_EQ(bench.start_model().error(), Error::kEmpty);
  installer.set_running(ImageType::kModel, std::nullopt);
  ASSERT_TRUE(install(installer, make(model(1))).ok());
  const auto started = bench.start_model();
  ASSERT_TRUE(started.ok());
  EXPECT_EQ(started->slot, 1);
  installer.set_running(ImageType::kModel, 1);
  ASSERT_TRUE(installer.confirm(ImageType::kModel).ok());
  EXPECT_EQ(bench.record.state().of(ImageType::kModel).active, 1);
}

TEST(Installer, NeverWritesOverTheSlotToGoBackToWhenWhatRunsWasGivenUp) {
  Bench bench;
  update::Installer installer = bench.installer();
  ASSERT_TRUE(install(installer, make(firmware(6))).ok());
  ASSERT_TRUE(bench.start().ok());
  installer.set_running(ImageType::kFirmware, 1);
  ASSERT_TRUE(installer.give_up(ImageType::kFirmware, Cause::kRequest).ok());
  EXPECT_TRUE(refused(bench, installer, offer_of(make(firmware(7, kAddressA)))).fault ==
              InstallFault::kRestartFirst);
  // After the restart the confirmed one runs, and the other slot is free.
  const auto started = bench.start();
  ASSERT_TRUE(started.ok());
  EXPECT_EQ(started->slot, 0);
  installer.set_running(ImageType::kFirmware, 0);
  EXPECT_TRUE(installer.offer(offer_of(make(firmware(7)))).ok());
}

TEST(Installer, TakesNoFirmwareThatDoesNotSayForWhichSlotItIs) {
  Bench bench;
  update::Installer installer = bench.installer();
  SampleSpec spec = firmware(6);
  spec.flags = 0;
  EXPECT_TRUE(refused(bench, installer, offer_of(make(spec))).image == ImageFault::kNotFixed);
}

TEST(Installer, GoesOnWithAnImageThatWasSignedAnewMeanwhile) {
  Bench bench;
  update::Installer installer = bench.installer();
  SampleSpec spec = firmware(6);
  const Bytes image = make(spec);
  ASSERT_TRUE(installer.offer(offer_of(image)).ok());
  ASSERT_TRUE(installer.write(0, image.first(1000)).ok());
  // The same bytes with another signature in front, so the image is longer.
  spec.signer = Signer::kTwice;
  const Bytes longer = make(spec);
  ASSERT_GT(longer.size(), image.size());
  const auto again = installer.offer(offer_of(longer));
  ASSERT_TRUE(again.ok());
  ASSERT_TRUE(installer.write(again.offset, longer.subspan(again.offset)).ok());
  EXPECT_TRUE(installer.finish().ok());
}

TEST(Installer, OfADeviceInRecoveryDoesNotAskForModelsItKnowsNothingOf) {
  const update::Dependency needs_model[] = {{ImageType::kModel, {1, 0, 3, 0}}};
  Bench bench;
  update::InstallerConfig config;
  config.slots[0] = kFirmware;
  config.recovery = true;
  config.addresses = {kAddressA, kAddressB};
  config.product = kProduct;
  config.policy = bench.policy();
  update::Installer installer(bench.flash, bench.record, config, buffer);
  SampleSpec spec = firmware(6);
  spec.dependencies = needs_model;
  EXPECT_TRUE(installer.offer(offer_of(make(spec))).ok());
}

TEST(Installer, AsksWhatImagesNeedOfEachOther) {
  const update::Dependency needs_model[] = {{ImageType::kModel, {1, 0, 3, 0}}};
  const update::Dependency needs_firmware[] = {{ImageType::kFirmware, {1, 0, 6, 0}}};
  const update::Dependency has_firmware[] = {{ImageType::kFirmware, {1, 0, 5, 0}}};
  Bench bench;
  SampleSpec spec = firmware(6);
  spec.dependencies = needs_model;
  EXPECT_TRUE(refused(bench, spec) == InstallFault::kNeedsModel);
  spec = model(3);
  spec.dependencies = needs_firmware;
  EXPECT_TRUE(refused(bench, spec) == InstallFault::kNeedsFirmware);
  spec.dependencies = has_firmware;
  update::Installer installer = bench.installer();
  ASSERT_TRUE(install(installer, make(spec)).ok());
  // Not even the confirmed model may be too old beside a trial of a newer one.
  spec = firmware(6);
  spec.dependencies = needs_model;
  ASSERT_TRUE(bench.start_model().ok());
  installer.set_running(ImageType::kModel, 0);
  ASSERT_TRUE(installer.confirm(ImageType::kModel).ok());
  EXPECT_TRUE(installer.offer(offer_of(make(spec))).ok());
}

TEST(Installer, KeepsWhatInstalledImagesNeed) {
  const update::Dependency needs_model[] = {{ImageType::kModel, {1, 0, 3, 0}}};
  const update::Dependency needs_firmware[] = {{ImageType::kFirmware, {1, 0, 5, 0}}};
  {
    Bench bench(std::nullopt, needs_model);
    EXPECT_TRUE(refused(bench, model(2)) == InstallFault::kFirmwareNeeds);
    update::Installer installer = bench.installer();
    EXPECT_TRUE(installer.offer(offer_of(make(model(3)))).ok());
  }
  Bench bench;
  SampleSpec spec = model(1);
  spec.dependencies = needs_firmware;
  update::Installer installer = bench.installer();
  ASSERT_TRUE(install(installer, make(spec)).ok());
  // A firmware that came back as an older one does not start that model.
  EXPECT_FALSE(bench.start_model({1, 0, 4, 0}).ok());
}

TEST(Installer, RefusesOffersWhileATrialIsNotDecided) {
  Bench bench;
  update::Installer installer = bench.installer();
  ASSERT_TRUE(install(installer, make(firmware(6))).ok());
  EXPECT_TRUE(refused(bench, firmware(7)) == InstallFault::kTrialRuns);
  EXPECT_TRUE(installer.offer(offer_of(make(model(1)))).ok());
  ASSERT_TRUE(installer.give_up(ImageType::kFirmware, Cause::kRequest).ok());
  EXPECT_TRUE(installer.offer(offer_of(make(firmware(7)))).ok());
}

TEST(Installer, TakesBytesInOrderAndNoneTooMany) {
  Bench bench;
  update::Installer installer = bench.installer();
  EXPECT_TRUE(installer.write(0, {}).fault == InstallFault::kNoOffer);
  EXPECT_TRUE(installer.finish().fault == InstallFault::kNoOffer);
  const Bytes image = make(firmware(6));
  ASSERT_TRUE(installer.offer(offer_of(image)).ok());
  ASSERT_TRUE(installer.write(0, image.first(500)).ok());
  for (const std::uint32_t offset : {0U, 499U, 501U}) {
    const auto verdict = installer.write(offset, image.first(1));
    EXPECT_TRUE(verdict.fault == InstallFault::kOutOfOrder);
    EXPECT_EQ(verdict.offset, 500U);
  }
  EXPECT_TRUE(installer.finish().fault == InstallFault::kTooEarly);
  EXPECT_TRUE(installer.write(500, Bytes(image_memory).first(image.size())).fault ==
              InstallFault::kTooMuch);
  ASSERT_TRUE(installer.write(500, image.subspan(500)).ok());
  EXPECT_TRUE(installer.finish().ok());
}

TEST(Installer, GoesOnWhereItWasAfterARestart) {
  Bench bench;
  SampleSpec spec = firmware(6);
  spec.payload_bytes = 15 * kSector;
  const Bytes image = make(spec);
  {
    update::Installer installer = bench.installer();
    ASSERT_TRUE(installer.offer(offer_of(image)).ok());
    ASSERT_TRUE(installer.write(0, image.first(9001)).ok());
    EXPECT_EQ(installer.offer(offer_of(image)).offset, 9001U);  // a link that was lost, no restart
  }
  ASSERT_TRUE(bench.record.mount(bench.flash, kRecord).ok());
  update::Installer installer = bench.installer();
  const auto verdict = installer.offer(offer_of(image));
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict.offset, 8192U);
  ASSERT_TRUE(installer.write(8192, image.subspan(8192)).ok());
  ASSERT_TRUE(installer.finish().ok());
  // Another image begins anew.
  ASSERT_TRUE(installer.give_up(ImageType::kFirmware, Cause::kRequest).ok());
  EXPECT_EQ(installer.offer(offer_of(make(firmware(7)))).offset, 0U);
}

TEST(Installer, GivesUpWhatDoesNotVerifyWhenItIsComplete) {
  Bench bench;
  update::Installer installer = bench.installer();
  const Bytes image = make(firmware(6));
  const Bytes offer = offer_of(image);
  image_memory[1000] ^= std::byte{1};
  ASSERT_TRUE(installer.offer(offer).ok());
  ASSERT_TRUE(installer.write(0, image).ok());
  const auto verdict = installer.finish();
  EXPECT_TRUE(verdict.fault == InstallFault::kImage);
  EXPECT_TRUE(verdict.image == ImageFault::kHashMismatch);
  const auto& slot = bench.record.state().of(ImageType::kFirmware).slot[1];
  EXPECT_TRUE(slot.state == SlotState::kReturned);
  EXPECT_TRUE(slot.cause == Cause::kBadImage);
  EXPECT_EQ(bench.start()->slot, 0);
  ASSERT_TRUE(installer.set_told(ImageType::kFirmware, 1).ok());
  EXPECT_TRUE(slot.told);
  EXPECT_TRUE(installer.set_told(ImageType::kFirmware, 0).error() == Error::kWrongState);
}

TEST(Installer, CommitsNothingButWhatWasOffered) {
  // The bytes are those of another good image of the same size.
  Bench bench;
  update::Installer installer = bench.installer();
  const Bytes offer = offer_of(make(firmware(6)));
  SampleSpec other = firmware(6);
  other.seed = 1234;
  const Bytes image = make(other);
  ASSERT_TRUE(installer.offer(offer).ok());
  ASSERT_TRUE(installer.write(0, image).ok());
  EXPECT_TRUE(installer.finish().fault == InstallFault::kOtherImage);
  EXPECT_EQ(bench.start()->slot, 0);
}

TEST(Installer, SaysHowTheFlashFailedAndTheRunningImageStays) {
  struct {
    sim::BadSector bad;
    InstallFault fault;
  } const cases[] = {
      {{22, sim::Fails::kErases}, InstallFault::kErase},
      {{22, sim::Fails::kPrograms}, InstallFault::kProgram},
  };

  for (const auto& c : cases) {
    Bench bench;
    std::array<sim::BadSector, 1> bad = {c.bad};
    bench.flash.set_bad_sectors(bad);
    update::Installer installer = bench.installer();
    const auto verdict = install(installer, make(firmware(6)));
    ASSERT_TRUE(verdict.fault == c.fault);
    ASSERT_FALSE(installer.receiving());
    ASSERT_EQ(bench.start()->slot, 0);
    bench.flash.set_bad_sectors({});
    ASSERT_TRUE(install(installer, make(firmware(6))).ok());
  }
}

/// A flash whose erases leave a bit in every sector behind.
struct LeavesBits {
  sim::SimFlash& flash;

  hal::FlashGeometry geometry() const noexcept { return flash.geometry(); }

  Status read(std::uint32_t offset, MutableBytes out) noexcept { return flash.read(offset, out); }

  Status program(std::uint32_t offset, Bytes in) noexcept { return flash.program(offset, in); }

  Status erase(std::uint32_t offset) noexcept {
    AIOT_TRY(flash.erase(offset));
    flash.memory()[offset + kSector - 1] = std::byte{0xFE};
    return {};
  }

  Status sync() noexcept { return flash.sync(); }
};

TEST(Installer, LooksWhetherASectorIsErased) {
  Bench bench;
  LeavesBits flash{bench.flash};
  update::InstallerConfig config;
  config.slots = {kFirmware, kModel};
  config.running = {std::uint8_t{0}, std::nullopt};
  config.addresses = {kAddressA, kAddressB};
  config.product = kProduct;
  config.policy = bench.policy();
  update::Installer installer(flash, bench.record, config, buffer);
  EXPECT_TRUE(install(installer, make(firmware(6))).fault == InstallFault::kNotErased);
  EXPECT_EQ(bench.start()->slot, 0);
}

TEST(Installer, OfADeviceInRecoveryTakesAnImageForEitherSlot) {
  for (const std::uint32_t address : {kAddressA, kAddressB}) {
    Bench bench;
    ASSERT_TRUE(bench.flash.erase(kFirmware[0].offset).ok());
    ASSERT_TRUE(bench.start().error() == Error::kEmpty);
    update::InstallerConfig config;
    config.slots = {kFirmware, kModel};
    config.recovery = true;
    config.addresses = {kAddressA, kAddressB};
    config.product = kProduct;
    config.policy = bench.policy();
    update::Installer installer(bench.flash, bench.record, config, buffer);
    ASSERT_TRUE(install(installer, make(firmware(5, address))).ok());
    const auto started = bench.start();
    ASSERT_TRUE(started.ok());
    EXPECT_EQ(started->slot, address == kAddressA ? 0 : 1);
    EXPECT_TRUE(started->trial);
  }
}

TEST(Installer, NeverWritesToTheActiveSlotWhenItIsNotToldWhatRuns) {
  Bench bench;
  update::InstallerConfig config;
  config.slots = {kFirmware, kModel};
  config.addresses = {kAddressA, kAddressB};
  config.product = kProduct;
  config.policy = bench.policy();
  update::Installer installer(bench.flash, bench.record, config, buffer);
  EXPECT_TRUE(refused(bench, installer, offer_of(make(firmware(6, kAddressA)))).image ==
              ImageFault::kAddress);
  EXPECT_TRUE(installer.offer(offer_of(make(firmware(6)))).ok());
  EXPECT_EQ(installer.slot(), 1);
}

TEST(ModelSlots, GiveThePackageWhereItLies) {
  Bench bench;
  update::Installer installer = bench.installer();
  EXPECT_TRUE(bench.start_model().error() == Error::kEmpty);
  const Bytes image = make(model(3));
  ASSERT_TRUE(install(installer, image).ok());
  const auto started = bench.start_model();
  ASSERT_TRUE(started.ok());
  EXPECT_TRUE(started->trial);
  EXPECT_EQ(started->slot, 0);
  EXPECT_EQ(started->package.offset, kModel[0].offset + 64);
  EXPECT_EQ(started->package.size, 2000U);
  EXPECT_TRUE(std::memcmp(&bytes[started->package.offset], &image[64], 2000) == 0);
  // A model returns without a reset.
  ASSERT_TRUE(installer.give_up(ImageType::kModel, Cause::kGoldenWindow).ok());
  EXPECT_TRUE(bench.start_model().error() == Error::kEmpty);
  SampleSpec crooked = model(4);
  crooked.header_bytes = 72;
  EXPECT_TRUE(refused(bench, crooked) == InstallFault::kAlignment);
}

TEST(ModelSlots, ReturnTheConfirmedModelWhenATrialIsGivenUp) {
  Bench bench;
  update::Installer installer = bench.installer();
  ASSERT_TRUE(install(installer, make(model(3))).ok());
  ASSERT_TRUE(bench.start_model().ok());
  installer.set_running(ImageType::kModel, 0);
  ASSERT_TRUE(installer.confirm(ImageType::kModel).ok());
  ASSERT_TRUE(install(installer, make(model(4))).ok());
  ASSERT_EQ(bench.start_model()->slot, 1);
  installer.set_running(ImageType::kModel, 1);
  ASSERT_TRUE(installer.give_up(ImageType::kModel, Cause::kGoldenWindow).ok());
  const auto started = bench.start_model();
  EXPECT_EQ(started->slot, 0);
  EXPECT_FALSE(started->trial);
  EXPECT_EQ(started->version.revision, 3);
}

TEST(InstallVerdict, IsOneNumberOnALink) {
  EXPECT_EQ(update::reason_of({}), 0);
  EXPECT_EQ(update::reason_of({update::InstallFault::kOlder, {}, 0}), 6);
  EXPECT_EQ(
      update::reason_of({update::InstallFault::kImage, update::ImageFault::kHashMismatch, 0}),
      update::kFirstImageReason + static_cast<std::uint8_t>(update::ImageFault::kHashMismatch));
  EXPECT_EQ(std::string_view(update::reason_text(6)), "the image is older than the confirmed one");
  EXPECT_EQ(std::string_view(update::reason_text(update::kFirstImageReason + 3)),
            "the slot is empty");
  EXPECT_EQ(std::string_view(update::reason_text(63)), "unknown fault");
}

}  // namespace
