// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "examples/update/listener.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>

#include "aiot/core/bytes.hpp"
#include "aiot/device/command_link.hpp"
#include "aiot/device/command_record.hpp"
#include "aiot/device/command_service.hpp"
#include "aiot/device/offered_images.hpp"
#include "aiot/link/image_sender.hpp"
#include "aiot/link/image_transfer.hpp"
#include "aiot/link/mqtt_pipe.hpp"
#include "aiot/link/wall_clock.hpp"
#include "aiot/toolkit/keys.hpp"
#include "examples/update/gateway.hpp"
#include "ports/linux/clock.hpp"

namespace gateway {

using namespace aiot;
using update::InstallVerdict;

namespace {

volatile std::sig_atomic_t g_stop = 0;

extern "C" void on_listen_stop(int /*signal*/) {
  g_stop = 1;
}

void stop_on_signals() {
  struct sigaction action {};

  action.sa_handler = on_listen_stop;
  (void)::sigaction(SIGINT, &action, nullptr);
  (void)::sigaction(SIGTERM, &action, nullptr);
}

/// The operator's public key, and the gateway's own.
class ListenerKeys {
 public:
  explicit ListenerKeys(Gateway& gateway) : gateway_(gateway) {}

  /// False: `problem`.
  bool load(const std::string& path, std::string& problem) {
    auto key = toolkit::read_public_key(path);
    if (!key.ok()) {
      problem = key.problem().text;
      return false;
    }
    if (key->kind != crypto::KeyKind::kP256) {
      problem = path + ": is no P-256 key, and commands are signed with no other";
      return false;
    }
    operator_ = std::move(*key);
    return true;
  }

  // hal::KeyStore
  Result<Bytes> public_key(hal::KeyId id) const noexcept {
    return id == hal::KeyId::kCommand ? Result<Bytes>(Bytes(operator_.encoding)) : Error::kEmpty;
  }

  Status sign(hal::KeyId /*id*/, Bytes /*digest*/, MutableBytes /*out*/) const noexcept {
    return Error::kEmpty;
  }

  Status mac(hal::KeyId id, Bytes in, MutableBytes out) const noexcept {
    return gateway_.device_key().mac(id, in, out);
  }

 private:
  Gateway& gateway_;
  toolkit::PublicKey operator_;
};

static_assert(hal::KeyStore<ListenerKeys>);

/// Never more certain than this: some who set the clock do not tell the kernel how far off they
/// may be, and commands expire by the second.
constexpr Duration kLeastClockError = Duration::from_s(1);

/// How far off the system's clock may be, by the kernel: it knows from what sets the clock (NTP,
/// PTP) and lets it grow from there on. Empty: nothing does, or not any more.
std::optional<Duration> kernel_clock_error() {
  timex clock{};
  if (const int state = ::adjtimex(&clock); state < 0 || state == TIME_ERROR) {
    return std::nullopt;
  }
  return std::max(Duration{clock.maxerror}, kLeastClockError);
}

class Listener {
 public:
  explicit Listener(const ListenConfig& config)
      : config_(config),
        gateway_(config.folder),
        source_(std::string(link::kTopicPrefix) + "/" + config.broker.device + "/" +
                std::string(link::leaf::kImageIn)) {}

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  ~Listener() {
    if (lock_ >= 0) {
      ::close(lock_);
    }
  }

  int run() {
    std::string problem;
    if (!prepare(problem)) {
      return fail(problem);
    }
    stop_on_signals();
    while (g_stop == 0) {
      round();
    }
    leave_store();
    broker_.close(clock_.now());
    return 0;
  }

  // What device::OfferedImages and device::CommandService ask for: done by the gateway, and said.
  InstallVerdict offer(Bytes offer, Instant now) {
    const InstallVerdict verdict = gateway_.offer(offer, now);
    if (verdict.ok()) {
      print_wanted(gateway_.installer(), update::offer_entry(offer).version);
    }
    return said(verdict);
  }

  InstallVerdict write(std::uint32_t offset, Bytes bytes, Instant now) {
    const InstallVerdict verdict = gateway_.write(offset, bytes, now);
    if (verdict.ok()) {
      print_progress(gateway_.installer(), offset);
    }
    return said(verdict);
  }

  InstallVerdict finish(const Hash256& file, Instant now) {
    const InstallVerdict verdict = gateway_.finish(file, now);
    if (verdict.ok()) {
      std::puts("installed; it is tried at the next start");
    }
    return said(verdict);
  }

  [[nodiscard]] bool holds(update::ImageType type, const update::ImageId& image) const noexcept {
    return gateway_.holds(type, image);
  }

  void tell(const update::AuditEntry& entry, Instant /*now*/) {
    std::puts(text_of(entry).c_str());
    (void)std::fflush(stdout);
    gateway_.tell(entry);
  }

 private:
  /// A device that restarts forgets what it was sent and keeps what it has written; so do we, when
  /// we give the store away in the middle of a download.
  struct Transfer {
    Transfer(Listener& listener, device::CommandRecord& record)
        : images(receiver, listener, record) {}

    std::array<std::byte,
               link::receiver_bytes(update::kMaxOfferBytes, link::ImageSender::kMaxBlock)>
        memory{};
    link::ImageReceiver receiver{memory};
    device::OfferedImages images;
  };

  /// A sender that is silent for so long does not keep the store from others that do not queue.
  static constexpr Duration kIdle = Duration::from_s(10);

