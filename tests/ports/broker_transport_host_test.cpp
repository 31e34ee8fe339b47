// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <string>
#include <vector>

#include "ports/linux/broker_transport.hpp"
#include "tests/ports/local_server.hpp"
#include "tests/support/test.hpp"

namespace aiot::linux_port {
namespace {

using test::Listener;
using test::Peer;

/// Time is an argument: pauses cost none.
class BrokerTransportTest : public ::testing::Test {
 protected:
  void open(std::uint16_t port) {
    std::string message;
    ASSERT_TRUE(link_.open("mqtt://127.0.0.1:" + std::to_string(port), {}, message).ok())
        << message;
  }

  /// Steps until the connection is made or failed.
  hal::LinkState dial() {
    link_.step(now_);
    while (link_.state() == hal::LinkState::kConnecting) {
      link_.wait(Duration::from_ms(10));
    }
    return link_.state();
  }

  std::vector<std::string> told_;
  BrokerTransport link_{[this](const std::string& problem) { told_.push_back(problem); }};
  Instant now_{};
};

TEST_F(BrokerTransportTest, DialsAgainWhenTheConnectionBreaksAndSaysSoOnce) {
  const Listener server;
  open(server.port());
  ASSERT_EQ(dial(), hal::LinkState::kUp);
  for (int i = 0; i < 3; ++i) {
    Peer peer = server.accept();
    peer.close();
    std::array<std::byte, 1> byte{};
    while (link_.receive(byte).ok()) {
      link_.wait(Duration::from_ms(10));
    }
    link_.step(now_);
    EXPECT_EQ(told_.size(), 1U);
    now_ = now_ + BrokerTransport::kLongestPause;
    ASSERT_EQ(dial(), hal::LinkState::kUp);
  }
}

TEST_F(BrokerTransportTest, PausesLongerAndLongerUntilSomethingCameOfAConnection) {
  const Listener server;
  open(server.port());
  std::vector<std::int64_t> pauses;
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(dial(), hal::LinkState::kUp);
    link_.drop("nothing came of it", now_);
    const Instant begin = now_;
    while (dial() == hal::LinkState::kDown) {
      now_ = now_ + Duration::from_ms(10);
    }
    pauses.push_back((now_ - begin).us);
  }
  // The upper half of each is random.
  EXPECT_GE(pauses.front(), BrokerTransport::kFirstPause.us / 2);
  EXPECT_LE(pauses.front(), BrokerTransport::kFirstPause.us + 10'000);
  EXPECT_GE(pauses.back(), BrokerTransport::kLongestPause.us / 2);
  EXPECT_LE(pauses.back(), BrokerTransport::kLongestPause.us + 10'000);
  EXPECT_EQ(told_.size(), 1U);

  link_.proved();
  EXPECT_TRUE(link_.problem().empty());
  link_.drop("nothing came of it", now_);
  EXPECT_EQ(told_.size(), 2U);
  now_ = now_ + BrokerTransport::kFirstPause;
  EXPECT_EQ(dial(), hal::LinkState::kUp);
}

TEST_F(BrokerTransportTest, AConnectionThatLastsIsAGoodOne) {
  const Listener server;
  open(server.port());
  ASSERT_EQ(dial(), hal::LinkState::kUp);
  link_.drop("nothing came of it", now_);
  now_ = now_ + BrokerTransport::kLongestPause;
  ASSERT_EQ(dial(), hal::LinkState::kUp);
  EXPECT_FALSE(link_.problem().empty());
  now_ = now_ + BrokerTransport::kProof + Duration::from_ms(1);
  link_.step(now_);
  EXPECT_TRUE(link_.problem().empty());
}

TEST_F(BrokerTransportTest, WhatOnlyAPersonCanChangeIsNotTriedSoon) {
  const Listener server;
  open(server.port());
  ASSERT_EQ(dial(), hal::LinkState::kUp);
  link_.give_up("not allowed", now_);
  now_ = now_ + Duration{BrokerTransport::kLongestPause.us - 1000};
  EXPECT_EQ(dial(), hal::LinkState::kDown);
  now_ = now_ + Duration::from_ms(1);
  EXPECT_EQ(dial(), hal::LinkState::kUp);
}

TEST_F(BrokerTransportTest, NobodyAtThePortIsToldOnceInAllAttempts) {
  std::uint16_t port = 0;
  {
    const Listener gone;
    port = gone.port();
  }
  open(port);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(dial(), hal::LinkState::kDown);
    link_.step(now_);
    now_ = now_ + BrokerTransport::kLongestPause;
  }
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].find("127.0.0.1:" + std::to_string(port) + ": "), 0U) << told_[0];
  EXPECT_EQ(link_.problem(), told_[0]);
}

TEST_F(BrokerTransportTest, AWrongUrlOrFileIsToldWhenItIsOpened) {
  std::string message;
  EXPECT_EQ(link_.open("http://localhost", {}, message).error(), Error::kInvalidArgument);
  EXPECT_NE(message.find("mqtts://"), std::string::npos) << message;
  TlsFiles files;
  files.ca = "/none.pem";
  EXPECT_EQ(link_.open("mqtts://localhost", files, message).error(), Error::kEmpty);
  EXPECT_NE(message.find("/none.pem"), std::string::npos) << message;
}

}  // namespace
}  // namespace aiot::linux_port
