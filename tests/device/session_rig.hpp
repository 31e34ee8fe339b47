// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aiot/device/command_link.hpp"
#include "aiot/device/offered_images.hpp"
#include "aiot/link/image_sender.hpp"
#include "aiot/link/mqtt_pipe.hpp"
#include "tests/device/command_rig.hpp"
#include "tests/link/post_office.hpp"

/// A device and its operator, with a broker between them.
namespace aiot::device_test {
using link::ImageSendProblem;
using link::ImageSendState;
using link::MqttPipe;
using link_test::PostOffice;
using update::InstallFault;

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

inline std::optional<World> world;

inline World& begin() {
  world.emplace();
  world->boot();
  world->rounds(20);
  return *world;
}

}  // namespace aiot::device_test
