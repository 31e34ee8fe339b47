// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// aiot run --broker with a broker that does something wrong: what is said, and that nothing is
// lost.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using namespace std::string_literals;

enum class Packet : unsigned char { kConnect = 1, kPublish = 3, kSubscribe = 8, kPing = 12 };

/// What a broker sends when `packet` has come: the identifier is that of a SUBSCRIBE or PUBLISH.
using Habit = std::function<std::string(Packet packet, const std::string& identifier)>;

const std::string kConnAck = "\x20\x03\x00\x00\x00"s;

std::string sub_ack(const std::string& identifier, char reason = '\x01') {
  return "\x90\x04"s + identifier + "\x00"s + reason;
}

std::string pub_ack(const std::string& identifier) {
  return "\x40\x02"s + identifier;
}

/// Says yes to everything, and has no consumer.
std::string polite(Packet packet, const std::string& identifier) {
  switch (packet) {
    case Packet::kConnect:
      return kConnAck;
    case Packet::kSubscribe:
      return sub_ack(identifier);
    case Packet::kPublish:
      return pub_ack(identifier);
    case Packet::kPing:
      return "\xD0\x00"s;
  }
  return {};
}

/// Listens on a port of the loopback; one connection at a time.
class Broker {
 public:
  explicit Broker(Habit habit) : habit_(std::move(habit)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    url_ = "mqtt://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }

  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  ~Broker() {
    stop_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  [[nodiscard]] const std::string& url() const noexcept { return url_; }

 private:
  void serve() {
    while (!stop_) {
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer >= 0) {
        talk(peer);
        ::close(peer);
      }
    }
  }

  void talk(int peer) {
    std::string arrived;
    std::array<char, 4096> piece{};
    for (ssize_t got = 1; got > 0;) {
      got = ::recv(peer, piece.data(), piece.size(), 0);
      arrived.append(piece.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
      answer(peer, arrived);
    }
  }

  void answer(int peer, std::string& arrived) {
    for (std::size_t head = 0, size = 0; whole(arrived, head, size);) {
      const auto type = static_cast<Packet>(static_cast<unsigned char>(arrived[0]) >> 4U);
      std::string identifier;
      if (type == Packet::kSubscribe) {
        identifier = arrived.substr(head, 2);
      } else if (type == Packet::kPublish && (arrived[0] & 0x06) != 0) {
        const auto topic = static_cast<unsigned char>(arrived[head]) * 256U +
                           static_cast<unsigned char>(arrived[head + 1]);
        identifier = arrived.substr(head + 2 + topic, 2);
      }
      const bool of_interest = type != Packet::kPublish || !identifier.empty();
      const std::string reply = of_interest ? habit_(type, identifier) : ""s;
      arrived.erase(0, head + size);
      (void)::send(peer, reply.data(), reply.size(), MSG_NOSIGNAL);
    }
  }

  /// Whether a packet is complete: the size of its fixed header and of the rest.
  static bool whole(const std::string& arrived, std::size_t& head, std::size_t& size) {
    size = 0;
    for (head = 1; head < arrived.size() && head < 5; ++head) {
      const auto byte = static_cast<unsigned char>(arrived[head]);
      size += static_cast<std::size_t>(byte & 0x7FU) << (7 * (head - 1));
      if (byte < 0x80) {
        ++head;
        return arrived.size() >= head + size;
      }
    }
    return false;
  }

  Habit habit_;
  std::string url_;
  int listener_ = -1;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

/// Once while it runs, and as the reason at its end.
bool told_once(const std::string& err) {
  return std::count(err.begin(), err.end(), '\n') == 2;
}

/// Runs a simulated machine against the broker; all of its records have to wait in the store.
class RunWithABroker : public ::testing::Test {
 protected:
  RunWithABroker() {
    EXPECT_EQ(aiot("keys new " + (dir_ / "pump-7") + " --kind device").exit_code, 0);
  }

  std::string run_with(const Habit& habit) {
    const Broker broker(habit);
    return run_at(broker.url());
  }

  std::string run_at(const std::string& url, const std::string& more = "") {
    const Outcome run =
        aiot("run --simulate --seconds 5 --json --quiet --patience 1 --device pump-7" +
             (" --store " + (dir_ / "store")) + " --device-key " + (dir_ / "pump-7.key") +
             " --broker " + url + " " + more);
    EXPECT_EQ(run.exit_code, 1) << run.err;
    const auto summary = json_lines(run.out);
    EXPECT_EQ(summary.size(), 1U);
    if (summary.size() == 1) {
      EXPECT_GT(summary[0]["records"], 0);
      EXPECT_EQ(summary[0]["waiting"], summary[0]["records"]);
    }
    EXPECT_TRUE(contains(run.err, "stays in the store for the next run")) << run.err;
    return run.err;
  }

  TempDir dir_;
};

TEST_F(RunWithABroker, ThatHasNoConsumerSaysSo) {
  const std::string err = run_with(polite);
  EXPECT_TRUE(
      contains(err, "no consumer acknowledges; check that one runs and has the key of pump-7"))
      << err;
}

TEST_F(RunWithABroker, ThatRefusesTheClientSaysWhy) {
  const std::string err =
      run_with([](Packet, const std::string&) { return "\x20\x03\x00\x87\x00"s; });
  EXPECT_TRUE(contains(err, "refuses the connection (not authorised)")) << err;
}

TEST_F(RunWithABroker, ThatDoesNotGrantTheSubscriptionSaysWhy) {
  const std::string err = run_with([](Packet packet, const std::string& identifier) {
    return packet == Packet::kSubscribe ? sub_ack(identifier, '\x87') : polite(packet, identifier);
  });
  EXPECT_TRUE(contains(err, "does not grant the subscription (not authorised)")) << err;
  EXPECT_TRUE(told_once(err)) << err;
}

TEST_F(RunWithABroker, ThatDoesNotTakeBatchesSaysWhyAndCountsNothing) {
  const std::string err = run_with([](Packet packet, const std::string& identifier) {
    return packet == Packet::kPublish ? "\x40\x03"s + identifier + "\x87"s
                                      : polite(packet, identifier);
  });
  EXPECT_TRUE(contains(err, "does not take what pump-7 publishes (not authorised)")) << err;
  EXPECT_TRUE(told_once(err)) << err;
}

TEST_F(RunWithABroker, ThatSendsSomethingElseThanMqtt) {
  const std::string err =
      run_with([](Packet, const std::string&) { return "HTTP/1.1 400 Bad Request\r\n\r\n"s; });
  EXPECT_TRUE(contains(err, "is not MQTT 5 (")) << err;
}

TEST_F(RunWithABroker, ThatSendsALargerPacketThanWasAnnounced) {
  const std::string err = run_with([](Packet packet, const std::string& identifier) {
    return packet == Packet::kSubscribe ? "\x30\xFF\xFF\x7F"s : polite(packet, identifier);
  });
  EXPECT_TRUE(contains(err, "is not MQTT 5 (")) << err;
  EXPECT_TRUE(contains(err, "large")) << err;
}

TEST_F(RunWithABroker, ThatAcknowledgesWhatWasNeverSent) {
  const std::string err = run_with([](Packet packet, const std::string& identifier) {
    return packet == Packet::kPublish ? pub_ack("\x7F\x01"s) : polite(packet, identifier);
  });
  EXPECT_TRUE(contains(err, "is not MQTT 5 (")) << err;
  EXPECT_TRUE(contains(err, "an answer to nothing that was asked")) << err;
}

TEST_F(RunWithABroker, ThatShutsDownSaysSo) {
  const std::string err = run_with([](Packet packet, const std::string& identifier) {
    return packet == Packet::kPublish ? "\xE0\x02\x8B\x00"s : polite(packet, identifier);
  });
  EXPECT_TRUE(contains(err, "has ended the connection (")) << err;
}

TEST_F(RunWithABroker, AStoreIsThatOfOneDevice) {
  (void)run_with(polite);
  const Outcome other =
      aiot("run --simulate --seconds 5 --device pump-8 --store " + (dir_ / "store"));
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_TRUE(contains(other.err, "is the store of the device 'pump-7'; use --device"))
      << other.err;
}

TEST_F(RunWithABroker, ThatIsNotThereSaysSoOnce) {
  std::string url;
  {
    const Broker gone(polite);
    url = gone.url();
  }
  const std::string err = run_at(url);
  EXPECT_TRUE(contains(err, "127.0.0.1")) << err;
  EXPECT_TRUE(told_once(err)) << err;
}

TEST_F(RunWithABroker, OptionsThatMakeNoSenseAreRefusedBeforeAnythingRuns) {
  const auto refused = [](const std::string& arguments, int code, const std::string& words) {
    const Outcome run = aiot("run --simulate --seconds 5 " + arguments);
    EXPECT_EQ(run.exit_code, code) << run.err;
    EXPECT_TRUE(contains(run.err, words)) << run.err;
  };
  const std::string key = " --device-key " + (dir_ / "pump-7.key");
  refused("--ca x.pem", 2, "want --broker URL");
  refused("--broker mqtt://localhost --sink x", 2, "choose one");
  refused("--broker mqtts://localhost --ca x.pem --cert y.pem" + key,
          2,
          "--cert and --key belong together");
  refused("--broker mqtt://localhost --prefix a/#" + key, 2, "--prefix");
  refused("--broker mqtt://localhost --password-file x" + key, 2, "--user");
  refused("--broker mqtt://localhost", 2, "--device-key FILE");
  refused("--broker mqtts://localhost" + key, 2, "--ca FILE");
  refused("--broker mqtt://localhost --ca x.pem" + key, 2, "use mqtts://");
  refused("--broker http://localhost" + key, 2, "mqtts://");
  refused("--broker mqtt://localhost --device a/b" + key, 1, "--device");
  refused("--broker mqtt://localhost --device-key " + (dir_ / "none.key"), 1, "none.key");
}

}  // namespace
}  // namespace aiot::test
