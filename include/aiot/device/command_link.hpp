// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "aiot/core/time.hpp"
#include "aiot/device/command_service.hpp"
#include "aiot/link/mqtt.hpp"
#include "aiot/link/mqtt_client.hpp"
#include "aiot/link/wall_clock.hpp"

namespace aiot::device {

/// Takes commands from a session and publishes their answers on it.
class CommandLink {
 public:
  /// All outlive this; `clock` says whether a command has expired. Add `inlet()` to the client of
  /// `session`.
  CommandLink(link::mqtt::Session& session,
              CommandService& service,
              const link::WallClock& clock,
              std::string_view prefix,
              std::string_view device) noexcept
      : session_(session),
        service_(service),
        clock_(clock),
        inlet_(prefix, device, link::leaf::kCommand),
        answers_(prefix, device, link::leaf::kAnswer) {}

  CommandLink(const CommandLink&) = delete;
  CommandLink& operator=(const CommandLink&) = delete;

  [[nodiscard]] link::MqttInlet& inlet() noexcept { return inlet_; }

  /// Takes the command that waits, if any; after a step of the client. It never waits for room for
  /// the answer, which would keep the session from hearing what makes room: the answer does, until
  /// there is another one.
  void step(Instant now) noexcept;

 private:
  void publish() noexcept;

  link::mqtt::Session& session_;
  CommandService& service_;
  const link::WallClock& clock_;
  link::MqttInlet inlet_;
  link::DeviceTopic answers_;
  std::array<std::byte, link::kMaxReplyBytes> answer_{};
  std::size_t size_ = 0;  // of an answer that is not published yet
};

}  // namespace aiot::device
