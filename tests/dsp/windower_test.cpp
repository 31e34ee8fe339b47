// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/windower.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "aiot/core/flags.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

/// A ring, a windower on it, and a producer that writes frame index and axis into every code, so
/// that each value of a window says where it comes from: code = 10 * (frame % 1000) + axis.
template <std::uint32_t kLength, std::uint32_t kHop, std::uint32_t kAxes, std::size_t kRing>
struct Bench {
  std::array<std::int16_t, kRing> ring_storage{};
  std::array<std::int16_t, kLength * kAxes> codes{};
  std::array<float, kLength * kAxes> unpacked{};
  SampleRing ring{ring_storage};
  Windower windower{{.length = kLength, .hop = kHop, .axes = kAxes, .scale = 0.5F, .rate_hz = 1e3F},
                    {codes, unpacked}};
  Window window;
  std::uint64_t sample = 0;

  static std::int16_t code(std::uint64_t frame, std::uint32_t axis) {
    return static_cast<std::int16_t>(10U * (frame % 1000U) + axis);
  }

  void lose(std::size_t samples) {
    ring.lost(samples);
    sample += samples;
  }

  /// Feeds up to `samples` in pieces of `piece`, and checks every window on the way.
  void feed(std::size_t samples, std::size_t piece) {
    while (samples > 0) {
      const std::span<std::int16_t> free = ring.claim();
      const std::size_t count = std::min({samples, piece, free.size()});
      for (std::size_t i = 0; i < count; ++i, ++sample) {
        free[i] = code(sample / kAxes, static_cast<std::uint32_t>(sample % kAxes));
      }
      ring.commit(count);
      samples -= count;
      while (windower.fill(ring, window)) {
        see();
      }
      ASSERT_GT(count, 0U);
    }
  }

  std::array<std::uint64_t, 64> starts{};
  std::array<std::uint32_t, 64> flags{};
  std::size_t seen = 0;

  void see() {
    ASSERT_LT(seen, starts.size());
    starts[seen] = window.first_sample;
    flags[seen++] = window.flags;
    ASSERT_EQ(window.axes, kAxes);
    ASSERT_EQ(window.length, kLength);
    for (std::uint32_t axis = 0; axis < kAxes; ++axis) {
      const std::span<const float> values = window.axis(axis);
      for (std::uint32_t i = 0; i < kLength; ++i) {
        const float expected = 0.5F * static_cast<float>(code(window.first_sample + i, axis));
        ASSERT_EQ(values[i], expected) << "axis " << axis << " frame " << i;
      }
    }
  }
};

void push(SampleRing& ring, int code) {
  const std::span<std::int16_t> free = ring.claim();
  ASSERT_FALSE(free.empty());
  free.front() = static_cast<std::int16_t>(code);
  ring.commit(1);
}

TEST(Windower, OverlapsByHopAndScales) {
  Bench<8, 4, 1, 16> bench;
  bench.feed(24, 5);
  ASSERT_EQ(bench.seen, 5U);
  for (std::size_t i = 0; i < bench.seen; ++i) {
    EXPECT_EQ(bench.starts[i], 4 * i);
    EXPECT_EQ(bench.flags[i], 0U);
  }
  EXPECT_EQ(bench.windower.position(), 24U);
}

TEST(Windower, SeparatesAxesWhateverThePieces) {
  for (std::size_t piece = 1; piece < 14; ++piece) {
    Bench<8, 8, 3, 32> bench;
    bench.feed(8 * 3 * 5, piece);
    EXPECT_EQ(bench.seen, 5U) << piece;
  }
}

TEST(Windower, SkipsBetweenWindowsWhenTheHopIsLonger) {
  Bench<8, 20, 2, 8> bench;
  bench.feed(2 * 60, 7);
  ASSERT_EQ(bench.seen, 3U);
  EXPECT_EQ(bench.starts[1], 20U);
  EXPECT_EQ(bench.starts[2], 40U);
}

TEST(Windower, BuildsNoWindowAcrossAGap) {
  Bench<8, 4, 1, 64> bench;
  bench.feed(14, 64);  // windows at 0 and 4; frames 8..13 wait
  bench.lose(3);       // 14, 15, 16
  bench.feed(23, 64);  // 17..39
  ASSERT_EQ(bench.seen, 6U);
  EXPECT_EQ(bench.starts[1], 4U);
  EXPECT_EQ(bench.starts[2], 20U);
  EXPECT_EQ(bench.flags[2], std::uint32_t{kFlagGapBefore});
  EXPECT_EQ(bench.starts[3], 24U);
  EXPECT_EQ(bench.flags[3], 0U);
}

