// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/resample.hpp"

#include <algorithm>
#include <cmath>

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

constexpr std::uint32_t kMostFactor = 64;
constexpr std::uint32_t kTapsPerFactor = 64;
// Kaiser's beta for 90 dB. With 64 taps a factor the transition is 0.18 of the new Nyquist band.
constexpr double kBeta = 8.96;
// Middle of the transition, as a part of the new Nyquist frequency.
constexpr double kCutoff = 0.9;
constexpr double kPi = 3.14159265358979323846;
constexpr double kLargestScaled = 32766.0;

/// Modified Bessel function of order 0, by its series; the terms fall below 1e-20 within 60.
double bessel_i0(double x) noexcept {
  const double quarter = x * x / 4.0;
  double term = 1.0;
  double sum = 1.0;
  for (int k = 1; k < 60; ++k) {
    term *= quarter / (static_cast<double>(k) * static_cast<double>(k));
    sum += term;
  }
  return sum;
}

/// sin(pi * x) of our own, because that of libm differs between machines.
double sin_pi(double x) noexcept {
  const double turns = x / 2.0;
  const double fraction = turns - std::floor(turns);
  const auto turn = static_cast<std::uint32_t>(std::nearbyint(fraction * 4294967295.0));
  return static_cast<double>(math::sin_turn(turn));
}

/// One half of the symmetric low-pass: taps[0] is the middle one. Gain 1 at frequency 0.
std::vector<double> low_pass(std::uint32_t factor) {
  const std::uint32_t reach = kTapsPerFactor / 2 * factor;
  std::vector<double> taps(reach + 1);
  const double cutoff = kCutoff / static_cast<double>(factor);
  double sum = 0.0;
  for (std::uint32_t i = 0; i <= reach; ++i) {
    const double at = static_cast<double>(i);
    const double edge = at / static_cast<double>(reach);
    const double window = bessel_i0(kBeta * std::sqrt(1.0 - edge * edge)) / bessel_i0(kBeta);
    const double ideal = i == 0 ? cutoff : sin_pi(cutoff * at) / (kPi * at);
    taps[i] = ideal * window;
    sum += i == 0 ? taps[i] : 2.0 * taps[i];
  }
  for (double& tap : taps) {
    tap /= sum;
  }
  return taps;
}

/// A run of frames without a gap.
struct Piece {
  std::span<const std::int16_t> samples;
  std::uint32_t axes = 1;

  [[nodiscard]] std::int64_t frames() const noexcept {
    return static_cast<std::int64_t>(samples.size() / axes);
  }

  /// A sample of any frame; frames outside are mirrored at the ends.
  [[nodiscard]] double at(std::int64_t frame, std::uint32_t axis) const noexcept {
    const std::int64_t last = frames() - 1;
    while (frame < 0 || frame > last) {
      frame = last == 0 ? 0 : (frame < 0 ? -frame : 2 * last - frame);
    }
    return samples[static_cast<std::size_t>(frame) * axes + axis];
  }
};

double filtered(const Piece& piece,
                std::int64_t frame,
                std::uint32_t axis,
                const std::vector<double>& taps) noexcept {
  double sum = taps[0] * piece.at(frame, axis);
  for (std::size_t i = 1; i < taps.size(); ++i) {
    const auto offset = static_cast<std::int64_t>(i);
    sum += taps[i] * (piece.at(frame - offset, axis) + piece.at(frame + offset, axis));
  }
  return sum;
}

/// Power of two by which counts can be finer without passing the range.
double finer(const std::vector<double>& values) noexcept {
  double peak = 0.0;
  for (const double value : values) {
    peak = std::max(peak, std::fabs(value));
  }
  double gain = 1.0;
  while (gain < 4096.0 && peak > 0.0 && peak * gain * 2.0 <= kLargestScaled) {
    gain *= 2.0;
  }
  return gain;
}

}  // namespace

std::uint32_t decimation_factor(double rate_hz, double min_hz, double max_hz) noexcept {
  // A rate from a time column or a float is not exact.
  constexpr double kTolerance = 1e-4;
  for (std::uint32_t factor = 1; factor <= kMostFactor; ++factor) {
    const double reduced = rate_hz / static_cast<double>(factor);
    if (reduced <= max_hz * (1.0 + kTolerance)) {
      return reduced >= min_hz * (1.0 - kTolerance) ? factor : 0;
    }
  }
  return 0;
}

Recording decimate(const Recording& recording, std::uint32_t factor) {
  AIOT_CHECK(factor >= 2 && factor <= kMostFactor && recording.axes > 0);
  const std::vector<double> taps = low_pass(factor);
  Recording out = recording;
  out.samples.clear();
  out.gaps.clear();
  out.rate_hz = recording.rate_hz / static_cast<double>(factor);
  std::vector<double> values;
  std::uint64_t begin = 0;   // frame in `recording` at which the piece begins
  std::uint64_t stream = 0;  // the same, lost frames counted
  std::uint64_t made = 0;    // frames of the result so far, lost ones counted
  for (std::size_t next = 0; next <= recording.gaps.size(); ++next) {
    const bool last = next == recording.gaps.size();
    const std::uint64_t end = last ? recording.frames() : recording.gaps[next].frame;
    const Piece piece{std::span(recording.samples)
                          .subspan(begin * recording.axes, (end - begin) * recording.axes),
                      recording.axes};
    const std::uint64_t first = (stream + factor - 1) / factor;  // first kept frame of the piece
    const std::uint64_t kept_end = (stream + (end - begin) + factor - 1) / factor;
    if (first < kept_end && first > made) {
      out.gaps.push_back({.frame = values.size() / recording.axes, .lost = first - made});
    }
    for (std::uint64_t kept = first; kept < kept_end; ++kept) {
      for (std::uint32_t axis = 0; axis < recording.axes; ++axis) {
        const auto frame = static_cast<std::int64_t>(kept * factor - stream);
        values.push_back(filtered(piece, frame, axis, taps));
      }
    }
    made = first < kept_end ? kept_end : made;
    stream += (end - begin) + (last ? 0 : recording.gaps[next].lost);
    begin = end;
  }
  const double gain = finer(values);
  out.scale = recording.scale / gain;
  out.samples.reserve(values.size());
  for (const double value : values) {
    out.samples.push_back(
        static_cast<std::int16_t>(std::clamp(std::nearbyint(value * gain), -32768.0, 32767.0)));
  }
  out.notes.push_back("rate " + shown(recording.rate_hz) + " Hz reduced to " + shown(out.rate_hz) +
                      " Hz: one frame in " + std::to_string(factor) + " behind a low-pass");
  return out;
}

}  // namespace aiot::toolkit
