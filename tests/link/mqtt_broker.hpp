// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/transport.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

/// A broker with bad habits, written without the product's codec, and the wire to it. It holds the
/// client to the standard, and remembers what it has received.
namespace aiot::link::test {

using Octets = std::vector<std::uint8_t>;

/// Both directions of a connection; each takes what it likes, when it likes.
class Wire {
 public:
  explicit Wire(sim::Random& random) : random_(random) {}

  // The client's end.
  Result<std::size_t> send(Bytes in) noexcept {
    if (!open) {
      return Error::kIo;
    }
    const std::size_t count = some(in.size());
    for (std::size_t i = 0; i < count; ++i) {
      up.push_back(std::to_integer<std::uint8_t>(in[i]));
    }
    return count;
  }

  Result<std::size_t> receive(MutableBytes out) noexcept {
    if (!open) {
      return Error::kIo;
    }
    const std::size_t count = std::min(some(out.size()), down.size());
    for (std::size_t i = 0; i < count; ++i) {
      out[i] = static_cast<std::byte>(down.front());
      down.pop_front();
    }
    return count;
  }

  [[nodiscard]] hal::LinkState state() const noexcept {
    return open ? hal::LinkState::kUp : hal::LinkState::kDown;
  }

  /// Whatever is under way is lost, from any byte on.
  void cut() {
    up.clear();
    down.clear();
    open = false;
  }

  std::deque<std::uint8_t> up;    // to the broker
  std::deque<std::uint8_t> down;  // to the client
  bool open = false;

 private:
  std::size_t some(std::size_t most) {
    return most == 0 || random_.below(4) == 0
               ? 0
               : 1 + random_.below(static_cast<std::uint32_t>(
                         random_.below(2) == 0 ? std::min<std::size_t>(most, 9) : most));
  }

  sim::Random& random_;
};

static_assert(hal::Transport<Wire>);

struct Habits {
  std::uint32_t receive_maximum = 5;
  std::uint32_t alias_maximum = 0;
  std::uint32_t maximum_packet = 400;
  bool quiet = false;  ///< does everything at once and right, so that the run can end
};

class Broker {
 public:
  Broker(Wire& wire, sim::Random& random) : wire_(wire), random_(random) {}

  /// A message of the client that has arrived, in the order of arrival.
  struct Arrived {
    std::uint32_t number = 0;
    std::uint32_t connection = 0;
  };

  Habits habits;
  std::vector<Arrived> arrived;
  std::map<std::uint32_t, std::uint8_t> answered;  // message -> reason of its last PUBACK
  std::vector<std::uint32_t> taken;                // messages that the client has acknowledged
  std::uint32_t connections = 0;
  std::uint32_t duplicates = 0;
  std::uint32_t next_message = 0;  // to the client

  void accept() {
    wire_.open = true;
    in_.clear();
    connected_ = false;
    acks_.clear();
    aliases_in_.clear();
    aliases_out_.clear();
    in_flight_ = 0;
    order_ = 0;
    ++connections;
  }

  /// The broker forgets the session of the client.
  void forget() {
    has_session_ = false;
    seen_.clear();
    to_client_.clear();
  }

  [[nodiscard]] bool drained() const { return to_client_.empty() && acks_.empty(); }

  [[nodiscard]] bool connected() const { return connected_; }

  /// Gives the client a message of QoS 1; it is repeated until it is acknowledged.
  void publish() {
    const std::uint16_t id = free_id();
    to_client_.push_back({next_message, id, false});
    send_message(to_client_.back());
    ++next_message;
  }

  void step() {
    while (!wire_.up.empty()) {
      in_.push_back(wire_.up.front());
      wire_.up.pop_front();
    }
    while (wire_.open && read_packet()) {
    }
    while (wire_.open && !acks_.empty() && (habits.quiet || random_.below(6) == 0)) {
      // In any order.
      const std::size_t at =
          habits.quiet ? 0 : random_.below(static_cast<std::uint32_t>(acks_.size()));
      const Ack ack = acks_[at];
      acks_.erase(acks_.begin() + static_cast<std::ptrdiff_t>(at));
      --in_flight_;
      answered[ack.number] = ack.reason;
      seen_.erase(ack.id);
      put_ack(0x40, ack.id, ack.reason);
    }
  }

  /// What no broker may send.
  void misbehave() {
    static const std::vector<Octets> kWrong = {
        {0xF0, 0x00},
        {0x40, 0x02, 0xFF, 0xFF},
        {0x34, 0x06, 0x00, 0x01, 0x74, 0x00, 0x01, 0x00},
        {0x30, 0xFF, 0xFF, 0xFF, 0xFF},
        {0x20, 0x03, 0x00, 0x00, 0x00},
        {0x30, 0x04, 0x00, 0x01, 0x23, 0x00},
    };
    put(kWrong[random_.below(static_cast<std::uint32_t>(kWrong.size()))]);
    // Whatever it sends or hears from now on does not count.
    deaf_ = true;
  }

