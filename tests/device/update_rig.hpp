// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>

#include "aiot/device/command_record.hpp"
#include "aiot/device/updates.hpp"
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

/// A device with slots, boot record and audit log, one boot after the other on one flash.
namespace aiot::device_test {

using namespace aiot::update_test;
using device::UpdateStep;
using update::AuditKind;
using update::Cause;
using update::ImageType;
using update::SlotState;

inline constexpr std::uint32_t kSector = 4096;
inline constexpr std::uint32_t kSlot = 8 * kSector;  // of firmware: more than one note of progress
inline constexpr hal::FlashGeometry kNor{
    .size = 35 * kSector, .sector = kSector, .page = 256, .program = 1};
inline constexpr hal::FlashMap kMap{.queue = {{{0, 4 * kSector}, {4 * kSector, 4 * kSector}, {}}},
                                    .boot_record = {8 * kSector, 3 * kSector},
                                    .audit = {11 * kSector, 3 * kSector},
                                    .commands = {14 * kSector, 3 * kSector},
                                    .firmware = {{{17 * kSector, kSlot}, {25 * kSector, kSlot}}},
                                    .model = {{{33 * kSector, kSector}, {34 * kSector, kSector}}}};
inline constexpr Shape kShape{.window = 2048, .ring = 4096};
inline constexpr std::array kScenario{sim::OperatingPoint{.time_s = 0.0F}};
inline constexpr std::array<std::optional<std::uint32_t>, 2> kAddresses = {0x10000, 0x20000};
inline constexpr std::string_view kProduct = "node-1";
inline constexpr device::TrialRule kRule{.windows = 5, .deadline = Duration::from_s(60)};

inline const Bytes kMachine = std::as_bytes(std::span(packages::machine));

alignas(16) inline std::array<std::byte, kNor.size> flash_bytes;
alignas(16) inline std::array<std::byte, sizeof(packages::machine)> other;
inline std::array<std::byte, kSector> image_memory;
inline std::array<std::byte, update::kMaxOfferBytes> offer_memory;
inline std::array<std::byte, update::kInstallerBuffer> buffer;
inline Storage<kShape> storage;

inline Bytes firmware(std::uint16_t version, std::size_t slot) {
  SampleSpec spec;
  spec.load_address = *kAddresses[slot];
  spec.flags = update::kImageRomFixed;
  spec.version = {1, 0, version, 0};
  spec.product = kProduct;
  spec.seed = version;
  return make_sample(spec, image_memory);
}

inline Bytes model_image(std::uint16_t version, Bytes package) {
  SampleSpec spec;
  spec.payload = package;
  spec.version = {1, 0, version, 0};
  spec.product = kProduct;
  spec.type = ImageType::kModel;
  return make_sample(spec, image_memory);
}

// The shipped package with one bit of the stated output changed and the hash put right.
inline Bytes with_wrong_golden() {
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
  [[nodiscard]] static bool ready() noexcept { return true; }

  Status offer(const hal::Batch& batch) noexcept { return records.offer(batch); }

  Result<hal::BatchAck> poll() noexcept {
    return silent ? Result<hal::BatchAck>(Error::kEmpty) : records.poll();
  }

  bool silent = false;
  test::RecordSink records;
};

/// One boot of a device whose loader runs what the boot record says. The flash stays for the next.
struct Boot {
  explicit Boot(sim::SimFlash& on,
                hal::ResetCause cause = hal::ResetCause::kSoftware,
                Bytes otherwise = {})
      : flash(on), reset(cause), fallback(otherwise) {
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
    EXPECT_TRUE(commands.mount(flash, kMap.commands).ok());
    device.emplace(DeviceConfig{.device_id = "test",
                                .package = package,
                                .kernels = &nn::ref::kernels,
                                .flash = kMap,
                                .policy = commands.state().policy},
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
            .fallback = fallback,
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
    EXPECT_TRUE(updates->offer(Bytes(offer_memory).first(*size), {now}).ok());
    EXPECT_TRUE(installer->write(0, image).ok());
    EXPECT_TRUE(updates->finish({now}).ok());
  }

  /// What somebody finds who has the flash and the key.
  update::AuditReport verify() {
    update::BootRecord known;
    store::FrameLog reader;
    EXPECT_TRUE(known.mount(flash, kMap.boot_record).ok());
    EXPECT_TRUE(reader.mount(flash, kMap.audit, store::OnFull::kDropOldest).ok());
    EXPECT_GE(audit.newest_seal(), known.state().seal);
    return update::verify_audit(reader, hal::KeyStoreRef(keys), known.state().seal);
  }

  /// The kinds of all entries, in order, from the flash.
  [[nodiscard]] bool told(std::initializer_list<AuditKind> kinds) const {
    store::FrameCursor cursor;
    std::array<std::byte, update::kAuditSealBytes> frame{};
    const auto* expected = kinds.begin();
    while (audit.log().advance(cursor, frame).ok()) {
      const auto entry = update::decode_entry(Bytes(frame).first(cursor.length));
      if (entry.ok() && (expected == kinds.end() || entry->kind != *expected++)) {
        return false;
      }
    }
    return expected == kinds.end();
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

  /// How often another package began to decide.
  [[nodiscard]] std::uint32_t changes() const {
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < device->events().size(); ++i) {
      const Event& event = device->events()[i];
      found += event.id == EventId::kPackageChanged ? 1 + event.repeats : 0U;
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
  device::CommandRecord commands;
  update::AuditLog audit;
  std::optional<Device> device;
  std::optional<update::Installer> installer;
  std::optional<device::Updates> updates;
  hal::ResetCause reset;
  Bytes fallback;
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

inline constexpr std::uint32_t kFirmwareType = 0;
inline constexpr std::uint32_t kModelType = 1;

constexpr std::uint32_t returned(std::uint32_t type, Cause cause) {
  return type + 256U * static_cast<std::uint32_t>(cause);
}

}  // namespace aiot::device_test
