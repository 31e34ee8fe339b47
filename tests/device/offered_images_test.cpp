// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/offered_images.hpp"

#include "tests/device/session_rig.hpp"

namespace aiot::device_test {
namespace {

TEST(OfferedImages, AnImageThatACommandOffersIsInstalled) {
  World& at = begin();
  const Bytes file = firmware(6, 1);
  EXPECT_TRUE(at.command(at.person.image(1, file)).error == Error::kNone);
  EXPECT_TRUE(at.transfer(file) == ImageSendProblem::kNone);
  EXPECT_TRUE(at.slot() == SlotState::kTrial);
  EXPECT_TRUE(at.next == UpdateStep::kReset);
  // The offer is used up.
  EXPECT_FALSE(at.device->commands.state().file.has_value());
}

TEST(OfferedImages, WithoutACommandNothingIsTaken) {
  World& at = begin();
  EXPECT_TRUE(at.transfer(firmware(6, 1)) == ImageSendProblem::kRefused);
  EXPECT_EQ(at.person.sender->reason(), static_cast<std::uint8_t>(InstallFault::kNoOffer));
  EXPECT_TRUE(at.slot() == SlotState::kEmpty);
  EXPECT_EQ(
      at.device->entries(AuditKind::kVerdict, static_cast<std::uint32_t>(InstallFault::kNoOffer)),
      1U);
}

TEST(OfferedImages, AnotherSizeIsRefusedBeforeAnythingIsErased) {
  World& at = begin();
  EXPECT_TRUE(at.command(at.person.image(1, Bytes(firmware(6, 1)).first(100))).error ==
              Error::kNone);
  EXPECT_TRUE(at.transfer(firmware(6, 1)) == ImageSendProblem::kRefused);
  EXPECT_EQ(at.person.sender->reason(), static_cast<std::uint8_t>(InstallFault::kOtherImage));
  EXPECT_TRUE(at.slot() == SlotState::kEmpty);
}

TEST(OfferedImages, AnotherFileOfThatSizeIsNotInstalledHoweverWellItIsSigned) {
  World& at = begin();
  EXPECT_TRUE(at.command(at.person.image(1, firmware(6, 1))).error == Error::kNone);
  EXPECT_TRUE(at.transfer(firmware(7, 1)) == ImageSendProblem::kRefused);
  EXPECT_EQ(at.person.sender->reason(), static_cast<std::uint8_t>(InstallFault::kOtherImage));
  EXPECT_TRUE(at.slot() == SlotState::kReturned);
  // The right one still comes.
  EXPECT_TRUE(at.transfer(firmware(6, 1)) == ImageSendProblem::kNone);
  EXPECT_TRUE(at.slot() == SlotState::kTrial);
}

TEST(OfferedImages, WhatTheInstallerSaysCountsBesides) {
  World& at = begin();
  EXPECT_TRUE(at.command(at.person.image(1, firmware(4, 1))).error == Error::kNone);
  EXPECT_TRUE(at.transfer(firmware(4, 1)) == ImageSendProblem::kRefused);
  EXPECT_EQ(at.person.sender->reason(), static_cast<std::uint8_t>(InstallFault::kOlder));
}

TEST(OfferedImages, LostMessagesCostTimeOnly) {
  World& at = begin();
  at.office.lose_every = 7;
  const Bytes file = firmware(6, 1);
  EXPECT_TRUE(at.command(at.person.image(1, file)).error == Error::kNone);
  EXPECT_TRUE(at.transfer(file) == ImageSendProblem::kNone);
  EXPECT_GT(at.person.sender->repetitions(), 0U);
}

TEST(OfferedImages, ACommandWaitsAtTheBrokerForADeviceThatIsAway) {
  World& at = begin();
  at.device.reset();
  at.office.cut(0);
  const Bytes file = firmware(6, 1);
  EXPECT_TRUE(at.person.say(at.person.image(1, file)));
  at.rounds(20);
  at.office.mend(0);
  at.boot();
  for (int i = 0; i < 200 && !at.person.answer; ++i) {
    at.round();
  }
  ASSERT_TRUE(at.person.answer.has_value());
  EXPECT_TRUE(at.person.answer->error == Error::kNone);
  EXPECT_TRUE(at.device->commands.state().file.has_value());
}

TEST(CommandLink, AnAnswerWaitsForRoomAndTheSessionGoesOn) {
  World& at = begin();
  // Nothing more goes into the outbox until the broker has answered.
  std::array<std::byte, 1024> much{};
  while (
      at.device->session
          .publish("aiot/test/batch", much, link::mqtt::Qos::kAtLeastOnce, link::mqtt::Retain::kNo)
          .ok()) {
  }
  at.office.publish("aiot/test/command", at.person.context(1), true);
  for (int i = 0; i < 200 && !at.person.answer; ++i) {
    at.round();
  }
  ASSERT_TRUE(at.person.answer.has_value());
  EXPECT_TRUE(at.person.answer->error == Error::kNone);
  at.rounds(5);
  EXPECT_EQ(at.device->session.unacknowledged(), 0U);
}

TEST(OfferedImages, ASenderThatMissedTheEndHearsThatTheImageIsThere) {
  World& at = begin();
  const Bytes file = firmware(6, 1);
  EXPECT_TRUE(at.command(at.person.image(1, file)).error == Error::kNone);
  EXPECT_TRUE(at.transfer(file) == ImageSendProblem::kNone);
  EXPECT_TRUE(at.transfer(file) == ImageSendProblem::kRefused);
  EXPECT_EQ(at.person.sender->reason(), static_cast<std::uint8_t>(InstallFault::kInstalled));
}

}  // namespace
}  // namespace aiot::device_test
