// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/image_service.hpp"

#include "aiot/link/image_sender.hpp"
#include "ports/sim/link.hpp"
#include "tests/device/update_rig.hpp"

namespace aiot::device_test {
namespace {

using link::ImageSendProblem;
using update::InstallFault;

/// A device that works, and a sender at the other end of a wire.
struct Wired {
  /// Sends until the sender is done or has given up; then its problem.
  ImageSendProblem send(Bytes bytes) {
    const auto size = update::make_offer(bytes, offer_memory);
    EXPECT_TRUE(size.ok());
    link::ImageSender sender(
        Bytes(offer_memory).first(*size), bytes, ++session, {boot.now}, link::ImageSendConfig{});
    for (int i = 0; i < 20000 && sender.state() < link::ImageSendState::kDone; ++i) {
      (void)boot.step();
      EXPECT_TRUE(sender.exchange(there, {boot.now}).ok());
      EXPECT_TRUE(service.step(here, {boot.now}).ok());
    }
    reason = sender.reason();
    return sender.problem();
  }

  Factory factory;
  Boot boot{factory.flash};
  std::array<std::byte, 64> up_bytes{};
  std::array<std::byte, 64> down_bytes{};
  sim::Wire up{up_bytes};
  sim::Wire down{down_bytes};
  sim::LinkEnd here{down, up};
  sim::LinkEnd there{up, down};
  std::array<std::byte, link::receiver_bytes(400, 256)> memory{};
  link::ImageReceiver receiver{memory};
  device::ImageService service{receiver, *boot.updates};
  std::uint32_t session = 0;
  std::uint8_t reason = 0;
};

TEST(ImageService, BringsAnImageFromTheWireToItsTrial) {
  Wired wired;
  EXPECT_TRUE(wired.send(firmware(6, 1)) == ImageSendProblem::kNone);
  EXPECT_TRUE(wired.receiver.finished());
  EXPECT_TRUE(wired.boot.slot(ImageType::kFirmware, 1).state == SlotState::kTrial);
  EXPECT_TRUE(wired.boot.step() == UpdateStep::kReset);
  EXPECT_TRUE(wired.boot.told(
      {AuditKind::kOffer, AuditKind::kVerdict, AuditKind::kVerdict, AuditKind::kInstall}));
  EXPECT_GT(wired.boot.device->metrics().windows, 0U);
}

TEST(ImageService, SaysWhyAnOfferIsRefused) {
  Wired wired;
  EXPECT_TRUE(wired.send(firmware(4, 1)) == ImageSendProblem::kRefused);
  EXPECT_EQ(wired.reason, static_cast<std::uint8_t>(InstallFault::kOlder));
  EXPECT_TRUE(wired.boot.told({AuditKind::kOffer, AuditKind::kVerdict}));
}

TEST(ImageService, SaysWhyAnImageThatArrivedIsRefused) {
  Wired wired;
  const Bytes image = firmware(6, 1);
  image_memory[200] ^= std::byte{1};  // in the payload: the offer is good
  EXPECT_TRUE(wired.send(image) == ImageSendProblem::kRefused);
  EXPECT_EQ(
      wired.reason,
      update::kFirstImageReason + static_cast<std::uint8_t>(update::ImageFault::kHashMismatch));
  EXPECT_TRUE(wired.boot.told({AuditKind::kOffer, AuditKind::kVerdict, AuditKind::kVerdict}));
}

TEST(ImageService, ALostLinkCostsNothing) {
  Wired wired;
  sim::cut(wired.down);
  sim::cut(wired.up);
  EXPECT_EQ(wired.service.step(wired.here, {0}).error(), Error::kIo);
  sim::mend(wired.down);
  sim::mend(wired.up);
  EXPECT_TRUE(wired.send(firmware(6, 1)) == ImageSendProblem::kNone);
}

}  // namespace
}  // namespace aiot::device_test
