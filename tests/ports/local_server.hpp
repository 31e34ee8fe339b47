// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "ports/linux/descriptor_transport.hpp"
#include "tests/support/test.hpp"

/// The other end of a connection: plain sockets on loopback.
namespace aiot::test {

/// An accepted connection.
class Peer {
 public:
  explicit Peer(int descriptor) noexcept : descriptor_(descriptor), transport_(descriptor) {}

  Peer(Peer&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), transport_(other.transport_) {}

  Peer& operator=(Peer&&) = delete;

  ~Peer() { close(); }

  Result<std::size_t> send(Bytes in) noexcept { return transport_.send(in); }

  Result<std::size_t> receive(MutableBytes out) noexcept { return transport_.receive(out); }

  [[nodiscard]] hal::LinkState state() const noexcept { return transport_.state(); }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  void close() noexcept {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }

 private:
  int descriptor_;
  linux_port::DescriptorTransport transport_;
};

/// A port of 127.0.0.1 at which somebody listens.
class Listener {
 public:
  explicit Listener(int queue) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor_, name, size), 0);
    EXPECT_EQ(::listen(descriptor_, queue), 0);
    EXPECT_EQ(::getsockname(descriptor_, name, &size), 0);
    port_ = ntohs(address.sin_port);
  }

  Listener() : Listener(64) {}

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  ~Listener() { ::close(descriptor_); }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Waits for the next connection; the kernel completes it without our help.
  [[nodiscard]] Peer accept() const {
    const int peer = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    EXPECT_GE(peer, 0);
    return Peer(peer);
  }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

}  // namespace aiot::test