  /// Neither hears nor says anything, over a link that is up.
  void fall_silent() { deaf_ = true; }

  void hear() { deaf_ = false; }

  [[nodiscard]] bool deaf() const { return deaf_; }

 private:
  struct Ack {
    std::uint16_t id = 0;
    std::uint32_t number = 0;
    std::uint8_t reason = 0;
  };

  struct Out {
    std::uint32_t number = 0;
    std::uint16_t id = 0;
    bool sent = false;
  };

  void put(const Octets& bytes) {
    if (!deaf_) {
      wire_.down.insert(wire_.down.end(), bytes.begin(), bytes.end());
    }
  }

  void put_ack(std::uint8_t type, std::uint16_t id, std::uint8_t reason) {
    Octets packet = {type, 2, static_cast<std::uint8_t>(id >> 8U), static_cast<std::uint8_t>(id)};
    if (reason != 0 || random_.below(3) == 0) {
      packet[1] = 3;
      packet.push_back(reason);
      if (random_.below(3) == 0) {
        packet[1] = 10;
        packet.insert(packet.end(), {6, 0x1F, 0, 3, 'w', 'h', 'y'});
      }
    }
    put(packet);
  }

  std::uint16_t free_id() {
    for (;;) {
      const auto id = static_cast<std::uint16_t>(1 + random_.below(50));
      bool used = false;
      for (const Out& out : to_client_) {
        used = used || out.id == id;
      }
      if (!used) {
        return id;
      }
    }
  }

  void send_message(Out& out) {
    if (!connected_ || !wire_.open) {
      return;
    }
    Octets body;
    const std::string topic = "to/" + std::to_string(out.number % 3);
    const auto alias = static_cast<std::uint8_t>(out.number % 3 + 1);
    const bool with_alias = alias <= client_alias_maximum_ && random_.below(2) == 0;
    const bool known = with_alias && aliases_out_[alias];
    const std::string named = known ? "" : topic;
    body.push_back(0);
    body.push_back(static_cast<std::uint8_t>(named.size()));
    body.insert(body.end(), named.begin(), named.end());
    body.push_back(static_cast<std::uint8_t>(out.id >> 8U));
    body.push_back(static_cast<std::uint8_t>(out.id));
    if (with_alias) {
      aliases_out_[alias] = true;
      body.insert(body.end(), {3, 0x23, 0, alias});
    } else {
      body.push_back(0);
    }
    const std::string text = std::to_string(out.number);
    body.insert(body.end(), text.begin(), text.end());
    Octets packet = {static_cast<std::uint8_t>(out.sent ? 0x3A : 0x32),
                     static_cast<std::uint8_t>(body.size())};
    packet.insert(packet.end(), body.begin(), body.end());
    put(packet);
    out.sent = true;
  }

  bool read_packet() {
    std::size_t length = 0;
    std::size_t at = 1;
    for (unsigned shift = 0;; shift += 7, ++at) {
      if (at >= in_.size()) {
        return false;
      }
      length |= static_cast<std::size_t>(in_[at] & 0x7FU) << shift;
      if (in_[at] < 0x80) {
        break;
      }
    }
    ++at;
    if (in_.size() < at + length) {
      return false;
    }
    EXPECT_LE(at + length, habits.maximum_packet);
    const std::uint8_t first = in_[0];
    const Octets body(in_.begin() + static_cast<std::ptrdiff_t>(at),
                      in_.begin() + static_cast<std::ptrdiff_t>(at + length));
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(at + length));
    if (!deaf_) {
      handle(first, body);
    }
    return true;
  }

