// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What an update of 100 KB costs the flash, from the offer to the confirmation.

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

#include "aiot/update/installer.hpp"
#include "aiot/update/slot_start.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/sample_image.hpp"

namespace {

using namespace aiot;
using namespace aiot::update_test;

constexpr std::uint32_t kSector = 4096;
constexpr std::uint32_t kSlot = 28 * kSector;
constexpr std::uint32_t kRecord = 4 * kSector;
constexpr std::string_view kProduct = "node-1";
constexpr std::uint32_t kSize = kRecord + 2 * kSlot;

/// All bytes that an update programs, over those of its image; prints what it was made of.
double programmed(std::uint32_t program) {
  std::vector<std::byte> bytes(kSize);
  std::vector<std::uint8_t> granules(program == 1 ? 0 : kSize / program);
  sim::SimFlash flash({.size = kSize,
                       .sector = kSector,
                       .page = 256,
                       .program = program,
                       .erased = std::byte{0xFF},
                       .reprogram = program == 1},
                      sim::SimFlash::Ecc::kYes,
                      bytes,
                      granules);
  flash.blank();
  const std::array<hal::FlashRegion, 2> slots = {hal::FlashRegion{kRecord, kSlot},
                                                 hal::FlashRegion{kRecord + kSlot, kSlot}};
  std::vector<std::byte> image(kSlot);
  std::vector<std::byte> offer(update::kMaxOfferBytes);
  std::vector<std::byte> buffer(update::kInstallerBuffer);
  SampleSpec spec;
  spec.payload_bytes = 100 * 1024;
  spec.version = {1, 0, 0, 0};
  spec.product = kProduct;
  image.resize(make_sample(spec, image).size());
  EXPECT_TRUE(write_sample(flash, slots[0], image).ok());
  spec.version.major = 2;
  EXPECT_EQ(make_sample(spec, image).size(), image.size());
  offer.resize(*update::make_offer(image, offer));

  const update::TrustedKey key = fast_trusted_key();
  const crypto::SignatureScheme scheme = kFastScheme;
  update::StartRequest request{.flash = flash, .slots = slots, .product = kProduct};
  request.policy.keys = {&key, 1};
  request.policy.schemes = {&scheme, 1};
  update::BootRecord record;
  EXPECT_TRUE(record.mount(flash, {0, kRecord}).ok());
  EXPECT_EQ(update::start_slot(record, request, buffer)->slot, 0);
  update::InstallerConfig config;
  config.slots[0] = slots;
  config.running[0] = std::uint8_t{0};
  config.product = kProduct;
  config.policy = request.policy;

  flash.reset_counters();
  update::Installer installer(flash, record, config, buffer);
  EXPECT_TRUE(installer.offer(offer).ok());
  for (std::size_t at = 0; at < image.size(); at += 512) {
    EXPECT_TRUE(installer
                    .write(static_cast<std::uint32_t>(at),
                           Bytes(image).subspan(at, std::min<std::size_t>(512, image.size() - at)))
                    .ok());
  }
  const std::uint64_t read_before = flash.counters().read_bytes;
  EXPECT_TRUE(installer.finish().ok());
  EXPECT_EQ(flash.counters().read_bytes - read_before, image.size());  // each byte once
  EXPECT_EQ(update::start_slot(record, request, buffer)->slot, 1);
  installer.set_running(update::ImageType::kFirmware, 1);
  EXPECT_TRUE(record.count_boot().ok());
  EXPECT_TRUE(installer.confirm(update::ImageType::kFirmware).ok());
  const double factor =
      static_cast<double>(flash.counters().programmed_bytes) / static_cast<double>(image.size());
  std::printf("update of %zu bytes, units of %u: %llu bytes programmed (%.4f), %llu erases\n",
              image.size(),
              program,
              static_cast<unsigned long long>(flash.counters().programmed_bytes),
              factor,
              static_cast<unsigned long long>(flash.counters().erases));
  return factor;
}

TEST(InstallerCost, ProgramsLittleMoreThanTheImage) {
  EXPECT_LE(programmed(1), 1.1);
  EXPECT_LE(programmed(8), 1.1);
  EXPECT_LE(programmed(32), 1.1);
}

}  // namespace
