// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "aiot/hal/transport.hpp"

namespace aiot::linux_port {

/// A connected socket, a serial device or a terminal as a byte stream. Never waits, whatever the
/// descriptor's own flags say; the descriptor stays the caller's.
class DescriptorTransport {
 public:
  explicit DescriptorTransport(int descriptor) noexcept;

  /// Errors: `kIo` the other side has closed, or the device failed (errno tells why); it stays so.
  Result<std::size_t> send(Bytes in) noexcept;
  Result<std::size_t> receive(MutableBytes out) noexcept;

  [[nodiscard]] hal::LinkState state() const noexcept {
    return lost_ ? hal::LinkState::kDown : hal::LinkState::kUp;
  }

 private:
  Result<std::size_t> moved(long count) noexcept;

  int descriptor_;
  bool is_socket_ = false;
  bool lost_ = false;
};

static_assert(hal::Transport<DescriptorTransport>);

}  // namespace aiot::linux_port
