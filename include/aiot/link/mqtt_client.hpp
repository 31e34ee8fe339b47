// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/mqtt.hpp"
#include "aiot/link/sealed.hpp"

namespace aiot::link {

/// Topics of a device are `<prefix>/<device>/<leaf>` (SPEC).
inline constexpr std::string_view kTopicPrefix = "aiot";
inline constexpr std::size_t kMaxPrefixBytes = 32;
inline constexpr std::size_t kMaxLeafBytes = 9;
inline constexpr std::size_t kMaxTopicBytes =
    kMaxPrefixBytes + 1 + kMaxDeviceBytes + 1 + kMaxLeafBytes;

namespace leaf {

inline constexpr std::string_view kBatch = "batch";         ///< device to consumer
inline constexpr std::string_view kAck = "ack";             ///< consumer to device
inline constexpr std::string_view kCommand = "command";     ///< operator to device
inline constexpr std::string_view kAnswer = "answer";       ///< device to operator
inline constexpr std::string_view kImageIn = "image/in";    ///< operator to device
inline constexpr std::string_view kImageOut = "image/out";  ///< device to operator

}  // namespace leaf

/// Whether `name` can be a device's: 1 to `kMaxDeviceBytes` bytes, none of which divides topics or
/// stands for others.
[[nodiscard]] bool is_device_name(std::string_view name) noexcept;

/// The name of a topic, with its own memory.
class DeviceTopic {
 public:
  /// `prefix`: 1 to `kMaxPrefixBytes` bytes; `device`: 1 to `kMaxDeviceBytes`; `leaf`: 1 to
  /// `kMaxLeafBytes`.
  DeviceTopic(std::string_view prefix, std::string_view device, std::string_view leaf) noexcept;

  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  void append(std::string_view text) noexcept;

  std::array<char, kMaxTopicBytes> text_{};
  std::uint8_t size_ = 0;
};

/// A topic that a client has subscribed to. Its messages are handed out one at a time: one that was
/// not taken yet holds up everything else that the broker has for this client, and is acknowledged
/// when it is done. So take it soon, or leave it where what it needs is worth waiting for.
class MqttInlet {
 public:
  MqttInlet(std::string_view prefix, std::string_view device, std::string_view leaf) noexcept
      : topic_(prefix, device, leaf) {}

  MqttInlet(const MqttInlet&) = delete;
  MqttInlet& operator=(const MqttInlet&) = delete;

  [[nodiscard]] std::string_view topic() const noexcept { return topic_.view(); }

  /// The broker has granted the subscription, on the connection that there is now.
  [[nodiscard]] bool granted() const noexcept { return asked_ == Asked::kGranted; }

  /// The broker has refused it; `MqttClient::refusal` says why.
  [[nodiscard]] bool refused() const noexcept { return asked_ == Asked::kRefused; }

  /// A message waits to be taken.
  [[nodiscard]] bool waiting() const noexcept { return place_ == Place::kOpen; }

  /// Its bytes; valid until `done` or the next step of the client.
  [[nodiscard]] Bytes message() const noexcept { return message_; }

  /// The message was taken. Nothing happens when there is none.
  void done() noexcept {
    message_ = {};
    place_ = waiting() ? Place::kTaken : place_;
  }

 private:
  friend class MqttClient;

  enum class Asked : std::uint8_t { kNo, kWaits, kGranted, kRefused };
  enum class Place : std::uint8_t { kEmpty, kOpen, kTaken };

  DeviceTopic topic_;
  Bytes message_{};
  MqttInlet* next_ = nullptr;
  std::uint16_t id_ = 0;
  Asked asked_ = Asked::kNo;
  Place place_ = Place::kEmpty;
};

/// A session that keeps its subscriptions: connects whenever there is a link, subscribes, and hands
/// messages to the inlets. What is published goes to the session directly.
class MqttClient {
 public:
  /// A broker that owes answers, to messages or subscriptions, and gives none for so long is left,
  /// however alive it is: MQTT sends nothing again on a connection that stands.
  static constexpr Duration kAnswerLimit = Duration::from_s(120);

  /// Both outlive this, texts of the configuration included.
  MqttClient(mqtt::Session& session, const mqtt::ConnectConfig& connect) noexcept
      : session_(session), connect_(connect) {}

  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  /// Before the first step. The inlet outlives this, and belongs to one client; the memory of the
  /// session must hold its messages.
  void add(MqttInlet& inlet) noexcept;

  /// One round over a link: connects the session when the link is up and it is not, subscribes,
  /// sends, receives. Errors: `kIo` the link is lost, or what was on it is over (`ended_by`): close
  /// it and open another one; those of `Session::connect`.
  Status step(hal::TransportRef link, Instant now) noexcept;

  /// Goes on behind a message that is done, as the next step would.
  void go_on(Instant now) noexcept;

  [[nodiscard]] mqtt::Session& session() noexcept { return session_; }

  [[nodiscard]] const mqtt::Session& session() const noexcept { return session_; }

  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_; }

  /// Messages that the broker did not take.
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

  /// Why the broker refused what it refused last: a message, a subscription, the connection.
  [[nodiscard]] mqtt::ReasonCode refusal() const noexcept { return refusal_; }

  /// How the last connection ended.
  [[nodiscard]] mqtt::DisconnectCause ended_by() const noexcept { return ended_by_; }

  /// What the broker did wrong, if it ended by that.
  [[nodiscard]] mqtt::ProtocolFault fault() const noexcept { return fault_; }

  /// The last connection was given up because the broker did not answer (`kAnswerLimit`).
  [[nodiscard]] bool stalled() const noexcept { return stalled_; }

 private:
  void watch(Instant now) noexcept;
  [[nodiscard]] bool waits() const noexcept;
  void subscribe() noexcept;
  void forget() noexcept;
  bool handle(const mqtt::Event& event) noexcept;
  void subscribed(const mqtt::Event& event) noexcept;
  bool pass_on(const mqtt::Event& event) noexcept;

  mqtt::Session& session_;
  mqtt::ConnectConfig connect_;
  MqttInlet* inlets_ = nullptr;
  std::uint64_t connections_ = 0;
  std::uint64_t refused_ = 0;
  mqtt::ReasonCode refusal_ = mqtt::ReasonCode::kSuccess;
  mqtt::DisconnectCause ended_by_ = mqtt::DisconnectCause::kRequested;
  mqtt::ProtocolFault fault_ = mqtt::ProtocolFault::kNone;
  Instant answered_at_{};  // or there was nothing to answer
  bool answered_ = false;  // since the last look
  bool stalled_ = false;
  bool used_ = false;  // the link has a session on it, or had
};

}  // namespace aiot::link