TEST(Windower, MarksAGapThatFallsBetweenWindows) {
  Bench<4, 16, 1, 64> bench;
  bench.feed(6, 64);
  bench.lose(4);
  bench.feed(20, 64);
  ASSERT_EQ(bench.seen, 2U);
  EXPECT_EQ(bench.starts[1], 16U);
  EXPECT_EQ(bench.flags[1], std::uint32_t{kFlagGapBefore});
}

TEST(Windower, StaysInStepWhenPartsOfFramesAreLost) {
  Bench<4, 4, 3, 64> bench;
  bench.feed(13, 64);  // window 0, then one sample of frame 4
  bench.lose(1);       // the second sample of frame 4
  bench.feed(60, 64);
  ASSERT_GE(bench.seen, 2U);
  EXPECT_EQ(bench.starts[1], 8U);
  EXPECT_EQ(bench.flags[1], std::uint32_t{kFlagGapBefore});
}

TEST(Windower, CountsFramesThatHaveArrivedAndWaitInTheRing) {
  Bench<4, 8, 3, 64> bench;
  EXPECT_EQ(bench.windower.arrived(bench.ring), 0U);
  bench.feed(3 * 5 + 1, 64);
  EXPECT_EQ(bench.windower.arrived(bench.ring), 5U);
  EXPECT_EQ(bench.windower.next_start(), 8U);
  push(bench.ring, 0);
  push(bench.ring, 0);
  EXPECT_EQ(bench.windower.position(), 5U);
  EXPECT_EQ(bench.windower.arrived(bench.ring), 6U);
  bench.lose(3 * 100);
  EXPECT_EQ(bench.windower.arrived(bench.ring), 106U);
  push(bench.ring, 0);
  EXPECT_EQ(bench.windower.arrived(bench.ring), 106U) << "a frame is there when all of it is";
}

TEST(Windower, ResumesAtTheNextMultipleOfTheHop) {
  Bench<8, 4, 1, 64> bench;
  bench.windower.start_at(17);
  bench.feed(40, 64);
  ASSERT_GE(bench.seen, 2U);
  EXPECT_EQ(bench.starts[0], 20U);
  EXPECT_EQ(bench.starts[1], 24U);
  EXPECT_EQ(bench.flags[0], 0U);
}

TEST(Windower, DoesNotReportALossFromBeforeARestart) {
  Bench<8, 4, 1, 64> bench;
  bench.windower.start_at(17);
  bench.feed(5, 64);
  bench.lose(12);  // up to and with frame 16
  bench.feed(11, 64);
  ASSERT_EQ(bench.seen, 1U);
  EXPECT_EQ(bench.starts[0], 20U);
  EXPECT_EQ(bench.flags[0], 0U);
}

TEST(Windower, ReportsALossThatReachesBehindARestart) {
  Bench<8, 4, 1, 64> bench;
  bench.windower.start_at(17);
  bench.feed(5, 64);
  bench.lose(13);
  bench.feed(10, 64);
  ASSERT_EQ(bench.seen, 1U);
  EXPECT_EQ(bench.starts[0], 20U);
  EXPECT_EQ(bench.flags[0], std::uint32_t{kFlagGapBefore});
}

TEST(Windower, CountsFromTheOriginOfASourceThatBeginsInTheMiddle) {
  Bench<8, 4, 1, 64> bench;
  bench.sample = 1003;
  bench.windower.set_origin(1003);
  bench.feed(40, 64);
  ASSERT_GE(bench.seen, 1U);
  EXPECT_EQ(bench.starts[0], 1004U);
  EXPECT_EQ(bench.flags[0], 0U);
}

TEST(Windower, ReportsSaturationInTheWindowsThatHoldIt) {
  std::array<std::int16_t, 64> ring_storage{};
  std::array<std::int16_t, 8> codes{};
  std::array<float, 8> samples{};
  SampleRing ring{ring_storage};
  Windower windower{{.length = 8, .hop = 4, .axes = 1, .scale = 1.0F, .rate_hz = 1.0F, .bits = 12},
                    {codes, samples}};
  for (int i = 0; i < 32; ++i) {
    push(ring, i == 10 ? 2047 : (i == 22 ? -2048 : i % 3));
  }
  // Windows start at 0, 4 ..; frame 10 is in those at 4 and 8, frame 22 in those at 16 and 20.
  constexpr std::array<bool, 7> kSaturated = {false, true, true, false, true, true, false};
  Window window;
  for (const bool expected : kSaturated) {
    ASSERT_TRUE(windower.fill(ring, window));
    EXPECT_EQ((window.flags & kFlagSaturated) != 0, expected) << window.first_sample;
  }
  EXPECT_FALSE(windower.fill(ring, window));
}

