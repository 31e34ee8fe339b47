// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/error.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/mqtt_config.hpp"
#include "aiot/link/mqtt_outbox.hpp"
#include "aiot/link/mqtt_packet.hpp"
#include "aiot/link/mqtt_reason.hpp"

namespace aiot::link::mqtt {

/// Whether the broker keeps a message for those who subscribe later.
enum class Retain : std::uint8_t { kNo, kYes };

/// Memory of a session; it outlives the session.
struct SessionMemory {
  MutableBytes receive;   ///< at least 64 bytes; the largest packet that the broker may send
  MutableBytes transmit;  ///< at least 64 bytes; holds a CONNECT or a topic, payloads stream
  MutableBytes outbox;    ///< messages until they are acknowledged, each with 12 bytes more
  MutableBytes aliases;   ///< topics behind the broker's aliases; empty: there are none
};

enum class SessionState : std::uint8_t {
  kIdle,        ///< no connection
  kConnecting,  ///< until the CONNACK
  kUp,
  kEnding,  ///< the connection is over, its last event was not taken yet
};

enum class EventKind : std::uint8_t {
  kNone,
  kConnected,     ///< session_present, client_id, text; the rest is in `Session::limits`
  kPublished,     ///< id, reason, text: the broker has taken the message, or refuses it
  kSubscribed,    ///< id, reason (the granted QoS), text
  kUnsubscribed,  ///< id, reason, text
  kMessage,       ///< topic, payload, qos, retain, dup
  kDisconnected,  ///< cause, and what belongs to it
};

enum class DisconnectCause : std::uint8_t {
  kRequested,  ///< by `disconnect`
  kByServer,   ///< reason, text, server
  kRefused,    ///< the broker does not want this client: reason, text, server
  kProtocol,   ///< the broker broke the protocol: fault
  kKeepAlive,  ///< the link is silent
  kNoAnswer,   ///< no CONNACK in time
  kLinkLost,
};

/// Something that happened. Spans are valid until the event is done.
struct Event {
  EventKind kind = EventKind::kNone;
  DisconnectCause cause = DisconnectCause::kRequested;
  ReasonCode reason = ReasonCode::kSuccess;
  ProtocolFault fault = ProtocolFault::kNone;
  Qos qos = Qos::kAtMostOnce;
  bool retain = false;
  bool dup = false;  ///< the broker has sent this message before
  bool session_present = false;
  std::uint16_t id = 0;  ///< of what was published or subscribed
  std::string_view topic{};
  Bytes payload{};
  std::string_view text{};       ///< the broker's words for its reason
  std::string_view client_id{};  ///< assigned by the broker; use it for the next connection
  std::string_view server{};     ///< another one to use
};

/// An MQTT 5.0 client (OASIS standard of 7 March 2019), without I/O and with time as an argument.
/// QoS 0 and 1 both ways.
///
/// A message that `publish` accepted with QoS 1 is kept until the broker answers it, and sent again
/// on the next connection: with the same packet identifier, in the same order, as a duplicate if
/// the broker still has the session. Every such message ends in one `kPublished` event. One that a
/// broker would not take on a later connection, because it allows less than before, ends there too:
/// with the reason that the broker would give.
///
///   (void)session.exchange(link, now);
///   while (session.event().kind != EventKind::kNone) {
///     use(session.event());
///     session.done(now);
///   }
///
/// Events come one at a time: while one is open, nothing more is read. A message of QoS 1 is
/// acknowledged when its event is done, so an application that is full holds up the broker.
///
/// What was not acknowledged when the connection broke comes again.
///
/// When a connection is over (`kDisconnected`): send what is left of `output`, close the transport,
/// open another one, `connect` again. Subscriptions have to be made again unless the session was
/// present; those that wait for an answer end with the connection.
class Session {
 public:
  static constexpr std::size_t kMinBuffer = 64;
  static constexpr std::size_t kMaxAliasedTopics = 16;
  static constexpr std::size_t kMaxPending = 4;  ///< subscriptions that wait for an answer

