// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/mqtt_client.hpp"

namespace aiot::link {

/// A stream of bytes over two topics of a device, for protocols that find damage and repeat what is
/// lost (image_transfer). Messages are of QoS 0: a broker keeps none for a side that is away, so
/// whoever comes back does not hear what was said to nobody. While there is no connection, or no
/// subscription, nothing moves; that is no error, because the session connects again by itself.
class MqttPipe {
 public:
  /// Longest message that is sent: the other side's receive buffer has to hold it with its topic.
  static constexpr std::size_t kMaxMessage = 512;
  static constexpr std::size_t kMaxPacket = kMaxMessage + kMaxTopicBytes + 16;

  /// `in`, `out`: leaves of the topics as seen from here. Add `inlet()` to the client of `session`,
  /// which outlives this.
  MqttPipe(mqtt::Session& session,
           std::string_view prefix,
           std::string_view device,
           std::string_view in,
           std::string_view out) noexcept
      : session_(session), inlet_(prefix, device, in), out_(prefix, device, out) {}

  [[nodiscard]] MqttInlet& inlet() noexcept { return inlet_; }

  /// The broker has refused the subscription.
  [[nodiscard]] bool refused() const noexcept { return inlet_.refused(); }

  /// Takes up to `kMaxMessage` bytes. Errors: none; 0: later. When the session has no room, what
  /// has arrived is given up for it: an open message would keep the session from hearing what makes
  /// room.
  Result<std::size_t> send(Bytes in) noexcept;

  /// Errors: none; 0: nothing has arrived.
  Result<std::size_t> receive(MutableBytes out) noexcept;

  [[nodiscard]] hal::LinkState state() const noexcept;

 private:
  mqtt::Session& session_;
  MqttInlet inlet_;
  DeviceTopic out_;
  std::size_t taken_ = 0;  // of the message that waits
};

static_assert(hal::Transport<MqttPipe>);

}  // namespace aiot::link
