// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/updates.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/model/header.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/update/model_slots.hpp"
#include "aiot_packages/machine.hpp"
#include "ports/sim/flash.hpp"
#include "ports/sim/machine.hpp"
#include "ports/sim/sensor.hpp"
#include "tests/support/record_sink.hpp"
#include "tests/support/test.hpp"
#include "tests/update/audit_rig.hpp"
#include "tests/update/sample_image.hpp"

namespace {

using namespace aiot;
using namespace aiot::update_test;
using device::UpdateStep;
using update::AuditKind;
using update::Cause;
using update::ImageType;
using update::SlotState;

constexpr std::uint32_t kSector = 4096;
constexpr hal::FlashGeometry kNor{
    .size = 26 * kSector, .sector = kSector, .page = 256, .program = 1};
constexpr hal::FlashMap kMap{.queue = {{{0, 7 * kSector}, {7 * kSector, 7 * kSector}, {}}},
                             .boot_record = {14 * kSector, 4 * kSector},
                             .audit = {18 * kSector, 4 * kSector},
                             .firmware = {{{22 * kSector, kSector}, {23 * kSector, kSector}}},
                             .model = {{{24 * kSector, kSector}, {25 * kSector, kSector}}}};
constexpr Shape kShape{.window = 2048, .ring = 4096};
constexpr std::array kScenario{sim::OperatingPoint{.time_s = 0.0F}};
constexpr std::array<std::optional<std::uint32_t>, 2> kAddresses = {0x10000, 0x20000};
constexpr std::string_view kProduct = "node-1";
constexpr device::TrialRule kRule{.windows = 5, .deadline = Duration::from_s(60)};

const Bytes kMachine = std::as_bytes(std::span(packages::machine));

alignas(16) std::array<std::byte, kNor.size> flash_bytes;
alignas(16) std::array<std::byte, sizeof(packages::machine)> other;
std::array<std::byte, kSector> image_memory;
std::array<std::byte, update::kMaxOfferBytes> offer_memory;
std::array<std::byte, update::kInstallerBuffer> buffer;
Storage<kShape> storage;

Bytes firmware(std::uint16_t version, std::size_t slot) {
  SampleSpec spec;
  spec.load_address = *kAddresses[slot];
  spec.flags = update::kImageRomFixed;
  spec.version = {1, 0, version, 0};
  spec.product = kProduct;
  spec.seed = version;
  return make_sample(spec, image_memory);
}

Bytes model_image(std::uint16_t version, Bytes package) {
  SampleSpec spec;
  spec.payload = package;
  spec.version = {1, 0, version, 0};
  spec.product = kProduct;
  spec.type = ImageType::kModel;
  return make_sample(spec, image_memory);
}

// The shipped package with one bit of the stated output changed and the hash put right.
Bytes with_wrong_golden() {
  const auto package = model::load(kMachine);
  const auto at = static_cast<std::size_t>(package->golden().output.data() - kMachine.data());
  std::ranges::copy(kMachine, other.begin());
  other[at] ^= std::byte{1};
  const Hash256 hash = model::compute_hash(other);
  std::ranges::copy(hash, other.begin() + model::kHashOffset);
  return other;
}

/// A consumer that can be kept from acknowledging.
struct Consumer {
  Status offer(const hal::Batch& batch) noexcept { return records.offer(batch); }

  Result<hal::BatchAck> poll() noexcept {
    return silent ? Result<hal::BatchAck>(Error::kEmpty) : records.poll();
  }

  bool silent = false;
  test::RecordSink records;
};

/// One boot of a device whose loader runs what the boot record says. The flash stays for the next.
struct Boot {
  explicit Boot(sim::SimFlash& on, hal::ResetCause cause = hal::ResetCause::kSoftware)
      : flash(on), reset(cause) {
    EXPECT_TRUE(record.mount(flash, kMap.boot_record).ok());
    const auto started = update::start_slot(record,
                                            {.flash = flash,
                                             .slots = kMap.firmware,
                                             .addresses = kAddresses,
                                             .policy = policy(),
                                             .product = kProduct,
                                             .cause = cause},
                                            buffer);
    const auto model = update::start_model(record, model_request(), buffer);
    EXPECT_TRUE(started.ok() && model.ok());
    const Bytes package = Bytes(flash_bytes).subspan(model->package.offset, model->package.size);
    device.emplace(
        DeviceConfig{
            .device_id = "test", .package = package, .kernels = &nn::ref::kernels, .flash = kMap},
        Ports{flash, sensor, sink, {}},
        storage);
    EXPECT_TRUE(device->start({0}).ok());
    running = {started->slot, model->slot};
    EXPECT_TRUE(record.mount(flash, kMap.boot_record).ok());
    EXPECT_TRUE(audit.mount(flash, kMap.audit, keys, record.state().seal).ok());
    update::InstallerConfig slots;
    slots.slots = {kMap.firmware, kMap.model};
    slots.addresses = kAddresses;
    slots.product = kProduct;
    slots.policy = policy();
    installer.emplace(flash, record, slots, buffer);
    updates.emplace(*device, *installer, record, audit, updates_config());
    EXPECT_TRUE(updates->start({now}).ok());
  }