  bool prepare(std::string& problem) {
    if (!broker_.open(config_.broker, problem) || !keys_.load(config_.operator_key, problem) ||
        !lock(problem)) {
      return false;
    }
    if (!gateway_.open()) {
      problem = gateway_.problem();
      return false;
    }
    if (const Status mounted = gateway_.mount(record_); !mounted.ok()) {
      problem = mounted.error() == Error::kInvalidArgument
                    ? "'" + config_.folder + "' was made before there were commands; make another"
                    : std::string("what commands have set can not be read (") +
                          to_string(mounted.error()) + "); restore the folder";
      return false;
    }
    gateway_.close();
    link::SealConfig seal;
    seal.device = config_.broker.device;
    service_.emplace(
        record_,
        keys_,
        device::CommandServiceConfig{
            .seal = seal, .image_source = source_, .witness = device::witness_of(*this)});
    commands_.emplace(
        broker_.session(), *service_, wall_clock_, link::kTopicPrefix, config_.broker.device);
    pipe_.emplace(broker_.session(),
                  link::kTopicPrefix,
                  config_.broker.device,
                  link::leaf::kImageIn,
                  link::leaf::kImageOut);
    broker_.client().add(commands_->inlet());
    broker_.client().add(pipe_->inlet());
    transfer_.emplace(*this, record_);
    return true;
  }

  /// One listener a folder: the counter of commands is in its memory, too.
  bool lock(std::string& problem) {
    const std::string path = config_.folder + "/listener.lock";
    lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock_ < 0) {
      problem = "can not make '" + path + "'; name the folder of a gateway that you may write";
      return false;
    }
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      problem = "another process listens for '" + config_.folder + "'; end that one first";
      return false;
    }
    return true;
  }

  void round() {
    const Instant now = clock_.now();
    broker_.step(now);
    if (commands_->inlet().refused() || pipe_->refused()) {
      broker_.drop("the broker does not let us hear commands and images; check its access rules",
                   now);
    }
    const bool asked = asks();
    if (asked && !take_store()) {
      return;  // it waits with the broker
    }
    serve(now);
    if (asked) {
      asked_ = now;
      broker_.step(now);  // what was answered goes out
    }
    if (is_due(now)) {
      leave_store();
    }
    if (!asks()) {
      broker_.wait();
    }
  }

  /// Whether the store is needed.
  [[nodiscard]] bool asks() {
    return commands_->inlet().waiting() || pipe_->inlet().waiting() ||
           transfer_->receiver.request().ask != link::ImageAsk::kNothing;
  }

  void serve(Instant now) {
    // One message, and what is done for it; an answer that can not go out now has time.
    constexpr int kSteps = 64;
    if (commands_->inlet().waiting()) {
      look_at_clock(now);
    }
    commands_->step(now);
    for (int i = 0; i < kSteps; ++i) {
      const link::ImageReceiver& receiver = transfer_->receiver;
      if (!pipe_->inlet().waiting() && receiver.output().empty() &&
          receiver.request().ask == link::ImageAsk::kNothing) {
        break;
      }
      (void)transfer_->images.step(*pipe_, now);
    }
  }

  /// Commands expire by the system's clock. Where it may be off by `error`, it showed `unix_ms` at
  /// some moment between `error` ago and `error` from now; so it shows `error` more between now and
  /// twice that from now.
  void look_at_clock(Instant now) {
    const std::optional<Duration> error =
        config_.clock_error ? config_.clock_error : kernel_clock_error();
    if (!error) {
      std::fprintf(stderr,
                   "update: nothing synchronises the clock of this machine, so commands may have "
                   "expired; set up NTP, or say how far off it can be\n");
      return;
    }
    const std::int64_t unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count();
    (void)wall_clock_.sight(now, now + *error + *error, unix_ms + error->us / 1000);
  }

  bool take_store() {
    if (!gateway_.is_open() && !gateway_.open()) {
      (void)fail(gateway_.problem());
      gateway_.close();
    }
    return gateway_.is_open();
  }

  /// The store is kept while images come, until somebody else wants it.
  [[nodiscard]] bool is_due(Instant now) {
    return gateway_.is_open() &&
           (!gateway_.installer().receiving() || gateway_.wanted() || now - asked_ >= kIdle);
  }

  void leave_store() {
    if (!gateway_.is_open()) {
      return;
    }
    if (gateway_.installer().receiving()) {
      transfer_.emplace(*this, record_);
    }
    gateway_.tell_returns();
    gateway_.seal();
    gateway_.close();
  }

  static InstallVerdict said(const InstallVerdict& verdict) {
    if (!verdict.ok()) {
      std::printf("refused: %s\n", update::reason_text(update::reason_of(verdict)));
    }
    (void)std::fflush(stdout);
    return verdict;
  }

  const ListenConfig& config_;
  Gateway gateway_;
  std::string source_;  // where images come from, as commands name it
  int lock_ = -1;
  ListenerKeys keys_{gateway_};
  device::CommandRecord record_;
  linux_port::MonotonicClock clock_;
  link::WallClock wall_clock_{link::WallClockConfig{}};
  Broker broker_;
  std::optional<device::CommandService> service_;
  std::optional<device::CommandLink> commands_;
  std::optional<link::MqttPipe> pipe_;
  std::optional<Transfer> transfer_;
  Instant asked_{};  // when the store was needed last
};

}  // namespace

int listen(const ListenConfig& config) {
  return Listener(config).run();
}

}  // namespace gateway
