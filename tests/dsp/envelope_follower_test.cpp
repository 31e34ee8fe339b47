// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/envelope_follower.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr float kRate = 12000.0F;
constexpr std::size_t kLength = 4800;

constexpr EnvelopeFollowerSpec kSpec = {.lo_hz = 2000.0F, .hi_hz = 4000.0F, .envelope_hz = 300.0F};

float tone(float hz, std::size_t i) {
  const auto step = static_cast<std::uint32_t>(hz / kRate * 4294967296.0F);
  return sin_turn(step * static_cast<std::uint32_t>(i));
}

/// A carrier of 2.6 kHz, amplitude 2, modulated by half at 60 Hz, and loud tones out of the band.
std::array<float, kLength> signal() {
  std::array<float, kLength> samples{};
  for (std::size_t i = 0; i < kLength; ++i) {
    samples[i] = 2.0F * (1.0F + 0.5F * tone(60.0F, i)) * tone(2600.0F, i) + 5.0F * tone(100.0F, i);
  }
  return samples;
}

TEST(EnvelopeFollower, DecimatesToFourTimesTheEnvelope) {
  const auto plan = plan_envelope_follower(kSpec, kRate);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ((*plan).factor, 10U);
  EXPECT_EQ((*plan).band.size(), 2U);
  EXPECT_EQ((*plan).low.size(), 2U);
}

TEST(EnvelopeFollower, FollowsTheAmplitude) {
  const auto samples = signal();
  std::array<float, kLength> work{};
  std::array<float, kLength / 10> out{};
  for (const EnvelopeKind kind : {EnvelopeKind::kMagnitude, EnvelopeKind::kSquared}) {
    EnvelopeFollowerSpec spec = kSpec;
    spec.kind = kind;
    EnvelopeFollower follower(*plan_envelope_follower(spec, kRate));
    ASSERT_EQ(follower.run(samples, work, out), out.size());
    // Two periods of the modulation when the filters have settled: 20 values each.
    const std::span<const float> settled = std::span{out}.subspan(100, 40);
    float largest = *std::max_element(settled.begin(), settled.end());
    float smallest = *std::min_element(settled.begin(), settled.end());
    if (kind == EnvelopeKind::kSquared) {
      largest = sqrt(largest);
      smallest = sqrt(smallest);
    }
    EXPECT_NEAR(largest, 3.0F, 0.1F);
    EXPECT_NEAR(smallest, 1.0F, 0.1F);
  }
}

TEST(EnvelopeFollower, HasTheSameBitsHoweverTheStreamIsCut) {
  const auto samples = signal();
  std::array<float, kLength> work{};
  std::array<float, kLength / 10> whole{};
  EnvelopeFollower follower(*plan_envelope_follower(kSpec, kRate));
  ASSERT_EQ(follower.run(samples, work, whole), whole.size());
  follower.reset();
  std::array<float, kLength / 10> pieces{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < kLength; at += 37) {
    const std::size_t size = std::min<std::size_t>(37, kLength - at);
    const std::size_t expected = follower.outputs(size);
    const std::size_t made = follower.run(std::span{samples}.subspan(at, size),
                                          std::span{work}.first(size),
                                          std::span{pieces}.subspan(count));
    EXPECT_EQ(made, expected);
    count += made;
  }
  ASSERT_EQ(count, whole.size());
  EXPECT_TRUE(whole == pieces);
}

TEST(EnvelopeFollower, WorksInPlace) {
  const auto samples = signal();
  std::array<float, kLength> work{};
  std::array<float, kLength / 10> out{};
  EnvelopeFollower follower(*plan_envelope_follower(kSpec, kRate));
  (void)follower.run(samples, work, out);
  follower.reset();
  work = samples;
  ASSERT_EQ(follower.run(work, work, work), out.size());
  EXPECT_TRUE(std::equal(out.begin(), out.end(), work.begin()));
}

TEST(EnvelopeFollower, RefusesWhatCanNotWork) {
  const auto error = [](auto change) {
    EnvelopeFollowerSpec spec = kSpec;
    change(spec);
    return plan_envelope_follower(spec, kRate).error();
  };
  EXPECT_EQ(error([](EnvelopeFollowerSpec&) {}), Error::kNone);
  EXPECT_EQ(error([](EnvelopeFollowerSpec& s) { s.hi_hz = 1000.0F; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](EnvelopeFollowerSpec& s) { s.band_order = 9; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](EnvelopeFollowerSpec& s) { s.envelope_hz = 0.0F; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](EnvelopeFollowerSpec& s) { s.envelope_hz = 2500.0F; }), Error::kOutOfRange);
  EXPECT_EQ(error([](EnvelopeFollowerSpec& s) { s.hi_hz = 5990.0F; }), Error::kOutOfRange);
}

}  // namespace
}  // namespace aiot::dsp
