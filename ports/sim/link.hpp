// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "aiot/hal/transport.hpp"

namespace aiot::sim {

/// One direction of a wire: bytes under way, in memory of the caller.
struct Wire {
  MutableBytes buffer;
  std::size_t first = 0;  ///< index of the oldest byte
  std::size_t count = 0;
  bool connected = true;
};

/// One end of a link of two wires. What does not fit into a wire waits at its sender. A cut wire
/// has lost what was under way, and says so at both ends until it is mended.
class LinkEnd {
 public:
  /// The wires outlive both ends; the other end has them the other way round.
  LinkEnd(Wire& in, Wire& out) noexcept : in_(in), out_(out) {}

  /// Errors: `kIo` the link is cut.
  Result<std::size_t> send(Bytes in) noexcept;
  Result<std::size_t> receive(MutableBytes out) noexcept;
  [[nodiscard]] hal::LinkState state() const noexcept;

 private:
  Wire& in_;
  Wire& out_;
};

static_assert(hal::Transport<LinkEnd>);

/// Loses what is under way.
void cut(Wire& wire) noexcept;

/// Bytes pass again.
void mend(Wire& wire) noexcept;

}  // namespace aiot::sim