  explicit Session(const SessionMemory& memory) noexcept;

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Begins a connection over a link that is up. What was left of the last one in `output` is gone.
  /// Errors: `kWrongState` there is a connection, or its last event is open; `kInvalidArgument`
  /// text that is not UTF-8, a will without a topic; `kNoSpace` the CONNECT does not fit into the
  /// transmit buffer, or there is no memory for incoming aliases.
  Status connect(const ConnectConfig& config, Instant now) noexcept;

  /// Takes a message and returns its packet identifier, 0 with QoS 0.
  /// Errors: `kWrongState` not connected; `kWouldBlock` the broker's receive maximum or the outbox
  /// is used up, or its memory; `kInvalidArgument` not the name of a topic; `kUnsupported` a QoS or
  /// a retained message that the broker does not offer; `kOutOfRange` larger than the broker takes;
  /// `kNoSpace` larger than the outbox, or the topic than the transmit buffer.
  Result<std::uint16_t> publish(std::string_view topic,
                                Bytes payload,
                                Qos qos,
                                Retain retain) noexcept;

  /// `publish` in two steps, for a payload of at most `room` bytes that is made in its place: it
  /// has to be written into the span that is returned, and `finish` has to be the next call.
  /// Without it nothing happens. Errors: as `publish`.
  Result<MutableBytes> compose(std::string_view topic,
                               std::size_t room,
                               Qos qos,
                               Retain retain) noexcept;

  /// The first `size` bytes of what `compose` returned are the payload. Returns the packet
  /// identifier, 0 with QoS 0.
  std::uint16_t finish(std::size_t size) noexcept;

  /// Asks for messages; answered by `kSubscribed` with the packet identifier that is returned.
  /// Errors: `kWrongState`; `kWouldBlock`; `kInvalidArgument` not a filter; `kUnsupported` by the
  /// broker: wildcards, shared subscriptions; `kNoSpace` does not fit into the transmit buffer.
  Result<std::uint16_t> subscribe(std::string_view filter, Qos qos) noexcept;

  /// Errors: as `subscribe`.
  Result<std::uint16_t> unsubscribe(std::string_view filter) noexcept;

  /// Ends the connection; what waits in the outbox stays there. Nothing happens without one.
  void disconnect(ReasonCode reason) noexcept;

  /// Bytes of the link; returns how many were taken. The others have to be given again, after the
  /// open event is done.
  std::size_t take(Bytes in, Instant now) noexcept;

  /// Watches over the time: keep-alive, answers.
  void step(Instant now) noexcept;

  /// Bytes to send; empty when there are none.
  [[nodiscard]] Bytes output() const noexcept {
    return Bytes(memory_.transmit).subspan(link_.sent, link_.size - link_.sent);
  }

  /// The first `count` bytes of `output` are sent.
  void sent(std::size_t count, Instant now) noexcept;

  /// The link is gone.
  void lost() noexcept;

  /// One round over a link: takes what has arrived, steps, sends what waits. Never waits.
  /// Errors: `kIo` the link is lost; the event says so too.
  Status exchange(hal::TransportRef link, Instant now) noexcept;

  /// What happened; `kNone`: nothing.
  [[nodiscard]] const Event& event() const noexcept { return event_; }

  /// The open event is done: a message is acknowledged. The next event may be open then.
  void done(Instant now) noexcept;

  /// The same, but a message of QoS 1 is refused with a reason of 0x80 or more. The broker does not
  /// send it again.
  void refuse(ReasonCode reason, Instant now) noexcept;

  [[nodiscard]] SessionState state() const noexcept { return state_; }

  /// What the broker allows, since the last `kConnected`.
  [[nodiscard]] const ServerLimits& limits() const noexcept { return limits_; }

  /// QoS 1 messages that the broker has not answered.
  [[nodiscard]] std::size_t unacknowledged() const noexcept { return outbox_.waiting(); }

 private:
  enum class Ping : std::uint8_t { kNone, kDue, kWritten, kAwaited };