  [[nodiscard]] update::VerifyPolicy policy() const {
    update::VerifyPolicy policy;
    policy.keys = {&key, 1};
    policy.schemes = {&scheme, 1};
    return policy;
  }

  [[nodiscard]] update::StartRequest model_request() const {
    return {.flash = flash,
            .slots = kMap.model,
            .policy = policy(),
            .product = kProduct,
            .firmware = update::Version{1, 0, 5, 0}};
  }

  [[nodiscard]] device::UpdatesConfig updates_config() const {
    return {.rule = kRule,
            .cause = reset,
            .running = running,
            .model = model_request(),
            .model_bytes = {Bytes(flash_bytes).subspan(kMap.model[0].offset, kSector),
                            Bytes(flash_bytes).subspan(kMap.model[1].offset, kSector)},
            .buffer = buffer};
  }

  Boot(const Boot&) = delete;
  Boot& operator=(const Boot&) = delete;

  UpdateStep step(std::int64_t by_us = 1000) {
    now += by_us;
    (void)device->step({now});
    return updates->step({now});
  }

  void steps(std::uint64_t windows) {
    const std::uint64_t to = device->metrics().windows + windows;
    for (int i = 0; i < 10000 && device->metrics().windows < to; ++i) {
      (void)step();
    }
    EXPECT_EQ(device->metrics().windows, to);
  }

  void install(Bytes image) {
    const auto size = update::make_offer(image, offer_memory);
    EXPECT_TRUE(size.ok());
    EXPECT_TRUE(installer->offer(Bytes(offer_memory).first(*size)).ok());
    EXPECT_TRUE(installer->write(0, image).ok());
    EXPECT_TRUE(installer->finish().ok());
  }

  [[nodiscard]] const update::SlotRecord& slot(ImageType type, std::size_t i) const {
    return record.state().of(type).slot[i];
  }

  /// Events of `id` with `value`.
  [[nodiscard]] std::uint32_t events(EventId id, std::uint32_t value) const {
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < device->events().size(); ++i) {
      const Event& event = device->events()[i];
      found += event.id == id && event.value == value ? 1 + event.repeats : 0U;
    }
    return found;
  }

  sim::SimFlash& flash;
  update::TrustedKey key = fast_trusted_key();
  crypto::SignatureScheme scheme = kFastScheme;
  TestKeys keys;
  Consumer sink;
  sim::Machine machine{{.seed = 7, .scenario = kScenario}};
  sim::SimSensor sensor{machine, {}};
  update::BootRecord record;
  update::AuditLog audit;
  std::optional<Device> device;
  std::optional<update::Installer> installer;
  std::optional<device::Updates> updates;
  hal::ResetCause reset;
  std::array<std::optional<std::uint8_t>, update::kImageTypes> running{};
  std::int64_t now = 0;
};

struct Factory {
  Factory() {
    flash.blank();
    EXPECT_TRUE(write_sample(flash, kMap.firmware[0], firmware(5, 0)).ok());
    EXPECT_TRUE(write_sample(flash, kMap.model[0], model_image(5, kMachine)).ok());
  }

  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
};

constexpr std::uint32_t kFirmwareType = 0;
constexpr std::uint32_t kModelType = 1;

constexpr std::uint32_t returned(std::uint32_t type, Cause cause) {
  return type + 256U * static_cast<std::uint32_t>(cause);
}

TEST(Updates, WithoutATrialWritesAndSaysNothing) {
  Factory factory;
  Boot boot(factory.flash);
  const update::BootState before = boot.record.state();
  boot.steps(20);
  EXPECT_TRUE(boot.record.state() == before);
  EXPECT_EQ(boot.audit.next_sequence(), 0U);
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
}

TEST(Updates, ANewFirmwareAsksForAResetAndIsConfirmedWhenItIsHealthy) {
  Factory factory;
  {
    Boot boot(factory.flash);
    EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
    boot.install(firmware(6, 1));
    EXPECT_TRUE(boot.step() == UpdateStep::kReset);
  }
  Boot boot(factory.flash);
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kFirmware));
  boot.steps(kRule.windows - 1);
  EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).state == SlotState::kTrial);
  boot.steps(3);
  EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).state == SlotState::kConfirmed);
  EXPECT_FALSE(boot.updates->on_trial(ImageType::kFirmware));
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
  EXPECT_EQ(boot.events(EventId::kTrialStarted, kFirmwareType), 1U);
  EXPECT_EQ(boot.events(EventId::kConfirmed, kFirmwareType), 1U);
  EXPECT_EQ(boot.audit.next_sequence(), 2U);  // trial, confirm
}

TEST(Updates, AFirmwareThatDeliversNothingIsGivenUpAtTheDeadline) {
  Factory factory;
  {
    Boot boot(factory.flash);
    boot.install(firmware(6, 1));
  }
  {
    Boot boot(factory.flash);
    boot.sink.silent = true;
    boot.steps(20);
    EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
    EXPECT_TRUE(boot.step(kRule.deadline.us) == UpdateStep::kReset);
    EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).cause == Cause::kNotDelivered);
    EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).told);
    EXPECT_TRUE(boot.step() == UpdateStep::kReset);
    EXPECT_EQ(boot.events(EventId::kReturned, returned(kFirmwareType, Cause::kNotDelivered)), 1U);
  }
  Boot boot(factory.flash);
  EXPECT_EQ(*boot.running[0], 0);
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
}

