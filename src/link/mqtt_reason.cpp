// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_reason.hpp"

#include "aiot/link/mqtt.hpp"

namespace aiot::link::mqtt {

const char* to_string(ReasonCode reason) noexcept {
  switch (reason) {
    case ReasonCode::kSuccess:
      return "success";
    case ReasonCode::kGrantedQos1:
      return "QoS 1 granted";
    case ReasonCode::kGrantedQos2:
      return "QoS 2 granted";
    case ReasonCode::kDisconnectWithWill:
      return "disconnected with will";
    case ReasonCode::kNoMatchingSubscribers:
      return "no matching subscribers";
    case ReasonCode::kNoSubscriptionExisted:
      return "no subscription existed";
    case ReasonCode::kUnspecified:
      return "unspecified error";
    case ReasonCode::kMalformedPacket:
      return "malformed packet";
    case ReasonCode::kProtocolError:
      return "protocol error";
    case ReasonCode::kImplementationSpecific:
      return "implementation specific error";
    case ReasonCode::kUnsupportedVersion:
      return "unsupported protocol version";
    case ReasonCode::kClientIdNotValid:
      return "client identifier not valid";
    case ReasonCode::kBadUserOrPassword:
      return "bad user name or password";
    case ReasonCode::kNotAuthorised:
      return "not authorised";
    case ReasonCode::kServerUnavailable:
      return "server unavailable";
    case ReasonCode::kServerBusy:
      return "server busy";
    case ReasonCode::kBanned:
      return "banned";
    case ReasonCode::kShuttingDown:
      return "server shutting down";
    case ReasonCode::kBadAuthentication:
      return "bad authentication method";
    case ReasonCode::kKeepAliveTimeout:
      return "keep-alive timeout";
    case ReasonCode::kSessionTakenOver:
      return "session taken over";
    case ReasonCode::kTopicFilterInvalid:
      return "topic filter invalid";
    case ReasonCode::kTopicNameInvalid:
      return "topic name invalid";
    case ReasonCode::kPacketIdInUse:
      return "packet identifier in use";
    case ReasonCode::kPacketIdNotFound:
      return "packet identifier not found";
    case ReasonCode::kReceiveMaximumExceeded:
      return "receive maximum exceeded";
    case ReasonCode::kTopicAliasInvalid:
      return "topic alias invalid";
    case ReasonCode::kPacketTooLarge:
      return "packet too large";
    case ReasonCode::kMessageRateTooHigh:
      return "message rate too high";
    case ReasonCode::kQuotaExceeded:
      return "quota exceeded";
    case ReasonCode::kAdministrative:
      return "administrative action";
    case ReasonCode::kPayloadFormatInvalid:
      return "payload format invalid";
    case ReasonCode::kRetainNotSupported:
      return "retain not supported";
    case ReasonCode::kQosNotSupported:
      return "QoS not supported";
    case ReasonCode::kUseAnotherServer:
      return "use another server";
    case ReasonCode::kServerMoved:
      return "server moved";
    case ReasonCode::kSharedNotSupported:
      return "shared subscriptions not supported";
    case ReasonCode::kConnectionRateExceeded:
      return "connection rate exceeded";
    case ReasonCode::kMaximumConnectTime:
      return "maximum connect time";
    case ReasonCode::kSubscriptionIdsNotSupported:
      return "subscription identifiers not supported";
    case ReasonCode::kWildcardsNotSupported:
      return "wildcard subscriptions not supported";
  }
  return is_success(reason) ? "success with an unknown reason" : "refused for an unknown reason";
}

const char* to_string(ProtocolFault fault) noexcept {
  switch (fault) {
    case ProtocolFault::kNone:
      return "none";
    case ProtocolFault::kRemainingLength:
      return "a length has too many bytes";
    case ProtocolFault::kFlags:
      return "wrong flags in a header";
    case ProtocolFault::kTruncated:
      return "a field reaches beyond the end of its packet";
    case ProtocolFault::kTrailing:
      return "bytes behind the last field";
    case ProtocolFault::kNotUtf8:
      return "text is not UTF-8";
    case ProtocolFault::kWildcardTopic:
      return "a message on a topic with wildcards";
    case ProtocolFault::kNotAProperty:
      return "not a property of this packet";
    case ProtocolFault::kPropertyTwice:
      return "a property stands twice";
    case ProtocolFault::kPropertyValue:
      return "a property has an impossible value";
    case ProtocolFault::kUnexpectedPacket:
      return "this packet is not expected";
    case ProtocolFault::kSessionPresent:
      return "a session that was not asked for is present";
    case ProtocolFault::kNoClientId:
      return "no client identifier was assigned";
    case ProtocolFault::kPacketIdZero:
      return "a packet identifier is zero";
    case ProtocolFault::kUnknownPacketId:
      return "an answer to nothing that was asked";
    case ProtocolFault::kGrantedQos:
      return "a subscription got more than was asked for";
    case ProtocolFault::kQos2:
      return "a message with QoS 2, which was never subscribed to";
    case ProtocolFault::kNoTopic:
      return "a message without a topic";
    case ProtocolFault::kTopicAlias:
      return "a topic alias is above the announced maximum";
    case ProtocolFault::kAliasMemory:
      return "a topic with an alias is too long for its memory";
    case ProtocolFault::kTooLarge:
      return "a packet is larger than the announced maximum";
  }
  return "unknown";
}

const char* to_string(DisconnectCause cause) noexcept {
  switch (cause) {
    case DisconnectCause::kRequested:
      return "ended by this client";
    case DisconnectCause::kByServer:
      return "ended by the broker";
    case DisconnectCause::kRefused:
      return "refused by the broker";
    case DisconnectCause::kProtocol:
      return "the broker broke the protocol";
    case DisconnectCause::kKeepAlive:
      return "the link is silent";
    case DisconnectCause::kNoAnswer:
      return "the broker does not answer";
    case DisconnectCause::kLinkLost:
      return "the link is lost";
  }
  return "unknown";
}

}  // namespace aiot::link::mqtt
