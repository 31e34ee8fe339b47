// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/transport.hpp"
#include "tests/support/test.hpp"

/// A broker of a few clients, without a heap: hands messages on by exact topics, and keeps those of
/// QoS 1 until they are acknowledged, also while their client is away: at most `kKept` for each.
/// Takes short topics and what the product's clients send, nothing else.
namespace aiot::link_test {

template <std::size_t kKept>
class BasicPostOffice {
  struct Client;

 public:
  static constexpr std::size_t kClients = 2;

  /// The end of a client's connection.
  class Line {
   public:
    Line(BasicPostOffice& office, std::size_t client) noexcept : office_(office), client_(client) {}

    Result<std::size_t> send(Bytes in) noexcept { return office_.send(client_, in); }

    Result<std::size_t> receive(MutableBytes out) noexcept { return office_.receive(client_, out); }

    [[nodiscard]] hal::LinkState state() const noexcept {
      return office_.clients_[client_].up ? hal::LinkState::kUp : hal::LinkState::kDown;
    }

   private:
    BasicPostOffice& office_;
    std::size_t client_;
  };

  Line line(std::size_t client) noexcept { return {*this, client}; }

  /// What is under way is lost.
  void cut(std::size_t client) noexcept {
    Client& at = clients_[client];
    at.up = at.connected = false;
    at.in_size = at.out_size = at.out_at = 0;
  }

  void mend(std::size_t client) noexcept { clients_[client].up = true; }

  /// The broker forgets everything, as after a kill.
  void forget() noexcept {
    for (std::size_t i = 0; i < kClients; ++i) {
      cut(i);
      clients_[i].session = false;
    }
  }

  /// A message of nobody's.
  void publish(std::string_view topic, Bytes payload, bool acknowledged) noexcept {
    route(as_bytes(topic.data(), topic.size()), payload, acknowledged);
  }

  /// Answer to SUBSCRIBE for every client; 0x80 and more: refused.
  std::uint8_t subscribe_answer = 1;
  /// What is published or subscribed to is taken and not answered; pings are.
  bool mute = false;
  /// Messages of QoS 0 of which each `lose_every`-th is lost; 0: none.
  std::uint32_t lose_every = 0;
  std::uint64_t routed = 0;        ///< messages
  std::uint64_t routed_bytes = 0;  ///< of payload

 private:
  static constexpr std::size_t kTopics = 4;
  static constexpr std::size_t kMaxTopic = 64;
  static constexpr std::size_t kMaxPayload = 768;

  struct Topic {
    std::array<std::byte, kMaxTopic> text{};
    std::size_t size = 0;

    [[nodiscard]] Bytes view() const noexcept { return Bytes(text).first(size); }
  };

  struct Kept {
    std::uint16_t id = 0;  // 0: free
    Topic topic;
    std::array<std::byte, kMaxPayload> payload{};
    std::size_t size = 0;
  };

  struct Client {
    bool up = true;
    bool connected = false;
    bool session = false;
    std::uint16_t last_id = 0;
    std::size_t topic_count = 0;
    std::array<Topic, kTopics> topics{};
    std::array<Kept, kKept> kept{};
    std::array<std::byte, 2048> in{};
    std::array<std::byte, 8192> out{};
    std::size_t in_size = 0;
    std::size_t out_size = 0;
    std::size_t out_at = 0;
  };

  Result<std::size_t> send(std::size_t client, Bytes in) noexcept {
    Client& at = clients_[client];
    if (!at.up) {
      return Error::kIo;
    }
    for (const std::byte b : in) {
      at.in[at.in_size++] = b;
      read(at);
    }
    return in.size();
  }

  Result<std::size_t> receive(std::size_t client, MutableBytes out) noexcept {
    Client& at = clients_[client];
    if (!at.up) {
      return Error::kIo;
    }
    const std::size_t size = std::min(out.size(), at.out_size - at.out_at);
    std::copy_n(at.out.begin() + static_cast<std::ptrdiff_t>(at.out_at), size, out.begin());
    at.out_at += size;
    if (at.out_at == at.out_size) {
      at.out_at = at.out_size = 0;
    }
    return size;
  }

