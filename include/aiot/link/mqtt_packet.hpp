// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/link/mqtt_config.hpp"
#include "aiot/link/mqtt_reason.hpp"
#include "aiot/link/mqtt_wire.hpp"

namespace aiot::link::mqtt {

/// MQTT 5.0 section 2.1.2.
enum class PacketType : std::uint8_t {
  kConnect = 1,
  kConnAck = 2,
  kPublish = 3,
  kPubAck = 4,
  kPubRec = 5,
  kPubRel = 6,
  kPubComp = 7,
  kSubscribe = 8,
  kSubAck = 9,
  kUnsubscribe = 10,
  kUnsubAck = 11,
  kPingReq = 12,
  kPingResp = 13,
  kDisconnect = 14,
  kAuth = 15,
};

/// What the broker allows, from its CONNACK.
struct ServerLimits {
  std::uint32_t maximum_packet = kMaxVariable + 5;  ///< bytes with its header
  std::uint32_t session_expiry_s = 0;               ///< as asked for, if the broker is silent
  std::uint16_t receive_maximum = 65'535;           ///< QoS 1 messages without their PUBACK
  std::uint16_t topic_alias_maximum = 0;
  std::uint16_t keep_alive_s = 0;  ///< as asked for, if the broker is silent
  Qos maximum_qos = Qos::kAtLeastOnce;
  bool retain = true;
  bool wildcards = true;
  bool shared = true;
};

/// The first bytes of a packet.
struct PacketHead {
  std::uint8_t first = 0;       ///< type and flags
  std::uint8_t size = 0;        ///< of the head; 0: not all of it is there
  std::uint32_t remaining = 0;  ///< bytes behind the head
  ProtocolFault fault = ProtocolFault::kNone;

  [[nodiscard]] constexpr PacketType type() const noexcept {
    return static_cast<PacketType>(first >> 4U);
  }
};

[[nodiscard]] PacketHead read_head(Bytes in) noexcept;

/// A packet of a broker. Fields that its type does not have keep their values, so `limits` is set
/// to what was asked for before a CONNACK is decoded. Spans point into the packet.
struct Packet {
  ReasonCode reason = ReasonCode::kSuccess;
  std::uint16_t id = 0;
  std::uint8_t qos = 0;  ///< of a message: 0 to 2
  bool retain = false;
  bool dup = false;
  bool session_present = false;
  bool has_alias = false;
  std::uint16_t alias = 0;
  std::string_view topic{};
  std::string_view text{};       ///< the broker's words for its reason
  std::string_view client_id{};  ///< assigned by the broker
  std::string_view server{};     ///< another one to use
  Bytes payload{};
  ServerLimits limits{};
};

/// Decodes what stands behind `head` and checks it by itself: fields, flags, properties, UTF-8.
/// What depends on what was sent before (packet identifiers, aliases) is the session's.
[[nodiscard]] ProtocolFault decode(const PacketHead& head, Bytes body, Packet& out) noexcept;

/// What is in front of the payload of a PUBLISH. `alias` 0: none; with an alias, `topic` may be
/// empty.
struct PublishHead {
  std::string_view topic{};
  std::size_t payload = 0;  ///< bytes
  std::uint16_t id = 0;     ///< 0: QoS 0
  std::uint16_t alias = 0;
  bool retain = false;
  bool dup = false;
};

/// Bytes of the whole packet.
[[nodiscard]] std::size_t publish_bytes(const PublishHead& head) noexcept;

/// `maximum_packet`: the largest one that the broker may send.
void write_connect(Writer& out, const ConnectConfig& config, std::uint32_t maximum_packet) noexcept;
void write_publish_head(Writer& out, const PublishHead& head) noexcept;
void write_puback(Writer& out, std::uint16_t id, ReasonCode reason) noexcept;

/// A SUBSCRIBE, or an UNSUBSCRIBE that takes no QoS.
void write_ask(
    Writer& out, PacketType type, std::uint16_t id, std::string_view filter, Qos qos) noexcept;
void write_pingreq(Writer& out) noexcept;
void write_disconnect(Writer& out, ReasonCode reason) noexcept;

}  // namespace aiot::link::mqtt
