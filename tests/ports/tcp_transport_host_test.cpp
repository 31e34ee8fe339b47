// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <poll.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "ports/linux/tcp_transport.hpp"
#include "tests/contract/transport_contract.hpp"
#include "tests/ports/local_server.hpp"
#include "tests/support/test.hpp"

namespace aiot::linux_port {
namespace {

using test::Listener;
using test::Peer;

constexpr Duration kLimit = Duration::from_s(60);  // other processes may have the processor

/// Goes on until the connection is made or failed.
template <class Transport>
hal::LinkState settle(Transport& link) {
  while (link.state() == hal::LinkState::kConnecting) {
    link.wait(kLimit);
  }
  return link.state();
}

/// Why a connection to a port of this machine fails.
LinkFault fault_of(const std::string& host, std::uint16_t port, Duration limit) {
  TcpTransport link;
  EXPECT_TRUE(link.connect(host, port, limit).ok());
  EXPECT_EQ(settle(link), hal::LinkState::kDown);
  EXPECT_EQ(link.message().find(host + ":" + std::to_string(port) + ": "), 0U) << link.message();
  EXPECT_EQ(link.message().find('\n'), std::string::npos);
  std::array<std::byte, 1> byte{};
  EXPECT_EQ(link.send(byte).error(), Error::kIo);
  EXPECT_EQ(link.receive(byte).error(), Error::kIo);
  return link.fault();
}

TEST(TcpTransport, KeepsTheContract) {
  const Listener server;
  TcpTransport client;
  ASSERT_TRUE(client.connect("127.0.0.1", server.port(), kLimit).ok());
  Peer peer = server.accept();
  ASSERT_EQ(settle(client), hal::LinkState::kUp);
  contract::transport_is_quiet(client, peer);
  const auto idle = [&client](int quiet) {
    client.wait(Duration::from_ms(10));
    return quiet < 1000;
  };
  contract::transport_carries_bytes_in_order(client, peer, 10'000, idle);
  contract::transport_carries_bytes_in_order(peer, client, 10'000, idle);
  contract::transport_reports_a_lost_link(client, [&] {
    peer.close();
    client.wait(kLimit);
  });
  EXPECT_EQ(client.fault(), LinkFault::kClosed);
  EXPECT_NE(client.message().find("closed the connection"), std::string::npos);
}

TEST(TcpTransport, ConnectsToANameByWhicheverAddressAnswers) {
  const Listener server;  // IPv4 only; localhost may be ::1 first
  TcpTransport client;
  ASSERT_TRUE(client.connect("localhost", server.port(), kLimit).ok());
  EXPECT_EQ(settle(client), hal::LinkState::kUp) << client.message();
  EXPECT_EQ(client.fault(), LinkFault::kNone);
  EXPECT_EQ(client.message(), "");
}

TEST(TcpTransport, TellsThatNobodyListens) {
  const std::uint16_t port = Listener().port();  // closed again
  EXPECT_EQ(fault_of("127.0.0.1", port, kLimit), LinkFault::kRefused);
  EXPECT_EQ(fault_of("localhost", port, kLimit), LinkFault::kRefused);
}

TEST(TcpTransport, TellsThatANameHasNoAddress) {
  // Refused before a name server is asked.
  EXPECT_EQ(fault_of("no..such..host", 1883, kLimit), LinkFault::kResolve);
}

TEST(TcpTransport, DoesNotWaitForANameServer) {
  TcpTransport client;
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.connect("broker.invalid", 1883, Duration{1}).ok());
  std::array<std::byte, 1> byte{};
  (void)client.send(byte);
  (void)client.receive(byte);
  // The server may have said at once that there is no such name.
  EXPECT_EQ(settle(client), hal::LinkState::kDown);
  // The question that is still open is not asked a second time.
  ASSERT_TRUE(client.connect("broker.invalid", 1883, Duration{1}).ok());
  EXPECT_EQ(settle(client), hal::LinkState::kDown);
  EXPECT_TRUE(client.fault() == LinkFault::kTimeout || client.fault() == LinkFault::kResolve);
  EXPECT_NE(client.message().find("host name"), std::string::npos) << client.message();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

TEST(TcpTransport, GivesUpAtItsLimit) {
  const Listener server(0);
  std::vector<TcpTransport> crowd(8);  // the queue of the listener is full, and the kernel silent
  for (TcpTransport& each : crowd) {
    ASSERT_TRUE(each.connect("127.0.0.1", server.port(), kLimit).ok());
    (void)each.state();
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(fault_of("127.0.0.1", server.port(), Duration::from_ms(200)), LinkFault::kTimeout);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200));
}

TEST(TcpTransport, TellsThatThereIsNoWay) {
  // A multicast address is nobody's end of a stream.
  EXPECT_EQ(fault_of("224.0.0.1", 1883, kLimit), LinkFault::kUnreachable);
}

TEST(TcpTransport, RefusesANonsensicalPlace) {
  TcpTransport client;
  EXPECT_EQ(client.connect("", 1883, kLimit).error(), Error::kInvalidArgument);
  EXPECT_EQ(client.connect("localhost", 0, kLimit).error(), Error::kInvalidArgument);
  EXPECT_EQ(client.state(), hal::LinkState::kDown);
}

TEST(TcpTransport, NeverWaitsForAPeerThatDoesNotRead) {
  const Listener server;
  TcpTransport client;
  ASSERT_TRUE(client.connect("127.0.0.1", server.port(), kLimit).ok());
  Peer peer = server.accept();
  ASSERT_EQ(settle(client), hal::LinkState::kUp);
  const std::vector<std::byte> much(1 << 20);
  std::size_t sent = 0;
  for (int full = 0; full < 3;) {
    const auto moved = client.send(much);
    ASSERT_TRUE(moved.ok());
    sent += *moved;
    full = *moved == 0 ? full + 1 : 0;
  }
  EXPECT_GT(sent, 0U);
  client.wait(Duration::from_ms(1));
  std::vector<std::byte> buffer(1 << 16);
  std::size_t received = 0;
  while (received < sent) {
    const auto moved = peer.receive(buffer);
    ASSERT_TRUE(moved.ok());
    received += *moved;
  }
  client.wait(kLimit);  // there is room now
  const auto moved = client.send(much);
  ASSERT_TRUE(moved.ok());
  EXPECT_GT(*moved, 0U);
}

TEST(TcpTransport, StillReceivesWhatArrivedBeforeASendFailed) {
  const Listener server;
  TcpTransport client;
  ASSERT_TRUE(client.connect("127.0.0.1", server.port(), kLimit).ok());
  Peer peer = server.accept();
  ASSERT_EQ(settle(client), hal::LinkState::kUp);
  std::array<std::byte, 4> word{};
  ASSERT_EQ(client.send(word).value_or(0), 4U);
  while (!wait_for(peer.descriptor(), POLLIN, kLimit)) {
  }
  ASSERT_EQ(peer.send(word).value_or(0), 4U);
  peer.close();  // with bytes unread: a reset
  client.wait(kLimit);
  auto sent = client.send(word);
  for (int i = 0; i < 1000 && sent.ok(); ++i) {
    sent = client.send(word);
  }
  ASSERT_EQ(sent.error(), Error::kIo);
  EXPECT_EQ(client.state(), hal::LinkState::kDown);
  EXPECT_EQ(client.receive(word).value_or(0), 4U);
  EXPECT_EQ(client.receive(word).error(), Error::kIo);
}

TEST(TcpTransport, ConnectsAgain) {
  const Listener server;
  TcpTransport client;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.connect("127.0.0.1", server.port(), kLimit).ok());
    Peer peer = server.accept();
    ASSERT_EQ(settle(client), hal::LinkState::kUp);
    std::array<std::byte, 1> byte{};
    EXPECT_EQ(client.send(byte).value_or(0), 1U);
    if (i == 0) {
      client.close();
      EXPECT_EQ(client.state(), hal::LinkState::kDown);
      EXPECT_EQ(client.fault(), LinkFault::kNone);
      EXPECT_EQ(client.send(byte).error(), Error::kIo);
    }
  }
}

}  // namespace
}  // namespace aiot::linux_port
