// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A session with Debian's mosquitto over loopback, which is killed now and then.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "aiot/link/mqtt.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::link::mqtt {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kMosquitto = "/usr/sbin/mosquitto";

Instant now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
              .count()};
}

/// A plain TCP connection to loopback.
class Tcp {
 public:
  Tcp() = default;
  Tcp(const Tcp&) = delete;
  Tcp& operator=(const Tcp&) = delete;

  ~Tcp() { close(); }

  bool open(std::uint16_t port) {
    close();
    file_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(file_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close();
      return false;
    }
    const int on = 1;
    (void)setsockopt(file_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fcntl(file_, F_SETFL, O_NONBLOCK) == 0;
  }

  void close() {
    if (file_ >= 0) {
      ::close(file_);
      file_ = -1;
    }
  }

  Result<std::size_t> send(Bytes in) noexcept {
    return moved(::send(file_, in.data(), in.size(), MSG_NOSIGNAL));
  }

  Result<std::size_t> receive(MutableBytes out) noexcept {
    const ssize_t count = recv(file_, out.data(), out.size(), 0);
    if (count == 0) {
      return Error::kIo;
    }
    return moved(count);
  }

  [[nodiscard]] hal::LinkState state() const noexcept {
    return file_ >= 0 ? hal::LinkState::kUp : hal::LinkState::kDown;
  }

 private:
  static Result<std::size_t> moved(ssize_t count) {
    if (count >= 0) {
      return static_cast<std::size_t>(count);
    }
    if (errno == EAGAIN || errno == EINTR) {
      return std::size_t{0};
    }
    return Error::kIo;
  }

  int file_ = -1;
};

static_assert(hal::Transport<Tcp>);

/// A broker of its own, without persistence, in which nobody may write to denied/.
class Mosquitto {
 public:
  explicit Mosquitto(const std::filesystem::path& folder) : config_(folder / "mosquitto.conf") {
    port_ = free_port();
    std::ofstream(folder / "acl") << "topic readwrite t/#\ntopic read denied/#\n";
    std::ofstream(config_) << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\n"
                           << "persistence false\nuser root\nacl_file " << (folder / "acl").string()
                           << "\nmax_packet_size 2000\nlog_dest file " << (folder / "log").string()
                           << "\n";
    start();
  }

  Mosquitto(const Mosquitto&) = delete;
  Mosquitto& operator=(const Mosquitto&) = delete;

  ~Mosquitto() { kill(); }

  void start() {
    child_ = fork();
    if (child_ == 0) {
      const int nowhere = ::open("/dev/null", O_WRONLY);
      dup2(nowhere, STDERR_FILENO);
      execl(kMosquitto, kMosquitto, "-c", config_.c_str(), nullptr);
      _exit(127);
    }
    Tcp probe;
    for (int i = 0; i < 500 && !probe.open(port_); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  void kill() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
      child_ = -1;
    }
  }

  void signal(int number) const { ::kill(child_, number); }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  static std::uint16_t free_port() {
    const int file = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(file, any, size) != 0 || getsockname(file, any, &size) != 0) {
      ADD_FAILURE() << "no port";
    }
    ::close(file);
    return ntohs(address.sin_port);
  }

  std::filesystem::path config_;
  std::uint16_t port_ = 0;
  pid_t child_ = -1;
};

/// A session that comes back whenever its link breaks.
class Client {
 public:
  Client(const Mosquitto& broker, const char* id) : broker_(broker) {
    config.client_id = id;
    config.session_expiry_s = 3600;
  }

  /// One round; the event that is open, if any, is the caller's.
  void step() {
    if (session.state() == SessionState::kIdle) {
      if (!link.open(broker_.port())) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return;
      }
      ++connections;
      EXPECT_TRUE(session.connect(config, now()).ok());
    }
    (void)session.exchange(link, now());
  }

  /// Waits for an event of this kind, others are passed over. The contents of its spans are gone.
  Event wait(EventKind kind) {
    const auto deadline = Clock::now() + std::chrono::seconds(20);
    while (Clock::now() < deadline) {
      step();
      if (session.event().kind == kind) {
        const Event event = session.event();
        session.done(now());
        return event;
      }
      session.done(now());
      std::this_thread::yield();
    }
    ADD_FAILURE() << "no event of kind " << static_cast<int>(kind);
    return {};
  }

  void subscribe(std::string_view filter) {
    EXPECT_TRUE(session.subscribe(filter, Qos::kAtLeastOnce).ok());
    EXPECT_TRUE(is_success(wait(EventKind::kSubscribed).reason));
  }

  Result<std::uint16_t> publish(std::string_view topic, std::string_view text) {
    return session.publish(
        topic, as_bytes(text.data(), text.size()), Qos::kAtLeastOnce, Retain::kNo);
  }

  ConnectConfig config;
  std::uint32_t connections = 0;
  Tcp link;

 private:
  const Mosquitto& broker_;
  std::vector<std::byte> receive_ = std::vector<std::byte>(4096);
  std::vector<std::byte> transmit_ = std::vector<std::byte>(4096);
  std::vector<std::byte> outbox_ = std::vector<std::byte>(16'384);
  std::vector<std::byte> aliases_ = std::vector<std::byte>(256);

 public:
  Session session{{receive_, transmit_, outbox_, aliases_}};
};

bool installed() {
  if (std::filesystem::exists(kMosquitto)) {
    return true;
  }
  std::printf("SKIPPED: mosquitto is not installed, no real broker was asked\n");
  return false;
}

class MqttMosquitto : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!installed()) {
      GTEST_SKIP() << "no mosquitto here: install the package mosquitto";
    }
  }
};

