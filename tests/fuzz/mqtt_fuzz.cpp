// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// A session between a broker that sends anything and an application that does anything: what it
// sends must be whole packets of a client, what it reports must lie in its memory, and each message
// that it took is acknowledged at most once. The input is a list of steps; bytes for the session
// follow their length.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <string_view>

#include "aiot/link/mqtt.hpp"

namespace {

using namespace aiot;
using namespace aiot::link::mqtt;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

/// Follows what the session sends on one connection.
class Listener {
 public:
  void hear(Bytes bytes) {
    for (const std::byte b : bytes) {
      hear(std::to_integer<unsigned>(b));
    }
  }

  bool between_packets() const { return state_ == State::kFirst; }

 private:
  enum class State { kFirst, kLength, kBody };

  void hear(unsigned b) {
    if (state_ == State::kFirst) {
      const unsigned type = b >> 4U;
      require(!over_);
      require(begun_ ? type == 3 || b == 0x40 || b == 0x82 || b == 0xA2 || b == 0xC0 || b == 0xE0
                     : b == 0x10);
      require(type != 3 || ((b & 6U) == 2U) || ((b & 0xEU) == 0));
      begun_ = true;
      over_ = b == 0xE0;
      length_ = 0;
      shift_ = 0;
      state_ = State::kLength;
    } else if (state_ == State::kLength) {
      length_ |= std::size_t{b & 0x7FU} << shift_;
      shift_ += 7;
      if (b < 0x80U) {
        state_ = length_ == 0 ? State::kFirst : State::kBody;
      }
      require(shift_ <= 28);
    } else if (--length_ == 0) {
      state_ = State::kFirst;
    }
  }

  State state_ = State::kFirst;
  bool begun_ = false;
  bool over_ = false;
  std::size_t length_ = 0;
  unsigned shift_ = 0;
};

constexpr std::size_t kReceive = 200;
constexpr std::size_t kTransmit = 80;
constexpr std::size_t kOutbox = 300;
constexpr std::size_t kAliases = 24;

constexpr std::array<std::string_view, 3> kTopics = {"a", "aiot/device/batch", "\xC3\xA4/b"};

/// Memory of its own size lets the sanitizers notice what reads beyond it.
struct Memory {
  std::unique_ptr<std::byte[]> receive{new std::byte[kReceive]{}};
  std::unique_ptr<std::byte[]> transmit{new std::byte[kTransmit]{}};
  std::unique_ptr<std::byte[]> outbox{new std::byte[kOutbox]{}};
  std::unique_ptr<std::byte[]> aliases{new std::byte[kAliases]{}};
};

class Run {
 public:
  explicit Run(Bytes input) : input_(input) {}

  void run() {
    config_ = next();
    connect();
    while (!input_.empty()) {
      step(next());
      check();
    }
  }

 private:
  unsigned next() {
    if (input_.empty()) {
      return 0;
    }
    const auto value = std::to_integer<unsigned>(input_[0]);
    input_ = input_.subspan(1);
    return value;
  }

  void connect() {
    ConnectConfig config;
    if ((config_ & 1U) == 0) {
      config.client_id = "d";
    }
    config.clean_start = (config_ & 2U) != 0;
    config.topic_alias_maximum = static_cast<std::uint16_t>(config_ >> 2U & 3U);
    config.maximum_packet = (config_ & 16U) != 0 ? 60 : 0;
    if ((config_ & 32U) != 0) {
      config.aliased_topics = kTopics;
    }
    require(session_.connect(config, now_).ok());
    listener_ = {};
  }

