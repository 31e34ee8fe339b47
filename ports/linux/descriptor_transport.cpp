// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/descriptor_transport.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace aiot::linux_port {
namespace {

/// Whether a call for `events` returns at once; true, too, when it would return an error.
bool is_ready(int descriptor, short events) noexcept {
  pollfd request{.fd = descriptor, .events = events, .revents = 0};
  return poll(&request, 1, 0) > 0;
}

}  // namespace

DescriptorTransport::DescriptorTransport(int descriptor) noexcept : descriptor_(descriptor) {
  struct stat info {};

  is_socket_ = fstat(descriptor, &info) == 0 && S_ISSOCK(info.st_mode);
}

/// What a system call says, in the words of a transport; 0 bytes are no end of a stream here.
Result<std::size_t> DescriptorTransport::moved(long count) noexcept {
  if (count >= 0) {
    return static_cast<std::size_t>(count);
  }
  if (errno == EAGAIN || errno == EINTR) {
    return std::size_t{0};
  }
  lost_ = true;
  return Error::kIo;
}

Result<std::size_t> DescriptorTransport::send(Bytes in) noexcept {
  if (lost_) {
    return Error::kIo;
  }
  if (in.empty() || !is_ready(descriptor_, POLLOUT)) {
    return std::size_t{0};
  }
  // A device that is ready takes at least one byte at once; more could block.
  return moved(is_socket_ ? ::send(descriptor_, in.data(), in.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                          : ::write(descriptor_, in.data(), 1));
}

Result<std::size_t> DescriptorTransport::receive(MutableBytes out) noexcept {
  if (lost_) {
    return Error::kIo;
  }
  if (out.empty() || !is_ready(descriptor_, POLLIN)) {
    return std::size_t{0};
  }
  const long count = ::read(descriptor_, out.data(), out.size());
  if (count == 0) {
    lost_ = true;
    return Error::kIo;
  }
  return moved(count);
}

}  // namespace aiot::linux_port
