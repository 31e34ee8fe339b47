// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/session_text.hpp"

namespace aiot::toolkit {

using link::mqtt::DisconnectCause;

std::string to_string(const SessionEnd& end) {
  const std::string reason = link::mqtt::to_string(end.reason);
  switch (end.cause) {
    case DisconnectCause::kRefused:
      return "the broker refuses the connection (" + reason +
             "); check certificate, user and the broker's access rules";
    case DisconnectCause::kByServer:
      return "the broker has ended the connection (" + reason + "); look into its log";
    case DisconnectCause::kProtocol:
      return std::string("what the broker sends is not MQTT 5 (") +
             link::mqtt::to_string(end.fault) +
             "); check that it is a broker, and look into its log";
    default:
      return link::mqtt::to_string(end.cause) + std::string("; check the network and the broker");
  }
}

}  // namespace aiot::toolkit
