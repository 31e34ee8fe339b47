// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A device for proofs: fills a store with records whose bytes follow from stream and sequence, and
// delivers them over a broker until all of them are acknowledged. It can be killed at any moment
// and started again.
//
//   forward_device --store DIR --log FILE --records N --device ID --device-key FILE --broker URL
//   ...
//
// The log says what was offered to the store ("o STREAM FIRST LAST", before) and what it accepted
// ("a STREAM FIRST LAST", after the sync returned); each line in one write.

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "aiot/link/uplink.hpp"
#include "aiot/record/record.hpp"
#include "aiot/store/queue.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/store_dir.hpp"
#include "ports/sim/random.hpp"
#include "tools/aiot/broker_sink.hpp"

namespace aiot {
namespace {

constexpr std::uint32_t kSectors = 200;
constexpr std::uint64_t kBacklog = 1000;  // records that wait at most, so that both ends keep pace
constexpr std::uint32_t kMaxGroup = 24;   // records of a group commit
constexpr Duration kAckTimeout = Duration::from_s(2);

struct Options {
  std::string store;
  std::string log;
  std::uint64_t records = 0;
  std::string device;
  std::string device_key;
  cli::BrokerOptions broker;
};

/// The record; tests/forward/kill_test.py makes the same bytes.
Result<Bytes> record_of(Stream stream, std::uint64_t sequence, MutableBytes out) {
  record::DecisionRecord record;
  record.stream = stream;
  record.sequence = sequence;
  record.sample = sequence * 1024 + static_cast<std::uint64_t>(stream);
  record.label = static_cast<std::uint8_t>(sequence % 5);
  record.confidence = static_cast<std::uint8_t>((sequence * 7) % 256);
  record.flags = static_cast<std::uint32_t>(sequence % 3);
  store_le64(reinterpret_cast<std::byte*>(record.context.data()),
             sequence * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(stream));
  return record::encode(record, out);
}

class Device {
 public:
  explicit Device(const Options& options) : options_(options) {}

  int run() {
    if (!open()) {
      return 1;
    }
    while (accepted() < options_.records || !uplink_.drained()) {
      if (!fill()) {
        std::fprintf(stderr, "forward_device: the store does not take a record\n");
        return 1;
      }
      sink_.step(clock_.now());
      if (const Status done = uplink_.step(clock_.now()); !done.ok()) {
        std::fprintf(stderr, "forward_device: %s\n", to_string(done.error()));
        return 1;
      }
      sink_.wait(Duration::from_ms(1));
    }
    sink_.close(clock_.now());
    return 0;
  }

 private:
  bool open() {
    const auto layout = linux_port::default_store_layout(kSectors);
    if (!directory_.open_or_create(options_.store, layout).ok()) {
      std::fprintf(stderr, "forward_device: %s\n", directory_.message().c_str());
      return false;
    }
    std::array<store::StreamConfig, kStreams> streams{};
    for (std::size_t i = 0; i < kStreams; ++i) {
      streams[i] = {
          .region = layout.map.queue[i], .on_full = store::OnFull::kRefuseNewest, .retention = {}};
    }
    log_ = ::open(options_.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log_ < 0 || !queue_.mount(directory_.flash(), streams).ok()) {
      std::fprintf(stderr, "forward_device: no log, or no queue\n");
      return false;
    }
    if (const auto problem =
            sink_.open(options_.broker, options_.device, options_.device_key, {})) {
      std::fprintf(stderr, "forward_device: %s\n", problem->c_str());
      return false;
    }
    return true;
  }

  [[nodiscard]] std::uint64_t accepted() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kStreams; ++i) {
      sum += queue_.next_sequence(static_cast<Stream>(i));
    }
    return sum;
  }

  [[nodiscard]] std::uint64_t waiting() const {
    std::uint64_t sum = accepted();
    for (std::size_t i = 0; i < kStreams; ++i) {
      sum -= queue_.first_unacknowledged(static_cast<Stream>(i));
    }
    return sum;
  }

  bool say(char what, Stream stream, std::uint64_t first, std::uint64_t last) const {
    const std::string line = std::string(1, what) + " " +
                             std::to_string(static_cast<unsigned>(stream)) + " " +
                             std::to_string(first) + " " + std::to_string(last) + "\n";
    return ::write(log_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  }

  /// Groups of records until the backlog is full, so that there is always much on its way.
  bool fill() {
    bool good = true;
    for (std::uint32_t group = next_group(); good && group > 0; group = next_group()) {
      // Most are routine.
      const std::uint32_t dice = random_.below(10);
      const Stream stream = dice < 2   ? Stream::kUrgent
                            : dice < 9 ? Stream::kRoutine
                                       : Stream::kBulk;
      good = push(stream, group);
    }
    return good;
  }

  /// Records of the next group; 0: none now.
  std::uint32_t next_group() {
    const std::uint64_t left = options_.records - std::min(options_.records, accepted());
    const auto group =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(left, 1 + random_.below(kMaxGroup)));
    return waiting() + group > kBacklog ? 0 : group;
  }

  bool push(Stream stream, std::uint32_t group) {
    const std::uint64_t first = queue_.next_sequence(stream);
    if (!say('o', stream, first, first + group - 1)) {
      return false;
    }
    for (std::uint64_t sequence = first; sequence < first + group; ++sequence) {
      std::array<std::byte, 128> memory{};
      const auto bytes = record_of(stream, sequence, memory);
      if (!bytes.ok() || !queue_.append(stream, *bytes).ok()) {
        return false;
      }
    }
    return queue_.sync().ok() && say('a', stream, first, first + group - 1);
  }

  const Options& options_;
  linux_port::MonotonicClock clock_;
  linux_port::StoreDir directory_;
  store::Queue queue_;
  cli::BrokerSink sink_{
      [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }};
  std::vector<std::byte> batch_ = std::vector<std::byte>(32768);
  link::Uplink uplink_{queue_,
                       sink_,
                       batch_,
                       {.ack_timeout = kAckTimeout,
                        .backoff_min = Duration::from_ms(100),
                        .backoff_max = Duration::from_s(1),
                        .jitter_seed = static_cast<std::uint64_t>(::getpid())}};
  sim::Random random_{static_cast<std::uint64_t>(::getpid())};
  int log_ = -1;
};

}  // namespace
}  // namespace aiot

int main(int argc, char** argv) {
  CLI::App app("A device for proofs", "forward_device");
  aiot::Options options;
  app.add_option("--store", options.store)->required();
  app.add_option("--log", options.log)->required();
  app.add_option("--records", options.records)->required();
  app.add_option("--device", options.device)->required();
  app.add_option("--device-key", options.device_key)->required();
  aiot::cli::add_broker_options(app, options.broker);
  CLI11_PARSE(app, argc, argv);
  return aiot::Device(options).run();
}