TEST(Updates, TellsOnceWhatTheLoaderGaveUp) {
  Factory factory;
  {
    Boot boot(factory.flash);
    boot.install(firmware(6, 1));
  }
  { Boot boot(factory.flash); }
  const std::uint32_t value = returned(kFirmwareType, Cause::kWatchdog);
  {
    Boot boot(factory.flash, hal::ResetCause::kWatchdog);
    EXPECT_EQ(boot.events(EventId::kReturned, value), 1U);
    EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).told);
    EXPECT_EQ(boot.audit.next_sequence(), 2U);  // trial, return
  }
  Boot boot(factory.flash);
  EXPECT_EQ(boot.events(EventId::kReturned, value), 0U);
  EXPECT_EQ(boot.audit.next_sequence(), 2U);
}

TEST(Updates, ANewModelIsTriedAndConfirmedWithoutAReset) {
  Factory factory;
  Boot boot(factory.flash);
  boot.steps(10);
  boot.install(model_image(6, kMachine));
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kModel));
  boot.steps(kRule.windows + 2);
  EXPECT_TRUE(boot.slot(ImageType::kModel, 1).state == SlotState::kConfirmed);
  EXPECT_EQ(boot.events(EventId::kConfirmed, kModelType), 1U);
  EXPECT_EQ(boot.record.state().of(ImageType::kModel).active, 1);
  EXPECT_EQ(boot.device->metrics().gaps, 0U);
}

TEST(Updates, AModelWithAnotherGoldenOutputMakesWayBeforeItDecides) {
  Factory factory;
  Boot boot(factory.flash);
  boot.steps(10);
  const Hash256 before = boot.device->package().hash;
  boot.install(model_image(6, with_wrong_golden()));
  const std::uint64_t windows = boot.device->metrics().windows;
  EXPECT_TRUE(boot.updates->step({boot.now}) == UpdateStep::kGoOn);
  EXPECT_EQ(boot.device->metrics().windows, windows);
  EXPECT_TRUE(boot.device->package().hash == before);
  EXPECT_TRUE(boot.slot(ImageType::kModel, 1).cause == Cause::kGoldenWindow);
  EXPECT_EQ(boot.events(EventId::kReturned, returned(kModelType, Cause::kGoldenWindow)), 1U);
  boot.steps(10);
  EXPECT_FALSE(boot.updates->on_trial(ImageType::kModel));
}

TEST(Updates, AModelThatIsNoPackageIsGivenUpAndTheOneBeforeDecidesOn) {
  Factory factory;
  Boot boot(factory.flash);
  const Hash256 before = boot.device->package().hash;
  boot.install(model_image(6, kMachine.first(kMachine.size() - 4)));
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
  EXPECT_TRUE(boot.slot(ImageType::kModel, 1).cause == Cause::kBadImage);
  EXPECT_TRUE(boot.device->package().hash == before);
  boot.steps(5);
}

TEST(Updates, AModelThatIsGivenUpByRequestMakesWay) {
  Factory factory;
  Boot boot(factory.flash);
  boot.install(model_image(6, kMachine));
  (void)boot.step();
  ASSERT_TRUE(boot.installer->give_up(ImageType::kModel, Cause::kRequest).ok());
  (void)boot.step();
  EXPECT_FALSE(boot.updates->on_trial(ImageType::kModel));
  EXPECT_EQ(boot.events(EventId::kReturned, returned(kModelType, Cause::kRequest)), 1U);
  // The slot that ran is free again.
  boot.install(model_image(7, kMachine));
}

TEST(Updates, AConfirmationThatCanNotBeWrittenIsTriedAgainASecondLater) {
  Factory factory;
  Boot boot(factory.flash);
  boot.install(model_image(6, kMachine));
  boot.steps(kRule.windows - 1);
  boot.flash.cut_at(1, sim::CutKind::kOld, 1);  // what is programmed next fails
  boot.steps(3);
  boot.flash.power_on();
  EXPECT_EQ(boot.events(EventId::kConfirmed, kModelType), 0U);
  EXPECT_GE(boot.events(EventId::kUpdateFailed, kModelType), 1U);
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kModel));
  (void)boot.step(1'000'000);
  boot.steps(3);
  EXPECT_EQ(boot.events(EventId::kConfirmed, kModelType), 1U);
}

TEST(Updates, RefusesARecordThatTheDeviceHasWrittenPast) {
  Factory factory;
  Boot boot(factory.flash);
  update::BootRecord early;
  ASSERT_TRUE(early.mount(factory.flash, kMap.boot_record).ok());
  Boot next(factory.flash);
  device::Updates updates(*next.device, *next.installer, early, next.audit, next.updates_config());
  EXPECT_EQ(updates.start({0}).error(), Error::kWrongState);
}

}  // namespace
