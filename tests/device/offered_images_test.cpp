// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/offered_images.hpp"

#include <optional>

#include "aiot/device/command_link.hpp"
#include "aiot/link/image_sender.hpp"
#include "aiot/link/mqtt_pipe.hpp"
#include "ports/sim/random.hpp"
#include "tests/device/command_rig.hpp"
#include "tests/link/post_office.hpp"

namespace aiot::device_test {
namespace {

using link::ImageSendProblem;
using link::ImageSendState;
using link::MqttPipe;
using link_test::PostOffice;
using update::InstallFault;

constexpr std::size_t kLarge = 24 * 1024;  // three notes of progress

std::array<std::byte, kLarge + 1024> large_memory;

/// A firmware that takes a while, for slot B.
Bytes large_firmware() {
  SampleSpec spec;
  spec.payload_bytes = kLarge;
  spec.load_address = *kAddresses[1];
  spec.flags = update::kImageRomFixed;
  spec.version = {1, 0, 6, 0};
  spec.product = kProduct;
  return make_sample(spec, large_memory);
}

/// Memory of a session on either side.
struct Memory {
  std::array<std::byte, 2 * MqttPipe::kMaxPacket> receive{};
  std::array<std::byte, 256> transmit{};
  std::array<std::byte, 3 * 1024> outbox{};

  [[nodiscard]] link::mqtt::SessionMemory view() { return {receive, transmit, outbox, {}}; }
};

/// A boot of a device that is reached over a broker.
struct Online : Commanded {
  Online(sim::SimFlash& on, PostOffice& office) : Commanded(on), line(office.line(0)) {
    client.add(command_link.inlet());
    client.add(pipe.inlet());
    // As from an acknowledgement.
    (void)clock.sight({0}, {0}, kTime.unix_ms);
  }

  UpdateStep round() {
    const UpdateStep next = step();
    (void)client.step(line, {now});
    command_link.step({now});
    (void)images.step(pipe, {now});
    return next;
  }

  PostOffice::Line line;
  Memory memory;
  link::mqtt::Session session{memory.view()};
  link::MqttClient client{session, {.client_id = "test"}};
  link::WallClock clock{{}};
  device::CommandLink command_link{session, service, clock, "aiot", "test"};
  MqttPipe pipe{session, "aiot", "test", link::leaf::kImageIn, link::leaf::kImageOut};
  std::array<std::byte, link::receiver_bytes(400, 256)> receive_memory{};
  link::ImageReceiver receiver{receive_memory};
  device::OfferedImages images{receiver, *updates, commands};
};

/// The operator's command line.
struct Person : Operator {
  explicit Person(PostOffice& office) : line(office.line(1)) {
    client.add(answers);
    client.add(pipe.inlet());
  }

  void round(Instant now) {
    (void)client.step(line, now);
    if (answers.waiting()) {
      const auto opened = link::open_answer(answers.message(), kSeal, keys);
      EXPECT_TRUE(opened.ok());
      answer = opened.answer;
      answers.done();
    }
    if (sender) {
      (void)sender->exchange(pipe, now);
    }
  }

  void send(Bytes file, Instant now) {
    const auto size = update::make_offer(file, offer_bytes);
    EXPECT_TRUE(size.ok());
    sender.emplace(Bytes(offer_bytes).first(*size),
                   file,
                   ++transfers,
                   now,
                   link::ImageSendConfig{.attempts = 1000});
  }

  bool say(Bytes message) {
    return session
        .publish(
            "aiot/test/command", message, link::mqtt::Qos::kAtLeastOnce, link::mqtt::Retain::kNo)
        .ok();
  }

  [[nodiscard]] bool sending() const { return sender && sender->state() < ImageSendState::kDone; }

  PostOffice::Line line;
  Memory memory;
  link::mqtt::Session session{memory.view()};
  link::MqttClient client{session, {.client_id = "operator"}};
  link::MqttInlet answers{"aiot", "test", link::leaf::kAnswer};
  MqttPipe pipe{session, "aiot", "test", link::leaf::kImageOut, link::leaf::kImageIn};
  std::array<std::byte, update::kMaxOfferBytes> offer_bytes{};
  std::optional<link::ImageSender> sender;
  std::optional<CommandAnswer> answer;
  std::uint32_t transfers = 0;
};

struct World {
  World() : person(office) { lend_pool(); }

  void boot() { device.emplace(factory.flash, office); }

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      round();
    }
  }

  void round() {
    now = now + Duration::from_ms(1);
    if (device) {
      next = device->round();
    }
    person.round(now);
  }

