// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_pipe.hpp"

#include <array>
#include <string_view>

#include "tests/link/post_office.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

using link_test::PostOffice;

/// One side of the pipe.
struct Side {
  Side(PostOffice& office, std::size_t place, std::string_view in, std::string_view out)
      : line(office.line(place)), pipe(session, "aiot", "pump-7", in, out) {
    client.add(pipe.inlet());
  }

  PostOffice::Line line;
  std::array<std::byte, MqttPipe::kMaxPacket> receive{};
  std::array<std::byte, 128> transmit{};
  std::array<std::byte, 1024> outbox{};
  mqtt::Session session{{receive, transmit, outbox, {}}};
  MqttClient client{session, {.client_id = "x"}};
  MqttPipe pipe;
};

struct Rig {
  void steps(int count) {
    for (int i = 0; i < count; ++i) {
      now = now + Duration::from_ms(10);
      (void)device.client.step(device.line, now);
      (void)person.client.step(person.line, now);
    }
  }

  PostOffice office;
  Side device{office, 0, leaf::kImageIn, leaf::kImageOut};
  Side person{office, 1, leaf::kImageOut, leaf::kImageIn};
  Instant now{};
};

TEST(MqttPipe, MovesBytesBothWaysInOrder) {
  static Rig rig;
  rig.steps(6);
  ASSERT_TRUE(rig.device.pipe.state() == hal::LinkState::kUp);
  std::array<std::byte, 1500> sent{};
  for (std::size_t i = 0; i < sent.size(); ++i) {
    sent[i] = static_cast<std::byte>(i * 7);
  }
  std::array<std::byte, 1500> arrived{};
  std::size_t out = 0;
  std::size_t in = 0;
  for (int i = 0; i < 200 && in < sent.size(); ++i) {
    out += *rig.person.pipe.send(Bytes(sent).subspan(out));
    in += *rig.device.pipe.receive(
        MutableBytes(arrived).subspan(in).first(std::min<std::size_t>(100, arrived.size() - in)));
    rig.steps(1);
  }
  EXPECT_EQ(in, sent.size());
  EXPECT_TRUE(arrived == sent);
  EXPECT_EQ(*rig.device.pipe.send(as_bytes("back", 4)), 4U);
  rig.steps(4);
  EXPECT_EQ(*rig.person.pipe.receive(arrived), 4U);
}

TEST(MqttPipe, CutsWhatItSendsSoThatTheOtherSideCanTakeIt) {
  static Rig rig;
  rig.steps(6);
  std::array<std::byte, 2 * MqttPipe::kMaxMessage> much{};
  EXPECT_EQ(*rig.person.pipe.send(much), MqttPipe::kMaxMessage);
}

TEST(MqttPipe, WithoutAConnectionNothingMovesAndNothingIsKept) {
  static Rig rig;
  EXPECT_TRUE(rig.device.pipe.state() == hal::LinkState::kDown);
  EXPECT_EQ(*rig.device.pipe.send(as_bytes("x", 1)), 0U);
  rig.steps(6);
  rig.office.cut(0);
  rig.steps(2);
  EXPECT_EQ(*rig.person.pipe.send(as_bytes("to nobody", 9)), 9U);
  rig.steps(2);
  rig.office.mend(0);
  rig.steps(8);
  std::array<std::byte, 16> room{};
  EXPECT_EQ(*rig.device.pipe.receive(room), 0U);
}

TEST(MqttPipe, AConnectionThatEndsTakesTheRestOfAMessageWithIt) {
  static Rig rig;
  rig.steps(6);
  EXPECT_EQ(*rig.person.pipe.send(as_bytes("abcdef", 6)), 6U);
  rig.steps(4);
  std::array<std::byte, 2> part{};
  EXPECT_EQ(*rig.device.pipe.receive(part), 2U);
  rig.office.cut(0);
  rig.steps(2);
  rig.office.mend(0);
  rig.steps(8);
  EXPECT_EQ(*rig.device.pipe.receive(part), 0U);
  EXPECT_EQ(*rig.person.pipe.send(as_bytes("gh", 2)), 2U);
  rig.steps(4);
  EXPECT_EQ(*rig.device.pipe.receive(part), 2U);
  EXPECT_TRUE(part[0] == std::byte{'g'});
}

TEST(MqttPipe, WithoutRoomItGivesUpWhatHasArrivedSoThatTheSessionGoesOn) {
  static Rig rig;
  rig.steps(6);
  EXPECT_EQ(*rig.person.pipe.send(as_bytes("abcdef", 6)), 6U);
  rig.steps(4);
  ASSERT_TRUE(rig.device.pipe.inlet().waiting());
  std::array<std::byte, 300> much{};
  while (rig.device.session.publish("t", much, mqtt::Qos::kAtLeastOnce, mqtt::Retain::kNo).ok()) {
  }
  EXPECT_EQ(*rig.device.pipe.send(much), 0U);
  EXPECT_FALSE(rig.device.pipe.inlet().waiting());
  rig.steps(8);
  EXPECT_EQ(rig.device.session.unacknowledged(), 0U);
  EXPECT_EQ(*rig.device.pipe.send(much), much.size());
}

}  // namespace
}  // namespace aiot::link
