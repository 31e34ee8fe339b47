// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::link::mqtt {

/// Why a packet was sent or refused, MQTT 5.0 section 2.4; below 0x80 is success. A broker may use
/// numbers that are not here.
enum class ReasonCode : std::uint8_t {
  kSuccess = 0x00,  ///< also: normal disconnection, granted QoS 0
  kGrantedQos1 = 0x01,
  kGrantedQos2 = 0x02,
  kDisconnectWithWill = 0x04,
  kNoMatchingSubscribers = 0x10,
  kNoSubscriptionExisted = 0x11,
  kUnspecified = 0x80,
  kMalformedPacket = 0x81,
  kProtocolError = 0x82,
  kImplementationSpecific = 0x83,
  kUnsupportedVersion = 0x84,
  kClientIdNotValid = 0x85,
  kBadUserOrPassword = 0x86,
  kNotAuthorised = 0x87,
  kServerUnavailable = 0x88,
  kServerBusy = 0x89,
  kBanned = 0x8A,
  kShuttingDown = 0x8B,
  kBadAuthentication = 0x8C,
  kKeepAliveTimeout = 0x8D,
  kSessionTakenOver = 0x8E,
  kTopicFilterInvalid = 0x8F,
  kTopicNameInvalid = 0x90,
  kPacketIdInUse = 0x91,
  kPacketIdNotFound = 0x92,
  kReceiveMaximumExceeded = 0x93,
  kTopicAliasInvalid = 0x94,
  kPacketTooLarge = 0x95,
  kMessageRateTooHigh = 0x96,
  kQuotaExceeded = 0x97,
  kAdministrative = 0x98,
  kPayloadFormatInvalid = 0x99,
  kRetainNotSupported = 0x9A,
  kQosNotSupported = 0x9B,
  kUseAnotherServer = 0x9C,
  kServerMoved = 0x9D,
  kSharedNotSupported = 0x9E,
  kConnectionRateExceeded = 0x9F,
  kMaximumConnectTime = 0xA0,
  kSubscriptionIdsNotSupported = 0xA1,
  kWildcardsNotSupported = 0xA2,
};

[[nodiscard]] constexpr bool is_success(ReasonCode reason) noexcept {
  return static_cast<std::uint8_t>(reason) < 0x80U;
}

/// What was wrong with a packet of the broker. Each ends the connection, and is told to the broker
/// with `reason_of(fault)`.
enum class ProtocolFault : std::uint8_t {
  kNone,
  // Malformed packets.
  kRemainingLength,  ///< a length of more bytes than it needs, or than four
  kFlags,            ///< bits of a header that have to be something else; QoS 3
  kTruncated,        ///< a field reaches beyond the end of its packet
  kTrailing,         ///< bytes behind the last field
  kNotUtf8,          ///< text that is not UTF-8, or holds U+0000
  kWildcardTopic,    ///< a message on a topic with + or #
  kNotAProperty,     ///< of this kind of packet
  // Protocol errors.
  kPropertyTwice,
  kPropertyValue,     ///< a value that the property can not have
  kUnexpectedPacket,  ///< not from a broker, not at this moment, or for features never asked for
  kSessionPresent,    ///< a session was found that was not asked for, or with a refusal
  kNoClientId,        ///< none was given, and the broker assigned none
  kPacketIdZero,
  kUnknownPacketId,  ///< an acknowledgement of nothing that waits for one
  kGrantedQos,       ///< more than was asked for
  kQos2,             ///< a message with a QoS that was never subscribed to
  kNoTopic,          ///< neither a topic nor an alias that was introduced
  // With reason codes of their own.
  kTopicAlias,   ///< 0, or above the maximum that was announced
  kAliasMemory,  ///< a topic that gets an alias is longer than the memory for one
  kTooLarge,     ///< larger than the maximum that was announced
};

/// The reason of a DISCONNECT for `fault`; success for `kNone`.
[[nodiscard]] ReasonCode reason_of(ProtocolFault fault) noexcept;

/// Short English words for tools and logs; never null.
const char* to_string(ReasonCode reason) noexcept;
const char* to_string(ProtocolFault fault) noexcept;

}  // namespace aiot::link::mqtt