  /// Both are connected; the operator's command is answered.
  CommandAnswer command(Bytes message) {
    person.answer.reset();
    for (int i = 0; i < 200 && !person.say(message); ++i) {
      round();
    }
    for (int i = 0; i < 200 && !person.answer; ++i) {
      round();
    }
    EXPECT_TRUE(person.answer.has_value());
    return person.answer.value_or(CommandAnswer{.fault = CommandFault::kForm});
  }

  ImageSendProblem transfer(Bytes file) {
    person.send(file, now);
    for (int i = 0; i < 60000 && person.sending(); ++i) {
      round();
    }
    return person.sender->problem();
  }

  [[nodiscard]] SlotState slot() const { return device->slot(ImageType::kFirmware, 1).state; }

  Factory factory;
  PostOffice office;
  Person person;
  std::optional<Online> device;
  UpdateStep next = UpdateStep::kGoOn;
  Instant now{};
};

std::optional<World> world;

World& begin() {
  world.emplace();
  world->boot();
  world->rounds(20);
  return *world;
}

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

TEST(OfferedImages, ASenderThatMissedTheEndHearsThatTheImageIsThere) {
  World& at = begin();
  const Bytes file = firmware(6, 1);
  EXPECT_TRUE(at.command(at.person.image(1, file)).error == Error::kNone);
  EXPECT_TRUE(at.transfer(file) == ImageSendProblem::kNone);
  EXPECT_TRUE(at.transfer(file) == ImageSendProblem::kRefused);
  EXPECT_EQ(at.person.sender->reason(), static_cast<std::uint8_t>(InstallFault::kInstalled));
}

struct Interruptions {
  std::uint32_t links = 0;
  std::uint32_t restarts = 0;  // of the operator
  std::uint32_t cuts = 0;      // of the device's power
};

/// What happens to a download, by the round.
void disturb(World& at, int round, Bytes file, Interruptions& count) {
  if (round % 1900 == 0) {
    at.office.cut(1);  // the operator's link
    ++count.links;
  }
  if (round % 1300 == 0) {
    at.office.cut(0);  // the device's
    ++count.links;
  }
  if (round % 4100 == 0) {
    at.office.forget();  // the broker was killed, and knows nobody
    ++count.links;
  }
  if (round % 2300 == 0) {
    at.person.send(file, at.now);
    ++count.restarts;
  }
  if (round % 10 == 5) {
    at.office.mend(0);
    at.office.mend(1);
  }
}

TEST(OfferedImages, ADownloadGoesOnAfterBrokenLinksRestartsAndPowerCuts) {
  Interruptions count;
  std::uint32_t earlier = 0;  // with the seeds before
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    World& at = begin();
    const Bytes file = large_firmware();
    EXPECT_TRUE(at.command(at.person.image(1, file)).error == Error::kNone);
    const std::uint64_t before = at.office.routed_bytes;
    sim::Random random(seed);
    std::uint32_t resumed = 0;
    const auto plan_cut = [&] {
      // The device writes records besides, so this is anywhere in the download.
      at.factory.flash.cut_at(
          180 + random.below(120), sim::kCutKinds[count.cuts % sim::kCutKinds.size()], seed);
    };
    at.person.send(file, at.now);
    plan_cut();
    for (int i = 1; i < 50000 && at.slot() != SlotState::kTrial; ++i) {
      at.round();
      disturb(at, i, file, count);
      resumed = std::max(resumed, at.person.sender->resumed_from());
      if (!at.factory.flash.powered()) {
        at.device.reset();
        at.office.cut(0);
        at.factory.flash.power_on();
        at.rounds(5);
        at.boot();
        ++count.cuts;
        plan_cut();
      }
    }
    EXPECT_TRUE(at.slot() == SlotState::kTrial);
    EXPECT_TRUE(
        std::ranges::equal(Bytes(flash_bytes).subspan(kMap.firmware[1].offset, file.size()), file));
    EXPECT_EQ(at.factory.flash.violations(), 0U);
    // It went on where it was: an interruption costs the last 8 KiB at most, and another offer.
    EXPECT_GE(resumed, update::Installer::kProgressBytes);
    const std::uint32_t interruptions = count.links + count.restarts + count.cuts - earlier;
    EXPECT_LE(at.office.routed_bytes - before, file.size() * 5 / 4 + interruptions * 10U * 1024);
    earlier += interruptions;
  }
  EXPECT_GE(count.links, 4U);
  EXPECT_GE(count.restarts, 1U);
  EXPECT_GE(count.cuts, 6U);
}

}  // namespace
}  // namespace aiot::device_test