TEST(Windower, RestoresAWindowThatWasWorkedOnInPlace) {
  std::array<std::int16_t, 64> ring_storage{};
  std::array<std::int16_t, 8> codes{};
  std::array<float, 8> samples{};
  SampleRing ring{ring_storage};
  Windower windower{{.length = 8, .hop = 4, .axes = 1, .scale = 0.5F, .rate_hz = 1.0F},
                    {codes, samples}};
  for (int i = 0; i < 12; ++i) {
    push(ring, i);
  }
  Window window;
  for (int begin = 0; begin <= 4; begin += 4) {
    ASSERT_TRUE(windower.fill(ring, window));
    samples.fill(99.0F);
    windower.restore();
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(window.samples[static_cast<std::size_t>(i)], 0.5F * static_cast<float>(begin + i));
    }
  }
}

TEST(Windower, AnotherOneWithTheSameWindowsFinishesTheWindowThatWasBegun) {
  Bench<8, 4, 2, 64> bench;
  bench.feed(2 * 13 + 1, 5);  // in the middle of a frame, and of a window
  const Windower before = bench.windower;
  bench.windower = Windower{{.length = 8, .hop = 4, .axes = 2, .scale = 0.5F, .rate_hz = 1e3F},
                            {bench.codes, bench.unpacked}};
  bench.windower.go_on(before);
  bench.feed(2 * 7 + 1, 5);
  ASSERT_EQ(bench.seen, 4U);
  for (std::size_t i = 0; i < bench.seen; ++i) {
    EXPECT_EQ(bench.starts[i], 4U * i);
    EXPECT_EQ(bench.flags[i] & kFlagGapBefore, 0U);
  }
}

TEST(Windower, AnotherOneWithOtherWindowsBeginsBehindWhatWasRead) {
  std::array<std::int16_t, 64> ring_storage{};
  std::array<std::int16_t, 8> codes{};
  std::array<float, 8> samples{};
  SampleRing ring{ring_storage};
  const auto windower = [&](std::uint32_t length) {
    return Windower{{.length = length, .hop = length, .axes = 1, .scale = 1.0F, .rate_hz = 1.0F},
                    {std::span{codes}.first(length), std::span{samples}.first(length)}};
  };
  for (int i = 0; i < 14; ++i) {
    push(ring, i);
  }
  Windower before = windower(8);
  Window window;
  ASSERT_TRUE(before.fill(ring, window));
  ASSERT_FALSE(before.fill(ring, window));  // 14 were read
  ring.lost(1);
  Windower next = windower(4);
  next.go_on(before);
  EXPECT_EQ(next.position(), 14U);
  for (int i = 15; i < 20; ++i) {
    push(ring, i);
  }
  ASSERT_TRUE(next.fill(ring, window));
  EXPECT_EQ(window.first_sample, 16U);
  EXPECT_EQ(window.samples[0], 16.0F);
  EXPECT_EQ(window.flags & kFlagGapBefore, std::uint32_t{kFlagGapBefore});
}

TEST(Windower, ReportsAFlatLineOfAnyAxis) {
  std::array<std::int16_t, 64> ring_storage{};
  std::array<std::int16_t, 16> codes{};
  std::array<float, 16> samples{};
  SampleRing ring{ring_storage};
  Windower windower{{.length = 8, .hop = 8, .axes = 2, .scale = 1.0F, .rate_hz = 1.0F},
                    {codes, samples}};
  for (int i = 0; i < 32; ++i) {
    const bool second_axis = i % 2 == 1;
    push(ring, second_axis && i < 16 ? 7 : i);
  }
  Window window;
  ASSERT_TRUE(windower.fill(ring, window));
  EXPECT_EQ(window.flags, std::uint32_t{kFlagFlatLine});
  ASSERT_TRUE(windower.fill(ring, window));
  EXPECT_EQ(window.flags, 0U);
}

}  // namespace
}  // namespace aiot::dsp
