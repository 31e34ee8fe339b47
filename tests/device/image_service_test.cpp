// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/image_service.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aiot/link/image_sender.hpp"
#include "ports/sim/flash.hpp"
#include "ports/sim/link.hpp"
#include "tests/support/test.hpp"
#include "tests/update/audit_rig.hpp"
#include "tests/update/sample_image.hpp"

namespace {

using namespace aiot;
using namespace aiot::update_test;
using link::ImageSendProblem;
using update::AuditKind;
using update::ImageFault;
using update::InstallFault;
using update::SlotState;

constexpr std::uint32_t kSector = 4096;
constexpr hal::FlashGeometry kNor{
    .size = 12 * kSector, .sector = kSector, .page = 256, .program = 1};
constexpr hal::FlashRegion kRecord{0, 4 * kSector};
constexpr hal::FlashRegion kAudit{4 * kSector, 4 * kSector};
constexpr std::array<hal::FlashRegion, 2> kSlots = {hal::FlashRegion{8 * kSector, 2 * kSector},
                                                    hal::FlashRegion{10 * kSector, 2 * kSector}};

std::array<std::byte, kNor.size> flash_bytes;
std::array<std::byte, 2 * kSector> image_memory;
std::array<std::byte, update::kInstallerBuffer> buffer;

MutableBytes image(std::uint16_t version, std::string_view product = "node") {
  SampleSpec spec;
  spec.payload_bytes = 6000;
  spec.seed = version;
  spec.version = {1, 0, version, 0};
  spec.product = product;
  return make_sample(spec, image_memory);
}

/// A device that works, and a sender at the other end of a wire.
struct Rig {
  Rig() {
    flash.blank();
    SampleSpec spec;
    spec.version = {1, 0, 0, 0};
    spec.product = "node";
    EXPECT_TRUE(write_sample(flash, kSlots[0], make_sample(spec, image_memory)).ok());
    EXPECT_TRUE(record.mount(flash, kRecord).ok());
    EXPECT_TRUE(audit.mount(flash, kAudit, keys, 0).ok());
    update::InstallerConfig config;
    config.slots[0] = kSlots;
    config.running[0] = 0;
    config.product = std::string_view{"node"};
    config.policy.keys = {&key, 1};
    config.policy.schemes = {&scheme, 1};
    installer.emplace(flash, record, config, buffer);
    service.emplace(receiver, *installer, record, audit);
  }

  /// Sends until the sender is done or has given up; then its problem.
  ImageSendProblem send(Bytes bytes) {
    static std::array<std::byte, update::kMaxOfferBytes> offer;
    const auto size = update::make_offer(bytes, offer);
    EXPECT_TRUE(size.ok());
    link::ImageSender sender(Bytes(offer).first(*size), bytes, ++session, {now}, {});
    for (int i = 0; i < 20000 && sender.state() < link::ImageSendState::kDone; ++i) {
      now += 1000;
      EXPECT_TRUE(sender.exchange(there, {now}).ok());
      EXPECT_TRUE(service->step(here, {now}).ok());
    }
    reason = sender.reason();
    return sender.problem();
  }