  void step(unsigned op) {
    switch (op & 7U) {
      case 0:
      case 1: {
        const std::size_t size = std::min<std::size_t>(next(), input_.size());
        Bytes bytes = input_.first(size);
        input_ = input_.subspan(size);
        // A broker that is not heard at once waits, and so do its bytes.
        for (std::size_t i = 0; i <= size && !bytes.empty(); ++i) {
          bytes = bytes.subspan(session_.take(bytes, now_));
          if (!bytes.empty()) {
            done(ReasonCode::kSuccess);
          }
        }
        break;
      }
      case 2:
        done((op & 8U) != 0 ? ReasonCode::kQuotaExceeded : ReasonCode::kSuccess);
        break;
      case 3:
        publish(op);
        break;
      case 4:
        if ((op & 8U) != 0) {
          (void)session_.unsubscribe("a/+");
        } else {
          (void)session_.subscribe("a/#", (op & 16U) != 0 ? Qos::kAtLeastOnce : Qos::kAtMostOnce);
        }
        break;
      case 5:
        now_ = now_ + Duration::from_s(op >> 3U);
        session_.step(now_);
        break;
      case 6:
        send(op >> 3U);
        break;
      default:
        if ((op & 8U) != 0) {
          session_.lost();
        } else if ((op & 16U) != 0) {
          session_.disconnect(ReasonCode::kDisconnectWithWill);
        } else {
          reconnect();
        }
        break;
    }
  }

  void publish(unsigned op) {
    const std::array<std::byte, 280> payload{};
    const bool kept = (op & 8U) != 0;
    const auto id = session_.publish(kTopics[(op >> 4U) % kTopics.size()],
                                     Bytes(payload).first(std::min<std::size_t>(next(), 280)),
                                     kept ? Qos::kAtLeastOnce : Qos::kAtMostOnce,
                                     (op & 128U) != 0 ? Retain::kYes : Retain::kNo);
    require(!id.ok() || kept == (*id != 0));
    require(!id.ok() || !kept || waiting_.insert(*id).second);
  }

  void done(ReasonCode reason) {
    if (session_.event().kind == EventKind::kPublished) {
      require(waiting_.erase(session_.event().id) == 1);
    }
    session_.refuse(reason, now_);
  }

  void reconnect() {
    session_.lost();
    for (int i = 0; i < 3 && session_.state() != SessionState::kIdle; ++i) {
      done(ReasonCode::kSuccess);
    }
    require(session_.state() == SessionState::kIdle);
    connect();
  }

  void send(std::size_t most) {
    const Bytes out = session_.output();
    const std::size_t size = most == 31 ? out.size() : std::min(most, out.size());
    listener_.hear(out.first(size));
    session_.sent(size, now_);
  }

  static bool inside(const void* data,
                     std::size_t size,
                     const std::byte* memory,
                     std::size_t room) {
    const auto* const begin = static_cast<const std::byte*>(data);
    return size == 0 || (begin >= memory && begin + size <= memory + room);
  }

  bool inside(std::string_view text) const {
    return inside(text.data(), text.size(), memory_.receive.get(), kReceive) ||
           inside(text.data(), text.size(), memory_.aliases.get(), kAliases);
  }

  void check() {
    const Event& event = session_.event();
    require(inside(event.topic) && inside(event.text) && inside(event.client_id) &&
            inside(event.server));
    require(inside(event.payload.data(), event.payload.size(), memory_.receive.get(), kReceive));
    require(event.kind != EventKind::kMessage || is_topic_name(event.topic));
    require(event.cause != DisconnectCause::kProtocol || event.kind != EventKind::kDisconnected ||
            event.fault != ProtocolFault::kNone);
    require(to_string(event.fault) != nullptr && to_string(event.reason) != nullptr);
    require(session_.unacknowledged() + (event.kind == EventKind::kPublished ? 1U : 0U) ==
            waiting_.size());
    // With nothing under way, what was said is whole.
    require(session_.state() != SessionState::kUp || !session_.output().empty() ||
            listener_.between_packets());
  }

  Bytes input_;
  Memory memory_;
  Session session_{{.receive = {memory_.receive.get(), kReceive},
                    .transmit = {memory_.transmit.get(), kTransmit},
                    .outbox = {memory_.outbox.get(), kOutbox},
                    .aliases = {memory_.aliases.get(), kAliases}}};
  Listener listener_;
  Instant now_{};
  unsigned config_ = 0;
  std::set<std::uint16_t> waiting_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run({reinterpret_cast<const std::byte*>(data), size}).run();
  return 0;
}
