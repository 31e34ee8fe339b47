// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "aiot/core/ring.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/replay_sensor.hpp"
#include "ports/linux/stdin_sensor.hpp"
#include "tests/support/test.hpp"

namespace aiot::linux_port {
namespace {

using Codes = std::vector<std::int16_t>;

/// Takes what the ring holds; a gap of n samples shows as -1000 - n.
void drain(SampleRing& ring, Codes& out) {
  while (true) {
    if (const std::size_t lost = ring.take_gap(); lost > 0) {
      out.push_back(static_cast<std::int16_t>(-1000 - static_cast<int>(lost)));
    }
    const auto run = ring.peek(0);
    if (run.empty()) {
      return;
    }
    out.insert(out.end(), run.begin(), run.end());
    ring.consume(run.size());
  }
}

constexpr hal::SensorFormat kOneAxis{.rate_hz = 1000.0F, .scale = 1.0F, .axes = 1, .bits = 16};

TEST(ReplaySensor, PlaysSamplesAndGapsInOrderThroughASmallRing) {
  std::array<std::int16_t, 4> storage{};
  SampleRing ring(storage);
  const Codes samples{1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::array<ReplayGap, 2> gaps{{{.frame = 3, .lost = 7}, {.frame = 8, .lost = 2}}};
  ReplaySensor sensor(kOneAxis, samples, gaps, 2);
  ASSERT_TRUE(sensor.start(ring).ok());
  Codes out;
  Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) {
    status = sensor.service();
    drain(ring, out);
  }
  EXPECT_EQ(status.error(), Error::kEmpty);
  EXPECT_EQ(out, (Codes{1, 2, 3, -1007, 4, 5, 6, 7, 8, -1002, 9}));
}

TEST(ReplaySensor, DeliversAtMostAChunkAndWaitsForRoom) {
  std::array<std::int16_t, 16> storage{};
  SampleRing ring(storage);
  const Codes samples(40, 5);
  ReplaySensor sensor(kOneAxis, samples, {}, 6);
  ASSERT_TRUE(sensor.start(ring).ok());
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_EQ(ring.available(), 6U);
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_EQ(ring.available(), 16U);
  EXPECT_EQ(sensor.position(), 16U);
}

TEST(ReplaySensor, BeginsInTheMiddle) {
  std::array<std::int16_t, 16> storage{};
  SampleRing ring(storage);
  const Codes samples{1, 2, 3, 4, 5, 6};
  const hal::SensorFormat two{.rate_hz = 1.0F, .scale = 1.0F, .axes = 2, .bits = 16};
  const std::array<ReplayGap, 2> gaps{{{.frame = 1, .lost = 1}, {.frame = 2, .lost = 3}}};
  ReplaySensor sensor(two, samples, gaps, 10);
  EXPECT_EQ(sensor.start_at_frame(4).error(), Error::kOutOfRange);
  ASSERT_TRUE(sensor.start_at_frame(2).ok());
  ASSERT_TRUE(sensor.start(ring).ok());
  EXPECT_TRUE(sensor.service().ok());
  Codes out;
  drain(ring, out);
  EXPECT_EQ(out, (Codes{-1006, 5, 6}));
}

TEST(ReplaySensor, KeepsPace) {
  std::array<std::int16_t, 16> storage{};
  SampleRing ring(storage);
  const Codes samples(10, 1);
  ReplaySensor sensor(kOneAxis, samples, {}, 10);
  EXPECT_EQ(sensor.service().error(), Error::kWrongState);
  ASSERT_TRUE(sensor.start(ring).ok());
  sensor.allow_until(3);
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_EQ(sensor.position(), 3U);
  sensor.allow_until(100);
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_EQ(sensor.position(), 10U);
  EXPECT_EQ(sensor.service().error(), Error::kEmpty);
}

struct Pipe {
  Pipe() { (void)!::pipe2(ends.data(), O_NONBLOCK); }

  ~Pipe() {
    close_writer();
    (void)::close(ends[0]);
  }

  void send(const std::vector<unsigned char>& bytes) {
    (void)!::write(ends[1], bytes.data(), bytes.size());
  }

  void close_writer() {
    if (ends[1] >= 0) {
      (void)::close(ends[1]);
      ends[1] = -1;
    }
  }

  std::array<int, 2> ends{-1, -1};
};

TEST(StdinSensor, ReadsWhatHasArrivedAndNeverWaits) {
  std::array<std::int16_t, 8> storage{};
  SampleRing ring(storage);
  Pipe pipe;
  StdinSensor sensor(kOneAxis, pipe.ends[0]);
  EXPECT_EQ(sensor.service().error(), Error::kWrongState);
  ASSERT_TRUE(sensor.start(ring).ok());
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_EQ(ring.available(), 0U);
  pipe.send({1, 0, 0xFE});  // the second sample arrives in two parts
  EXPECT_TRUE(sensor.service().ok());
  pipe.send({0xFF, 3, 0});
  EXPECT_TRUE(sensor.service().ok());
  Codes out;
  drain(ring, out);
  EXPECT_EQ(out, (Codes{1, -2, 3}));
  pipe.close_writer();
  EXPECT_EQ(sensor.service().error(), Error::kEmpty);
  EXPECT_EQ(sensor.service().error(), Error::kEmpty);
}

TEST(StdinSensor, TakesNoMoreThanTheRingHolds) {
  std::array<std::int16_t, 2> storage{};
  SampleRing ring(storage);
  Pipe pipe;
  StdinSensor sensor(kOneAxis, pipe.ends[0]);
  ASSERT_TRUE(sensor.start(ring).ok());
  pipe.send({1, 0, 2, 0, 3, 0});
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_TRUE(sensor.service().ok());
  Codes out;
  drain(ring, out);
  EXPECT_EQ(out, (Codes{1, 2}));
  EXPECT_TRUE(sensor.service().ok());
  drain(ring, out);
  EXPECT_EQ(out, (Codes{1, 2, 3}));
}

TEST(StdinSensor, TellsAnEndWithinASample) {
  std::array<std::int16_t, 8> storage{};
  SampleRing ring(storage);
  Pipe pipe;
  StdinSensor sensor(kOneAxis, pipe.ends[0]);
  ASSERT_TRUE(sensor.start(ring).ok());
  pipe.send({1, 0, 2});
  pipe.close_writer();
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_EQ(sensor.service().error(), Error::kCorrupt);
  EXPECT_EQ(sensor.service().error(), Error::kEmpty);
}

TEST(MonotonicClock, StartsAtZeroAndNeverStepsBack) {
  const MonotonicClock clock;
  Instant last = clock.now();
  EXPECT_LT(last.us, 1'000'000);
  for (int i = 0; i < 1000; ++i) {
    const Instant now = clock.now();
    EXPECT_GE(now.us, last.us);
    last = now;
  }
}

}  // namespace
}  // namespace aiot::linux_port
