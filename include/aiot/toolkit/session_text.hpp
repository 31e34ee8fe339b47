// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aiot/link/mqtt.hpp"
#include "aiot/link/mqtt_reason.hpp"

namespace aiot::toolkit {

/// Why a session with a broker has ended.
struct SessionEnd {
  link::mqtt::DisconnectCause cause = link::mqtt::DisconnectCause::kRequested;
  link::mqtt::ReasonCode reason = link::mqtt::ReasonCode::kSuccess;  ///< what the broker said last
  link::mqtt::ProtocolFault fault = link::mqtt::ProtocolFault::kNone;
};

/// Of a `link::MqttClient` or `link::MqttSink`.
template <class Client>
SessionEnd session_end(const Client& client) noexcept {
  return {client.ended_by(), client.refusal(), client.fault()};
}

/// One line for people: what is wrong; what to do.
std::string to_string(const SessionEnd& end);

}  // namespace aiot::toolkit
