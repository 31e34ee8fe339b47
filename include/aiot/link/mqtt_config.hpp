// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/time.hpp"

namespace aiot::link::mqtt {

/// Exactly once (2) is not offered.
enum class Qos : std::uint8_t { kAtMostOnce = 0, kAtLeastOnce = 1 };

/// A message that the broker publishes when the connection ends without a word of the client.
struct Will {
  std::string_view topic{};
  Bytes payload{};
  Qos qos = Qos::kAtLeastOnce;
  bool retain = false;
  std::uint32_t delay_s = 0;
};

/// What a session says when it connects, and how it behaves then. The texts and the will are read
/// by `connect`; `aliased_topics` outlive the connection.
struct ConnectConfig {
  static constexpr std::uint32_t kWeek = 7U * 24 * 3600;

  std::string_view client_id{};     ///< empty: the broker assigns one, `Event::client_id`
  std::string_view user{};          ///< empty: none
  Bytes password{};                 ///< empty: none
  bool clean_start = false;         ///< the broker forgets what it has of an earlier session
  const Will* will = nullptr;       ///< null: none
  std::uint16_t keep_alive_s = 60;  ///< 0: never, and a dead link is not noticed
  std::uint32_t session_expiry_s = kWeek;
  std::uint16_t receive_maximum = 0;  ///< QoS 1 messages to us without our PUBACK; 0: any number
  std::uint32_t maximum_packet = 0;   ///< bytes; 0: as large as the receive buffer
  std::uint16_t topic_alias_maximum = 0;  ///< slots into which the alias memory is divided
  /// Topics (at most 16) that are sent as an alias from the second message of a connection on, as
  /// far as the broker takes aliases.
  std::span<const std::string_view> aliased_topics{};
  Duration answer_timeout = Duration::from_s(10);  ///< for CONNACK and PINGRESP
};

}  // namespace aiot::link::mqtt