TEST_F(MqttMosquitto, CarriesMessagesBothWays) {
  const aiot::test::TempDir folder;
  const Mosquitto broker(folder.path());
  Client client(broker, "both-ways");
  constexpr std::array<std::string_view, 1> kTopics = {"t/loop"};
  client.config.aliased_topics = kTopics;
  client.config.topic_alias_maximum = 4;
  EXPECT_FALSE(client.wait(EventKind::kConnected).session_present);
  EXPECT_EQ(client.session.limits().maximum_packet, 2000U);
  EXPECT_EQ(client.session.limits().receive_maximum, 20U);
  client.subscribe("t/#");
  std::uint32_t next = 0;
  std::uint32_t answered = 0;
  std::uint32_t received = 0;
  constexpr std::uint32_t kMessages = 2000;
  const auto deadline = Clock::now() + std::chrono::seconds(60);
  while ((answered < kMessages || received < kMessages) && Clock::now() < deadline) {
    while (next < kMessages && client.publish("t/loop", std::to_string(next)).ok()) {
      ++next;
    }
    client.step();
    while (client.session.event().kind != EventKind::kNone) {
      const Event& event = client.session.event();
      ASSERT_NE(event.kind, EventKind::kDisconnected) << to_string(event.fault);
      if (event.kind == EventKind::kPublished) {
        EXPECT_EQ(event.reason, ReasonCode::kSuccess);
        ++answered;
      } else if (event.kind == EventKind::kMessage) {
        EXPECT_EQ(event.topic, "t/loop");
        EXPECT_EQ(
            std::string(reinterpret_cast<const char*>(event.payload.data()), event.payload.size()),
            std::to_string(received));
        ++received;
      }
      client.session.done(now());
    }
  }
  EXPECT_EQ(answered, kMessages);
  EXPECT_EQ(received, kMessages);
  EXPECT_EQ(client.connections, 1U);
}

TEST_F(MqttMosquitto, ReportsAMessageThatTheAccessRulesDeny) {
  const aiot::test::TempDir folder;
  const Mosquitto broker(folder.path());
  Client client(broker, "denied");
  client.wait(EventKind::kConnected);
  const Result<std::uint16_t> id = client.publish("denied/x", "x");
  ASSERT_TRUE(id.ok());
  const Event answer = client.wait(EventKind::kPublished);
  EXPECT_EQ(answer.id, *id);
  EXPECT_EQ(answer.reason, ReasonCode::kNotAuthorised);
  EXPECT_EQ(client.session.unacknowledged(), 0U);
}

TEST_F(MqttMosquitto, KeepsTheSessionOverABrokenLinkAndSendsTheWill) {
  const aiot::test::TempDir folder;
  const Mosquitto broker(folder.path());
  Client watcher(broker, "watcher");
  watcher.wait(EventKind::kConnected);
  watcher.subscribe("t/state");
  Client client(broker, "device");
  constexpr std::string_view kOffline = "offline";
  const Will will{
      .topic = "t/state", .payload = as_bytes(kOffline.data(), kOffline.size()), .retain = true};
  client.config.will = &will;
  client.wait(EventKind::kConnected);
  client.subscribe("t/down");
  client.link.close();
  EXPECT_EQ(client.wait(EventKind::kDisconnected).cause, DisconnectCause::kLinkLost);
  const Event offline = watcher.wait(EventKind::kMessage);
  EXPECT_EQ(offline.payload.size(), kOffline.size());
  // While the device is away.
  EXPECT_TRUE(watcher.publish("t/down", "wake up").ok());
  watcher.wait(EventKind::kPublished);
  EXPECT_TRUE(client.wait(EventKind::kConnected).session_present);
  EXPECT_EQ(client.wait(EventKind::kMessage).payload.size(), 7U);
}

TEST_F(MqttMosquitto, NoticesABrokerThatHangs) {
  const aiot::test::TempDir folder;
  const Mosquitto broker(folder.path());
  Client client(broker, "patient");
  client.config.keep_alive_s = 1;
  client.config.answer_timeout = Duration::from_ms(500);
  client.wait(EventKind::kConnected);
  broker.signal(SIGSTOP);
  EXPECT_EQ(client.wait(EventKind::kDisconnected).cause, DisconnectCause::kKeepAlive);
  broker.signal(SIGCONT);
  EXPECT_TRUE(client.wait(EventKind::kConnected).session_present);
}

TEST_F(MqttMosquitto, LosesNoAcceptedMessageWhenTheBrokerIsKilled) {
  const aiot::test::TempDir folder;
  Mosquitto broker(folder.path());
  Client client(broker, "stubborn");
  constexpr std::uint32_t kMessages = 3000;
  constexpr std::uint32_t kKills = 3;
  std::uint32_t next = 0;
  std::uint32_t answered = 0;
  std::set<std::uint16_t> waiting;
  const auto deadline = Clock::now() + std::chrono::seconds(60);
  std::uint32_t kills = 0;
  while (answered < kMessages && Clock::now() < deadline) {
    if (next < kMessages) {
      if (const auto id = client.publish("t/up", std::to_string(next)); id.ok()) {
        EXPECT_TRUE(waiting.insert(*id).second);
        ++next;
      }
    }
    client.step();
    while (client.session.event().kind != EventKind::kNone) {
      if (client.session.event().kind == EventKind::kPublished) {
        EXPECT_TRUE(is_success(client.session.event().reason));
        EXPECT_EQ(waiting.erase(client.session.event().id), 1U);
        ++answered;
      }
      client.session.done(now());
    }
    if (kills < kKills && answered > (kills + 1) * kMessages / (kKills + 1)) {
      ++kills;
      broker.kill();
      broker.start();
    }
  }
  EXPECT_EQ(answered, kMessages);
  EXPECT_EQ(client.connections, kKills + 1);
}

}  // namespace
}  // namespace aiot::link::mqtt