  static std::uint16_t u16(const Octets& bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes.at(at) << 8U | bytes.at(at + 1));
  }

  void handle(std::uint8_t first, const Octets& body) {
    EXPECT_EQ(connected_, first != 0x10);
    switch (first >> 4U) {
      case 1:
        return connect(body);
      case 3:
        return message(first, body);
      case 4:
        return acknowledged(body);
      case 8:
        EXPECT_EQ(first, 0x82);
        return put(
            {0x90, 4, body.at(0), body.at(1), 0, static_cast<std::uint8_t>(body.back() & 1U)});
      case 10:
        EXPECT_EQ(first, 0xA2);
        return put({0xB0, 4, body.at(0), body.at(1), 0, 0});
      case 12:
        return put({0xD0, 0});
      case 14:
        return wire_.cut();
      default:
        ADD_FAILURE() << "unexpected packet " << int{first};
    }
  }

  void connect(const Octets& body) {
    EXPECT_EQ(body.at(6), 5);  // version
    const bool clean = (body.at(7) & 2U) != 0;
    client_alias_maximum_ = 0;
    const std::size_t end = 11 + std::size_t{body.at(10)};
    for (std::size_t at = 11; at < end;) {
      const std::uint8_t id = body.at(at);
      client_alias_maximum_ = id == 0x22 ? u16(body, at + 1) : client_alias_maximum_;
      at += id == 0x11 || id == 0x27 ? 5U : 3U;
    }
    if (clean) {
      forget();
    }
    const std::uint8_t present = has_session_ ? 1 : 0;
    present_ = has_session_;
    has_session_ = true;
    connected_ = true;
    put({0x20,
         14,
         present,
         0,
         11,
         0x21,
         0,
         static_cast<std::uint8_t>(habits.receive_maximum),
         0x22,
         0,
         static_cast<std::uint8_t>(habits.alias_maximum),
         0x27,
         0,
         0,
         static_cast<std::uint8_t>(habits.maximum_packet >> 8U),
         static_cast<std::uint8_t>(habits.maximum_packet)});
    for (Out& out : to_client_) {
      send_message(out);
    }
  }

  void message(std::uint8_t first, const Octets& body) {
    const bool dup = (first & 8U) != 0;
    const unsigned qos = first >> 1U & 3U;
    ASSERT_LE(qos, 1U);
    const std::size_t named = u16(body, 0);
    std::string topic(body.begin() + 2, body.begin() + 2 + static_cast<std::ptrdiff_t>(named));
    std::size_t at = 2 + named;
    std::uint16_t id = 0;
    if (qos == 1) {
      id = u16(body, at);
      at += 2;
      EXPECT_NE(id, 0);
    }
    if (body.at(at) != 0) {
      ASSERT_EQ(body.at(at), 3);
      ASSERT_EQ(body.at(at + 1), 0x23);
      const std::uint16_t alias = u16(body, at + 2);
      ASSERT_LE(alias, habits.alias_maximum);
      ASSERT_GE(alias, 1);
      if (topic.empty()) {
        topic = aliases_in_[alias];
      }
      aliases_in_[alias] = topic;
      at += 3;
    }
    ++at;
    // The text is the number, then padding that tells when bytes are mixed up.
    const std::string text(body.begin() + static_cast<std::ptrdiff_t>(at), body.end());
    const auto number = static_cast<std::uint32_t>(std::stoul(text));
    EXPECT_EQ(topic, "from/" + std::to_string(number % 3));
    EXPECT_EQ(text.find_first_not_of("0123456789"), text.find('x'));
    EXPECT_EQ(text.find_first_not_of('x', std::min(text.find('x'), text.size())),
              std::string::npos);
    EXPECT_GT(number + 1, order_) << "out of order";
    order_ = number + 1;
    EXPECT_TRUE(!dup || (present_ && qos == 1));
    duplicates += dup ? 1U : 0U;
    if (qos == 0) {
      return;
    }
    if (const auto before = seen_.find(id); before != seen_.end()) {
      // The same message, and said so.
      EXPECT_EQ(before->second, number);
      EXPECT_TRUE(dup);
    }
    for (const auto& [other, message] : seen_) {
      EXPECT_TRUE(message != number || other == id);
    }
    seen_[id] = number;
    ++in_flight_;
    EXPECT_LE(in_flight_, habits.receive_maximum);
    arrived.push_back({number, connections});
    const bool refuse = !habits.quiet && random_.below(20) == 0;
    acks_.push_back({id, number, static_cast<std::uint8_t>(refuse ? 0x97 : 0)});
  }

  void acknowledged(const Octets& body) {
    const std::uint16_t id = u16(body, 0);
    const auto known = std::find_if(
        to_client_.begin(), to_client_.end(), [&](const Out& out) { return out.id == id; });
    ASSERT_TRUE(known != to_client_.end()) << "PUBACK of nothing";
    taken.push_back(known->number);
    to_client_.erase(known);
  }

  Wire& wire_;
  sim::Random& random_;
  Octets in_;
  bool connected_ = false;
  bool has_session_ = false;
  bool present_ = false;
  bool deaf_ = false;
  std::uint32_t client_alias_maximum_ = 0;
  std::uint32_t in_flight_ = 0;
  std::uint32_t order_ = 0;
  std::map<std::uint16_t, std::uint32_t> seen_;  // received and not answered, in this session
  std::vector<Ack> acks_;
  std::map<std::uint16_t, std::string> aliases_in_;
  std::map<std::uint16_t, bool> aliases_out_;
  std::vector<Out> to_client_;
};

}  // namespace aiot::link::test
