// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The devices of the Linux port against the contracts.

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "ports/linux/clock.hpp"
#include "ports/linux/descriptor_transport.hpp"
#include "ports/linux/file_sink.hpp"
#include "ports/linux/replay_sensor.hpp"
#include "ports/linux/stdin_sensor.hpp"
#include "tests/contract/clock_contract.hpp"
#include "tests/contract/sensor_contract.hpp"
#include "tests/contract/sink_contract.hpp"
#include "tests/contract/transport_contract.hpp"
#include "tests/support/test.hpp"

namespace aiot::linux_port {
namespace {

constexpr hal::SensorFormat kFormat{.rate_hz = 12'800.0F, .scale = 0.01F, .axes = 2, .bits = 16};

std::vector<std::int16_t> counting_samples(std::size_t count) {
  std::vector<std::int16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::int16_t>(i);
  }
  return samples;
}

/// A temporary file that is gone at the end of its test.
class TemporaryFile {
 public:
  TemporaryFile() {
    std::string path = std::filesystem::temp_directory_path() / "aiot_contract_XXXXXX";
    const int descriptor = mkstemp(path.data());
    EXPECT_GE(descriptor, 0);
    close(descriptor);
    path_ = path;
  }

  ~TemporaryFile() { std::filesystem::remove(path_); }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST(MonotonicClock, KeepsTheContract) {
  MonotonicClock clock;
  contract::clock_never_steps_back(clock, 100'000);
  // Another process may have the processor for a while.
  contract::clock_measures(clock, Duration::from_ms(20), Duration::from_s(10), [](Duration time) {
    std::this_thread::sleep_for(std::chrono::microseconds(time.us));
  });
}

TEST(DescriptorTransport, KeepsTheContract) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  DescriptorTransport a(ends[0]);
  DescriptorTransport b(ends[1]);
  contract::transport_is_quiet(a, b);
  const auto idle = [](int quiet) { return quiet < 100'000; };
  contract::transport_carries_bytes_in_order(a, b, 100'000, idle);
  contract::transport_carries_bytes_in_order(b, a, 100'000, idle);
  contract::transport_reports_a_lost_link(a, [&] { close(ends[1]); });
  close(ends[0]);
}

TEST(ReplaySensor, KeepsTheContract) {
  const std::vector<std::int16_t> samples = counting_samples(2002);
  constexpr std::array<ReplayGap, 2> kGaps = {{{350, 3}, {700, 5}}};
  const auto with_source = [&](auto use) {
    ReplaySensor sensor(kFormat, samples, kGaps, 64);
    use(sensor);
  };
  contract::sensor_format_is_sane(with_source);
  contract::sensor_waits_for_start(with_source);
  contract::sensor_never_overruns(with_source);
  contract::sensor_end_is_final(with_source);
  const contract::SampleLog log = contract::sensor_waits_for_room(with_source, UINT64_MAX);
  EXPECT_EQ(log.samples, samples.size());
  EXPECT_EQ(log.lost, 16U);
}

TEST(StdinSensor, KeepsTheContract) {
  const std::vector<std::int16_t> samples = counting_samples(2002);
  const TemporaryFile temporary;
  std::FILE* const out = std::fopen(temporary.path().c_str(), "wb");
  ASSERT_NE(out, nullptr);
  ASSERT_EQ(std::fwrite(samples.data(), 2, samples.size(), out), samples.size());
  ASSERT_EQ(std::fclose(out), 0);
  const auto with_source = [&](auto use) {
    std::FILE* const in = std::fopen(temporary.path().c_str(), "rb");
    ASSERT_NE(in, nullptr);
    StdinSensor sensor(kFormat, fileno(in));
    use(sensor);
    (void)std::fclose(in);
  };
  contract::sensor_format_is_sane(with_source);
  contract::sensor_waits_for_start(with_source);
  contract::sensor_never_overruns(with_source);
  contract::sensor_end_is_final(with_source);
  const contract::SampleLog log = contract::sensor_waits_for_room(with_source, UINT64_MAX);
  EXPECT_EQ(log.samples, samples.size());
}

TEST(FileSink, KeepsTheContract) {
  const TemporaryFile temporary;
  FileSink sink;
  const auto whole = [](Bytes bytes) -> Result<std::size_t> { return bytes.size(); };
  ASSERT_TRUE(sink.open(temporary.path().c_str(), whole).ok());
  contract::sink_acknowledges_each_batch_once(sink);
  EXPECT_EQ(std::filesystem::file_size(temporary.path()), 15U);
}

}  // namespace aiot::linux_port