  struct Pending {
    std::uint16_t id = 0;  // 0: free
    PacketType answer = PacketType::kSubAck;
    std::uint8_t granted = 0;  // highest QoS
  };

  struct End {
    DisconnectCause cause = DisconnectCause::kRequested;
    ReasonCode reason = ReasonCode::kSuccess;
    ProtocolFault fault = ProtocolFault::kNone;
  };

  [[nodiscard]] bool online() const noexcept {
    return state_ == SessionState::kConnecting || state_ == SessionState::kUp;
  }

  [[nodiscard]] bool idle() const noexcept { return event_.kind == EventKind::kNone; }

  MutableBytes input() noexcept;
  void received(std::size_t count, Instant now) noexcept;
  Status move(hal::TransportRef link, Instant now) noexcept;
  void read() noexcept;
  bool read_packet() noexcept;
  ProtocolFault handle(PacketType type, Packet& packet) noexcept;
  ProtocolFault handle_connack(const Packet& packet) noexcept;
  ProtocolFault handle_message(Packet& packet) noexcept;
  ProtocolFault handle_answer(PacketType type, const Packet& packet) noexcept;
  ProtocolFault resolve_alias(Packet& packet) noexcept;
  MutableBytes alias_slot(std::uint16_t alias) noexcept;
  void open(EventKind kind, const Packet& packet) noexcept;
  void fail(ProtocolFault fault) noexcept;
  void end(const End& end) noexcept;
  void open_end() noexcept;
  void pump() noexcept;
  bool pump_control() noexcept;
  bool pump_message() noexcept;
  [[nodiscard]] ReasonCode check(const PublishHead& head, std::size_t bytes) const noexcept;
  [[nodiscard]] std::uint16_t alias_of(std::string_view topic) const noexcept;
  [[nodiscard]] PublishHead head_of(const OutMessage& message, std::size_t payload) const noexcept;
  std::uint16_t new_id() noexcept;
  [[nodiscard]] bool id_in_use(std::uint16_t id) const noexcept;
  Result<std::uint16_t> ask(PacketType type, std::string_view filter, Qos qos) noexcept;
  bool commit(const Writer& writer) noexcept;

  [[nodiscard]] MutableBytes room() const noexcept { return memory_.transmit.subspan(link_.size); }

  // What begins anew with every connection.
  struct Connection {
    std::array<Pending, kMaxPending> pending{};
    std::span<const std::string_view> aliased_topics{};
    Duration answer_timeout{};
    Instant since{};  // an answer is waited for
    Instant last_received{};
    Instant last_sent{};
    std::size_t at = 0;                // of the receive buffer: what was not read yet
    std::size_t filled = 0;            // of the receive buffer
    std::size_t sent = 0;              // of the transmit buffer
    std::size_t size = 0;              // of the transmit buffer
    std::size_t payload_left = 0;      // of the message that is being sent
    std::uint32_t maximum_packet = 0;  // that the broker may send
    std::uint16_t alias_maximum = 0;   // of the broker's aliases
    std::uint16_t aliases_sent = 0;    // a bit for each of ours that the broker knows
    std::uint16_t open_id = 0;         // to be acknowledged when the open event is done
    std::uint16_t ack_id = 0;          // of the PUBACK that has to be written
    ReasonCode ack_reason = ReasonCode::kSuccess;
    Ping ping = Ping::kNone;
    bool sending = false;   // a message is partly in the transmit buffer
    bool farewell = false;  // a DISCONNECT has to be written
    bool clean_start = false;
    bool has_client_id = false;
  };

  SessionMemory memory_;
  Outbox outbox_;
  ServerLimits limits_{};
  Event event_{};
  End end_{};
  Connection link_{};
  std::uint16_t last_id_ = 0;
  SessionState state_ = SessionState::kIdle;
};

/// Short English words for tools and logs; never null.
const char* to_string(DisconnectCause cause) noexcept;

}  // namespace aiot::link::mqtt