  static bool same(Bytes a, Bytes b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  static void put(Client& to, unsigned value) noexcept {
    to.out[to.out_size++] = static_cast<std::byte>(value);
  }

  static void put_all(Client& to, Bytes bytes) noexcept {
    for (const std::byte b : bytes) {
      to.out[to.out_size++] = b;
    }
  }

  static std::size_t number(Bytes body, std::size_t at) noexcept {
    return std::to_integer<std::size_t>(body[at]) * 256 +
           std::to_integer<std::size_t>(body[at + 1]);
  }

  void read(Client& from) noexcept {
    std::size_t length = 0;
    std::size_t head = 1;
    for (unsigned shift = 0;; shift += 7) {
      if (head >= from.in_size) {
        return;
      }
      const auto digit = std::to_integer<std::size_t>(from.in[head++]);
      length |= (digit & 0x7FU) << shift;
      if (digit < 0x80) {
        break;
      }
    }
    if (from.in_size < head + length) {
      return;
    }
    const auto type = std::to_integer<unsigned>(from.in[0]);
    from.in_size = 0;
    take(from, type, Bytes(from.in).subspan(head, length));
  }

  void take(Client& from, unsigned type, Bytes body) noexcept {
    switch (type >> 4U) {
      case 1:
        greet(from, (std::to_integer<unsigned>(body[7]) & 2U) != 0);
        break;
      case 3: {
        const std::size_t topic = number(body, 0);
        const bool acknowledged = (type & 6U) != 0;
        const std::size_t at = 2 + topic + (acknowledged ? 2 : 0);
        const std::size_t properties = std::to_integer<std::size_t>(body[at]);
        if (acknowledged && !mute) {
          put(from, 0x40);
          put(from, 2);
          put_all(from, body.subspan(2 + topic, 2));
        }
        route(body.subspan(2, topic), body.subspan(at + 1 + properties), acknowledged);
        break;
      }
      case 4:
        for (Kept& kept : from.kept) {
          kept.id = kept.id == number(body, 0) ? std::uint16_t{0} : kept.id;
        }
        break;
      case 8:
        subscribe(from, body);
        break;
      case 12:
        put(from, 0xD0);
        put(from, 0);
        break;
      default:
        break;
    }
  }

  void greet(Client& from, bool clean) noexcept {
    const bool present = from.session && !clean;
    if (!present) {
      from.topic_count = 0;
      from.kept = {};
    }
    from.session = from.connected = true;
    put(from, 0x20);
    put(from, 3);
    put(from, present ? 1 : 0);
    put(from, 0);
    put(from, 0);
    for (const Kept& kept : from.kept) {
      if (kept.id != 0) {
        deliver(from, kept, true);
      }
    }
  }

  void subscribe(Client& from, Bytes body) noexcept {
    const std::size_t at = 3 + std::to_integer<std::size_t>(body[2]);
    const Bytes filter = body.subspan(at + 2, number(body, at));
    const bool known =
        std::any_of(from.topics.begin(),
                    from.topics.begin() + static_cast<std::ptrdiff_t>(from.topic_count),
                    [&](const Topic& topic) { return same(topic.view(), filter); });
    if (!known && subscribe_answer < 0x80) {
      set(from.topics[from.topic_count++], filter);
    }
    if (mute) {
      return;
    }
    put(from, 0x90);
    put(from, 4);
    put_all(from, body.first(2));
    put(from, 0);
    put(from, subscribe_answer);
  }

  static void set(Topic& topic, Bytes text) noexcept {
    std::copy(text.begin(), text.end(), topic.text.begin());
    topic.size = text.size();
  }

  void route(Bytes topic, Bytes payload, bool acknowledged) noexcept {
    ++routed;
    routed_bytes += payload.size();
    if (!acknowledged && lose_every != 0 && routed % lose_every == 0) {
      return;
    }
    for (Client& client : clients_) {
      const bool wants =
          std::any_of(client.topics.begin(),
                      client.topics.begin() + static_cast<std::ptrdiff_t>(client.topic_count),
                      [&](const Topic& filter) { return same(filter.view(), topic); });
      if (!wants || !client.session || (!acknowledged && !client.connected)) {
        continue;
      }
      Kept message;
      if (acknowledged) {
        Kept* const place = std::find_if(
            client.kept.begin(), client.kept.end(), [](const Kept& kept) { return kept.id == 0; });
        ASSERT_TRUE(place != client.kept.end());
        message.id = ++client.last_id;
        fill(message, topic, payload);
        *place = message;
      } else {
        fill(message, topic, payload);
      }
      if (client.connected) {
        deliver(client, message, false);
      }
    }
  }

  static void fill(Kept& message, Bytes topic, Bytes payload) noexcept {
    set(message.topic, topic);
    std::copy(payload.begin(), payload.end(), message.payload.begin());
    message.size = payload.size();
  }

  static void deliver(Client& to, const Kept& message, bool again) noexcept {
    const std::size_t length =
        2 + message.topic.size + (message.id != 0 ? 2U : 0U) + 1 + message.size;
    if (length + 5 > to.out.size() - to.out_size) {
      return;  // of QoS 1: with the next connection
    }
    put(to, message.id == 0 ? 0x30U : again ? 0x3AU : 0x32U);
    put(to, static_cast<unsigned>((length & 0x7FU) | (length > 0x7F ? 0x80U : 0U)));
    if (length > 0x7F) {
      put(to, static_cast<unsigned>(length >> 7U));
    }
    put(to, 0);
    put(to, static_cast<unsigned>(message.topic.size));
    put_all(to, message.topic.view());
    if (message.id != 0) {
      put(to, message.id >> 8U);
      put(to, message.id & 0xFFU);
    }
    put(to, 0);
    put_all(to, Bytes(message.payload).first(message.size));
  }

  std::array<Client, kClients> clients_{};
};

using PostOffice = BasicPostOffice<4>;

}  // namespace aiot::link_test
