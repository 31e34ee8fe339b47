// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/tcp_transport.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace aiot::linux_port {
namespace {

using Phase = TcpConnector::Phase;

bool is_later(int error) noexcept {
  return error == EAGAIN || error == EINTR;
}

}  // namespace

Status TcpTransport::connect(const std::string& host, std::uint16_t port, Duration limit) {
  if (host.empty() || port == 0) {
    return Error::kInvalidArgument;
  }
  can_send_ = true;
  is_full_ = false;
  connector_.start(host, port, limit);
  return {};
}

void TcpTransport::close() noexcept {
  connector_.close();
}

hal::LinkState TcpTransport::state() {
  switch (connector_.step()) {
    case Phase::kResolving:
    case Phase::kConnecting:
      return hal::LinkState::kConnecting;
    case Phase::kConnected:
      return can_send_ ? hal::LinkState::kUp : hal::LinkState::kDown;
    case Phase::kIdle:
    case Phase::kFailed:
      break;
  }
  return hal::LinkState::kDown;
}

Result<std::size_t> TcpTransport::send(Bytes in) {
  const hal::LinkState now = state();
  if (now == hal::LinkState::kDown) {
    return Error::kIo;
  }
  if (now == hal::LinkState::kConnecting || in.empty()) {
    return std::size_t{0};
  }
  const ssize_t count =
      ::send(connector_.descriptor(), in.data(), in.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count >= 0) {
    is_full_ = static_cast<std::size_t>(count) < in.size();
    return static_cast<std::size_t>(count);
  }
  if (is_later(errno)) {
    is_full_ = true;
    return std::size_t{0};
  }
  // What the server said before it closed is still there to be received.
  can_send_ = false;
  return Error::kIo;
}

Result<std::size_t> TcpTransport::receive(MutableBytes out) {
  const Phase phase = connector_.step();
  if (phase == Phase::kResolving || phase == Phase::kConnecting) {
    return std::size_t{0};
  }
  if (phase != Phase::kConnected) {
    return Error::kIo;
  }
  if (out.empty()) {
    return std::size_t{0};
  }
  const ssize_t count = ::recv(connector_.descriptor(), out.data(), out.size(), MSG_DONTWAIT);
  if (count > 0) {
    return static_cast<std::size_t>(count);
  }
  if (count < 0 && is_later(errno)) {
    return std::size_t{0};
  }
  if (count == 0) {
    connector_.fail(LinkFault::kClosed, "the server closed the connection; see its log for why");
  } else {
    connector_.fail(LinkFault::kLost,
                    "the connection was lost: " + std::system_category().message(errno) +
                        "; check the network and the server");
  }
  return Error::kIo;
}

void TcpTransport::wait(Duration limit) {
  if (connector_.step() == Phase::kConnected) {
    const int events = is_full_ ? POLLIN | POLLOUT : POLLIN;
    (void)wait_for(connector_.descriptor(), static_cast<short>(events), limit);
  } else {
    connector_.wait(limit);
  }
}

}  // namespace aiot::linux_port