  /// The kinds in the log, oldest first, as digits.
  [[nodiscard]] std::uint32_t story() const {
    store::FrameCursor cursor;
    std::array<std::byte, update::kAuditSealBytes> bytes{};
    std::uint32_t kinds = 0;
    for (auto frame = audit.log().read(cursor, bytes); frame.ok();
         frame = audit.log().read(cursor, bytes)) {
      const auto entry = update::decode_entry(frame->payload);
      if (entry.ok()) {
        kinds = kinds * 10 + static_cast<std::uint32_t>(entry->kind);
        newest = *entry;
      }
    }
    return kinds;
  }

  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
  update::TrustedKey key = fast_trusted_key();
  crypto::SignatureScheme scheme = kFastScheme;
  TestKeys keys;
  update::BootRecord record;
  update::AuditLog audit;
  std::array<std::byte, 64> up_bytes{};
  std::array<std::byte, 64> down_bytes{};
  sim::Wire up{up_bytes};
  sim::Wire down{down_bytes};
  sim::LinkEnd here{down, up};
  sim::LinkEnd there{up, down};
  std::array<std::byte, link::receiver_bytes(400, 256)> memory{};
  link::ImageReceiver receiver{memory};
  std::optional<update::Installer> installer;
  std::optional<device::ImageService> service;
  std::uint32_t session = 0;
  std::uint8_t reason = 0;
  std::int64_t now = 0;
  mutable update::AuditEntry newest;  // that `story` came by
};

constexpr std::uint32_t kOffered = 12;      // offer, verdict
constexpr std::uint32_t kInstalled = 1223;  // and verdict, install

TEST(ImageService, InstallsAnImageAndTellsOfferVerdictsAndInstallation) {
  Rig rig;
  EXPECT_TRUE(rig.send(image(1)) == ImageSendProblem::kNone);
  EXPECT_TRUE(rig.receiver.finished());
  EXPECT_TRUE(rig.record.state().pair[0].slot[1].state == SlotState::kTrial);
  EXPECT_EQ(rig.story(), kInstalled);
  EXPECT_EQ(rig.newest.slot, 1);
  EXPECT_EQ(rig.newest.type, 0);
  EXPECT_TRUE((rig.newest.version == update::Version{1, 0, 1, 0}));
  EXPECT_TRUE(rig.newest.id == rig.record.state().pair[0].slot[1].id);
  EXPECT_GT(rig.newest.time_us, 0U);
  EXPECT_LE(rig.newest.time_us, static_cast<std::uint64_t>(rig.now));
}

TEST(ImageService, TellsAgainAndAgainOfARefusedImageOnlyOnce) {
  Rig rig;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(rig.send(image(1, "pump")) == ImageSendProblem::kRefused);
    EXPECT_EQ(rig.reason, static_cast<std::uint8_t>(InstallFault::kProduct));
    EXPECT_EQ(rig.story(), kOffered);
  }
  EXPECT_EQ(rig.newest.code, update::verdict_code(InstallFault::kProduct, ImageFault::kNone));
  EXPECT_TRUE((rig.newest.version == update::Version{1, 0, 1, 0}));
  EXPECT_TRUE(rig.send(image(2, "pump")) == ImageSendProblem::kRefused);
  EXPECT_EQ(rig.story(), kOffered * 100 + kOffered);
}

TEST(ImageService, TellsWhyAnImageThatArrivedWasNotInstalled) {
  Rig rig;
  const MutableBytes bytes = image(1);
  bytes[1000] ^= std::byte{1};  // behind the header: the offer is good
  EXPECT_TRUE(rig.send(bytes) == ImageSendProblem::kRefused);
  EXPECT_EQ(rig.story(), kOffered * 10 + 2);
  EXPECT_EQ(rig.newest.code, update::verdict_code(InstallFault::kImage, ImageFault::kHashMismatch));
  EXPECT_TRUE(rig.record.state().pair[0].slot[1].state == SlotState::kReturned);
  EXPECT_TRUE(rig.record.state().pair[0].slot[1].told);
}

TEST(ImageService, TellsOfAFlashThatCanNotBeProgrammed) {
  Rig rig;
  std::array sectors{sim::BadSector{11, sim::Fails::kBoth, 0, sim::CutKind::kOld}};
  rig.flash.set_bad_sectors(sectors);
  EXPECT_TRUE(rig.send(image(1)) == ImageSendProblem::kRefused);
  EXPECT_EQ(rig.reason, static_cast<std::uint8_t>(InstallFault::kErase));
  EXPECT_EQ(rig.story(), kOffered * 10 + 2);
}

TEST(ImageService, TakesNoImageThatTheLogCanNotTake) {
  Rig rig;
  rig.keys.missing = true;
  // Until a sector would have to be given up, which needs a seal.
  for (std::uint16_t version = 1; version < 200; ++version) {
    EXPECT_TRUE(rig.send(image(version, "pump")) == ImageSendProblem::kRefused);
  }
  EXPECT_TRUE(rig.send(image(500)) == ImageSendProblem::kDeviceFailed);
  const Bytes slot = Bytes(flash_bytes).subspan(kSlots[1].offset, kSlots[1].size);
  EXPECT_TRUE(std::ranges::all_of(slot, [](std::byte b) { return b == std::byte{0xFF}; }));
  EXPECT_TRUE(rig.record.state().pair[0].slot[1].state != SlotState::kTrial);
  rig.keys.missing = false;
  EXPECT_TRUE(rig.send(image(500)) == ImageSendProblem::kNone);
}

TEST(ImageService, ALostLinkCostsNothing) {
  Rig rig;
  sim::cut(rig.down);
  sim::cut(rig.up);
  EXPECT_EQ(rig.service->step(rig.here, {0}).error(), Error::kIo);
  sim::mend(rig.down);
  sim::mend(rig.up);
  EXPECT_TRUE(rig.send(image(1)) == ImageSendProblem::kNone);
}

}  // namespace
