// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"
#include "aiot/core/static_vector.hpp"

namespace aiot::dsp {

/// A second order section in terms of d = z - 1:
///   H(z) = (n0 d^2 + n1 d + n2 (d + 1)) / (d^2 + d1 d + d2)
/// The usual coefficients are differences of numbers near 2 when the poles are near z = 1, and
/// float does not hold what remains: at fs / 1000 an edge would be wrong by 1e-3. These are that
/// remainder itself: a relative error of 1e-7 in them is one of 1e-7 in the edge.
struct Section {
  float n0 = 1.0F;
  float n1 = 0.0F;  ///< 0 when both zeros are on the unit circle and form a pair
  float n2 = 0.0F;  ///< 0 when there is a zero at z = 1
  float d1 = 2.0F;
  float d2 = 1.0F;
};

/// The usual form of a section: H(z) = (b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2).
template <class Real>
struct Biquad {
  Real b0 = 1;
  Real b1 = 0;
  Real b2 = 0;
  Real a1 = 0;
  Real a2 = 0;
};

/// The same section in terms of z - 1. What has been lost in the coefficients of the argument stays
/// lost: give coefficients in double (a constant then costs nothing on the device) when an edge is
/// below a twentieth of the rate.
template <class Real>
[[nodiscard]] constexpr Section section(const Biquad<Real>& from) noexcept {
  return {static_cast<float>(from.b0),
          static_cast<float>(from.b0 - from.b2),
          static_cast<float>(from.b0 + from.b1 + from.b2),
          static_cast<float>(Real{2} + from.a1),
          static_cast<float>(Real{1} + from.a1 + from.a2)};
}

inline constexpr std::size_t kMaxSections = 8;
inline constexpr std::uint32_t kMaxOrder = 8;

/// Sections one behind the other.
using Sections = StaticVector<Section, kMaxSections>;

enum class FilterKind : std::uint8_t { kLowPass, kHighPass, kBandPass };

struct FilterSpec {
  FilterKind kind = FilterKind::kLowPass;
  /// Slope: order * 20 dB a decade, on each side of a band. The number of poles is `order`, of a
  /// band-pass twice that (as in scipy), the number of sections (order + 1) / 2, of a band-pass
  /// `order`.
  std::uint32_t order = 4;  ///< 1..kMaxOrder
  float lo_hz = 0.0F;       ///< -3 dB edge of a high- or band-pass
  float hi_hz = 0.0F;       ///< -3 dB edge of a low- or band-pass
};

/// Edges that float holds, as parts of the rate. The magnitude is that of the exact design to 1e-5
/// up to 0.45 of the rate and for bands wider than a quarter of their edge, to 3e-4 for all.
inline constexpr float kLowestEdge = 1e-5F;
inline constexpr float kHighestEdge = 0.49F;

/// Narrowest band as a part of its upper edge.
inline constexpr float kNarrowestBand = 0.01F;

/// A Butterworth filter by the bilinear transform with its edges prewarped, 1 in the middle of the
/// pass band. Source: Oppenheim and Schafer, Discrete-Time Signal Processing, 7.
/// Errors: `kInvalidArgument` order, kind, or a rate or edge that is not a positive number, edges
/// of a band that do not ascend; `kOutOfRange` an edge outside of kLowestEdge..kHighestEdge of the
/// rate, or a band below kNarrowestBand.
[[nodiscard]] Result<Sections> design_butterworth(const FilterSpec& spec, float rate_hz) noexcept;

/// Whether `sections` may be run: sections from outside go through here once.
/// Errors: `kInvalidArgument` a coefficient that is not finite; `kOutOfRange` a pole that is not
/// inside the unit circle.
[[nodiscard]] Status check(std::span<const Section> sections) noexcept;

/// Magnitude of the response at `hz`, 0 <= hz <= rate_hz / 2.
[[nodiscard]] float magnitude_at(std::span<const Section> sections,
                                 float hz,
                                 float rate_hz) noexcept;

/// Runs sections over a stream, block by block; the bits do not depend on how it is cut.
///
/// Direct form II in terms of z - 1: a state is the sum of what came before, not a difference of
/// large numbers, so the noise of rounding stays near 1e-7 / sqrt(edge / rate) of the signal,
/// constant offset included.
class SosFilter {
 public:
  /// `sections`, at most kMaxSections of them, pass `check`; anything else ends in AIOT_CHECK.
  explicit SosFilter(std::span<const Section> sections) noexcept;

  /// Filters `in` into `out` of the same size, which may be `in` itself but not a part shifted.
  void run(std::span<const float> in, std::span<float> out) noexcept;

  /// As if only zeros had come before.
  void reset() noexcept;

  /// As if `value` had come for ever: no transient of a constant offset.
  void settle(float value) noexcept;

 private:
  /// Which of the numerator's terms there are besides the first. Butterworth filters have at most
  /// one, and pay for no more.
  enum class Form : std::uint8_t { kNone, kFirst, kSecond, kGeneral };

  struct Stage {
    float n0 = 1.0F;  // gain of the input, except in kGeneral
    float n1 = 0.0F;
    float n2 = 0.0F;
    float d1 = 0.0F;
    float d2 = 0.0F;
    float sum = 0.0F;      // of what the section feeds back
    float sum_sum = 0.0F;  // of that again
    Form form = Form::kNone;
  };

  template <Form kForm>
  static void run_stage(Stage& stage, const float* in, float* out, std::size_t count) noexcept;
  static Stage make_stage(const Section& from) noexcept;

  StaticVector<Stage, kMaxSections> stages_;
};

}  // namespace aiot::dsp
