// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A session against a simulated broker over a wire that delays, divides and breaks at any byte.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "aiot/link/mqtt.hpp"
#include "ports/sim/random.hpp"
#include "tests/link/mqtt_broker.hpp"
#include "tests/support/test.hpp"

namespace aiot::link::mqtt {
namespace {

constexpr std::array<std::string_view, 3> kTopics = {"from/0", "from/1", "from/2"};

class Rig {
 public:
  explicit Rig(std::uint64_t seed) : random_(seed) {}

  void run() {
    const std::uint32_t steps = 1500;
    for (std::uint32_t i = 0; i < steps; ++i) {
      trouble();
      step();
    }
    broker_.habits.quiet = true;
    for (int i = 0; i < 5000 && !finished(); ++i) {
      step();
    }
    check();
  }

  std::size_t accepted() const { return accepted_.size(); }

  std::uint32_t duplicates() const { return broker_.duplicates; }

  std::size_t taken() const { return broker_.taken.size(); }

  std::uint32_t connections() const { return broker_.connections; }

 private:
  bool finished() const {
    return session_.unacknowledged() == 0 && broker_.drained() && broker_.connected() &&
           wire_.open && session_.event().kind == EventKind::kNone && wire_.down.empty();
  }

  void trouble() {
    const std::uint32_t dice = random_.below(400);
    if (dice < 3) {
      wire_.cut();
    } else if (dice == 3 && broker_.connected()) {
      broker_.misbehave();
    } else if (dice == 4) {
      // The peer says nothing any more: only the clock finds out.
      broker_.fall_silent();
    } else if (dice == 5) {
      session_.disconnect(ReasonCode::kDisconnectWithWill);
    }
    if (broker_.connected() && wire_.open && !broker_.deaf() && random_.below(30) == 0) {
      broker_.publish();
    }
  }

  void open_link() {
    if (random_.below(8) == 0) {
      broker_.forget();
    }
    broker_.hear();
    broker_.habits.receive_maximum = 1 + random_.below(6);
    broker_.habits.alias_maximum = random_.below(4);
    wire_.cut();
    broker_.accept();
    ConnectConfig config;
    config.client_id = "device";
    config.keep_alive_s = 60;
    config.aliased_topics = kTopics;
    config.topic_alias_maximum = static_cast<std::uint16_t>(random_.below(3));
    ASSERT_TRUE(session_.connect(config, now_).ok());
    last_to_us_ = 0;
  }

  void step() {
    now_ = now_ + Duration::from_ms(1 + random_.below(500));
    if (session_.state() == SessionState::kIdle) {
      open_link();
    }
    if (session_.state() == SessionState::kUp && !broker_.habits.quiet) {
      publish();
    }
    (void)session_.exchange(wire_, now_);
    broker_.step();
    // The application is slow now and then.
    while (session_.event().kind != EventKind::kNone &&
           (broker_.habits.quiet || random_.below(5) != 0)) {
      handle(session_.event());
      session_.done(now_);
    }
  }

  void publish() {
    if (random_.below(3) != 0) {
      return;
    }
    std::string text = std::to_string(next_);
    text.append(random_.below(8) == 0 ? random_.below(150) : 3, 'x');
    const bool kept = random_.below(4) != 0;
    const Result<std::uint16_t> id = session_.publish(kTopics[next_ % kTopics.size()],
                                                      as_bytes(text.data(), text.size()),
                                                      kept ? Qos::kAtLeastOnce : Qos::kAtMostOnce,
                                                      Retain::kNo);
    if (!id.ok()) {
      EXPECT_EQ(id.error(), Error::kWouldBlock);
      return;
    }
    if (kept) {
      EXPECT_TRUE(waiting_.emplace(*id, next_).second) << "a packet identifier is used twice";
      accepted_.insert(next_);
    }
    ++next_;
  }

  void handle(const Event& event) {
    switch (event.kind) {
      case EventKind::kPublished: {
        const auto waiting = waiting_.find(event.id);
        ASSERT_TRUE(waiting != waiting_.end()) << "acknowledged twice, or never accepted";
        const auto answer = broker_.answered.find(waiting->second);
        ASSERT_TRUE(answer != broker_.answered.end());
        EXPECT_EQ(static_cast<std::uint8_t>(event.reason), answer->second);
        waiting_.erase(waiting);
        break;
      }
      case EventKind::kMessage: {
        const std::string text(reinterpret_cast<const char*>(event.payload.data()),
                               event.payload.size());
        const auto number = static_cast<std::uint32_t>(std::stoul(text));
        EXPECT_EQ(std::string(event.topic), "to/" + std::to_string(number % 3));
        EXPECT_GT(number + 1, last_to_us_) << "out of order";
        last_to_us_ = number + 1;
        received_.insert(number);
        break;
      }
      default:
        break;
    }
  }

  void check() const {
    EXPECT_TRUE(finished());
    EXPECT_TRUE(waiting_.empty()) << "never acknowledged";
    std::set<std::uint32_t> there;
    for (const test::Broker::Arrived& message : broker_.arrived) {
      there.insert(message.number);
    }
    EXPECT_TRUE(there == accepted_);
    for (const std::uint32_t number : broker_.taken) {
      EXPECT_TRUE(received_.contains(number)) << "acknowledged, but not given to the application";
    }
  }

  sim::Random random_;
  test::Wire wire_{random_};
  test::Broker broker_{wire_, random_};
  std::array<std::byte, 128> receive_{};
  std::array<std::byte, 96> transmit_{};
  std::array<std::byte, 600> outbox_{};
  std::array<std::byte, 40> aliases_{};
  Session session_{{receive_, transmit_, outbox_, aliases_}};
  Instant now_{};
  std::uint32_t next_ = 0;
  std::uint32_t last_to_us_ = 0;
  std::map<std::uint16_t, std::uint32_t> waiting_;  // packet identifier -> number
  std::set<std::uint32_t> accepted_;                // of QoS 1
  std::set<std::uint32_t> received_;
};

TEST(MqttBroker, GetsEveryMessageOfQos1AndEachIsAcknowledgedOnce) {
  const std::uint64_t runs = std::getenv("AIOT_FULL") != nullptr ? 20'000 : 300;
  std::size_t accepted = 0;
  std::size_t duplicates = 0;
  std::size_t connections = 0;
  std::size_t taken = 0;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    SCOPED_TRACE(seed);
    Rig rig(seed);
    rig.run();
    accepted += rig.accepted();
    duplicates += rig.duplicates();
    connections += rig.connections();
    taken += rig.taken();
    if (testing::Test::HasFailure()) {
      break;
    }
  }
  // The runs are worth something.
  EXPECT_GT(accepted, runs * 50);
  EXPECT_GT(duplicates, runs);
  EXPECT_GT(connections, runs * 5);
  EXPECT_GT(taken, runs * 10);
}

}  // namespace
}  // namespace aiot::link::mqtt
