// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_client.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::link {

using mqtt::EventKind;
using mqtt::SessionState;

namespace {

constexpr bool is_refusal(mqtt::ReasonCode reason) noexcept {
  return static_cast<std::uint8_t>(reason) >= 0x80;
}

}  // namespace

bool is_device_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxDeviceBytes &&
         name.find_first_of("/+#") == std::string_view::npos;
}

DeviceTopic::DeviceTopic(std::string_view prefix,
                         std::string_view device,
                         std::string_view leaf) noexcept {
  AIOT_CHECK(!prefix.empty() && prefix.size() <= kMaxPrefixBytes);
  AIOT_CHECK(!device.empty() && device.size() <= kMaxDeviceBytes);
  AIOT_CHECK(!leaf.empty() && leaf.size() <= kMaxLeafBytes);
  append(prefix);
  append("/");
  append(device);
  append("/");
  append(leaf);
}

void DeviceTopic::append(std::string_view text) noexcept {
  std::copy(text.begin(), text.end(), text_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ = static_cast<std::uint8_t>(size_ + text.size());
}

void MqttClient::add(MqttInlet& inlet) noexcept {
  AIOT_CHECK(inlet.next_ == nullptr && inlets_ != &inlet);
  inlet.next_ = inlets_;
  inlets_ = &inlet;
}

Status MqttClient::step(hal::TransportRef link, Instant now) noexcept {
  if (session_.state() == SessionState::kIdle && !used_) {
    if (link.state() != hal::LinkState::kUp) {
      return {};
    }
    AIOT_TRY(session_.connect(connect_, now));
    used_ = true;
  }
  if (session_.state() != SessionState::kIdle) {
    (void)session_.exchange(link, now);
    go_on(now);
    watch(now);
  }
  if (session_.state() != SessionState::kIdle) {
    return {};
  }
  if (!session_.output().empty()) {
    (void)link.send(session_.output());  // why we leave, if it can be said at once
  }
  used_ = false;
  return Error::kIo;
}

void MqttClient::go_on(Instant now) noexcept {
  while (session_.event().kind != EventKind::kNone && handle(session_.event())) {
    session_.done(now);
  }
  if (session_.state() == SessionState::kUp) {
    subscribe();
  }
}

/// Leaves a broker that answers nothing. While an event is open nothing is read: then silence says
/// nothing.
void MqttClient::watch(Instant now) noexcept {
  if (answered_ || !waits() || session_.event().kind != EventKind::kNone) {
    answered_ = false;
    answered_at_ = now;
  } else if (now - answered_at_ >= kAnswerLimit) {
    stalled_ = true;
    session_.disconnect(mqtt::ReasonCode::kUnspecified);
    go_on(now);
  }
}

/// Whether the broker owes an answer.
bool MqttClient::waits() const noexcept {
  bool waits = session_.unacknowledged() > 0;
  for (const MqttInlet* inlet = inlets_; inlet != nullptr; inlet = inlet->next_) {
    waits = waits || inlet->asked_ == MqttInlet::Asked::kWaits;
  }
  return waits && session_.state() == SessionState::kUp;
}

/// Asks for what was not asked for yet, as far as the transmit buffer has room. Also where the
/// broker has the session: its subscriptions may be older than our rights.
void MqttClient::subscribe() noexcept {
  for (MqttInlet* inlet = inlets_; inlet != nullptr; inlet = inlet->next_) {
    if (inlet->asked_ != MqttInlet::Asked::kNo) {
      continue;
    }
    const Result<std::uint16_t> id = session_.subscribe(inlet->topic(), mqtt::Qos::kAtLeastOnce);
    if (id.ok()) {
      inlet->id_ = *id;
      inlet->asked_ = MqttInlet::Asked::kWaits;
    } else if (id.error() != Error::kWouldBlock) {
      inlet->asked_ = MqttInlet::Asked::kRefused;
    }
  }
}

/// What belongs to a connection goes with it.
void MqttClient::forget() noexcept {
  for (MqttInlet* inlet = inlets_; inlet != nullptr; inlet = inlet->next_) {
    inlet->asked_ = MqttInlet::Asked::kNo;
  }
}

/// False: the event has to wait.
bool MqttClient::handle(const mqtt::Event& event) noexcept {
  switch (event.kind) {
    case EventKind::kConnected:
      ++connections_;
      answered_ = true;
      stalled_ = false;
      forget();
      return true;
    case EventKind::kSubscribed:
      answered_ = true;
      subscribed(event);
      return true;
    case EventKind::kPublished:
      answered_ = true;
      if (is_refusal(event.reason)) {
        ++refused_;
        refusal_ = event.reason;
      }
      return true;
    case EventKind::kMessage:
      return pass_on(event);
    case EventKind::kDisconnected:
      forget();
      ended_by_ = event.cause;
      fault_ = event.fault;
      refusal_ = is_refusal(event.reason) ? event.reason : refusal_;
      return true;
    default:
      return true;
  }
}

void MqttClient::subscribed(const mqtt::Event& event) noexcept {
  for (MqttInlet* inlet = inlets_; inlet != nullptr; inlet = inlet->next_) {
    if (inlet->asked_ == MqttInlet::Asked::kWaits && inlet->id_ == event.id) {
      const bool refused = is_refusal(event.reason);
      inlet->asked_ = refused ? MqttInlet::Asked::kRefused : MqttInlet::Asked::kGranted;
      refusal_ = refused ? event.reason : refusal_;
    }
  }
}

bool MqttClient::pass_on(const mqtt::Event& event) noexcept {
  MqttInlet* inlet = inlets_;
  while (inlet != nullptr && inlet->topic() != event.topic) {
    inlet = inlet->next_;
  }
  if (inlet == nullptr) {
    return true;
  }
  if (inlet->place_ == MqttInlet::Place::kEmpty) {
    inlet->message_ = event.payload;
    inlet->place_ = MqttInlet::Place::kOpen;
  }
  // The broker sends it again, if it is one that it keeps.
  const bool over = session_.state() != SessionState::kUp;
  if (inlet->place_ == MqttInlet::Place::kOpen && !over) {
    return false;
  }
  inlet->message_ = {};
  inlet->place_ = MqttInlet::Place::kEmpty;
  return true;
}

}  // namespace aiot::link
