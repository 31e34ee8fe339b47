// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/sim/link.hpp"

#include <algorithm>

namespace aiot::sim {

Result<std::size_t> LinkEnd::send(Bytes in) noexcept {
  if (!out_.connected) {
    return Error::kIo;
  }
  const std::size_t fits = std::min(in.size(), out_.buffer.size() - out_.count);
  for (std::size_t i = 0; i < fits; ++i) {
    out_.buffer[(out_.first + out_.count + i) % out_.buffer.size()] = in[i];
  }
  out_.count += fits;
  return fits;
}

Result<std::size_t> LinkEnd::receive(MutableBytes out) noexcept {
  if (!in_.connected) {
    return Error::kIo;
  }
  const std::size_t there = std::min(out.size(), in_.count);
  for (std::size_t i = 0; i < there; ++i) {
    out[i] = in_.buffer[(in_.first + i) % in_.buffer.size()];
  }
  in_.first = in_.buffer.empty() ? 0 : (in_.first + there) % in_.buffer.size();
  in_.count -= there;
  return there;
}

hal::LinkState LinkEnd::state() const noexcept {
  return in_.connected && out_.connected ? hal::LinkState::kUp : hal::LinkState::kDown;
}

void cut(Wire& wire) noexcept {
  wire.count = 0;
  wire.connected = false;
}

void mend(Wire& wire) noexcept {
  wire.connected = true;
}

}  // namespace aiot::sim
