// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <bit>

#include "aiot/core/check.hpp"
#include "aiot/dsp/filter.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr bool is_finite(float x) noexcept {
  return (std::bit_cast<std::uint32_t>(x) & 0x7F800000U) != 0x7F800000U;
}

constexpr bool is_positive(float x) noexcept {
  return x > 0.0F && is_finite(x);
}

// Analog filters here have frequencies in units of 2 / T, so that the bilinear transform is
// s = (z - 1) / (z + 1) = d / (d + 2) and an edge is tan(pi f / fs).

struct Edge {
  float sine;
  float cosine;

  [[nodiscard]] float tangent() const noexcept { return sine / cosine; }
};

Edge warped(float hz, float rate_hz) noexcept {
  const float angle = kPi * (hz / rate_hz);
  return {sin(angle), cos(angle)};
}

/// s^2 + first s + constant, the denominator of an analog section.
struct Quadratic {
  float first;
  float constant;

  /// What 1 / (...) becomes: the factor that the denominator is divided by.
  [[nodiscard]] float gain() const noexcept { return 1.0F / (1.0F + first + constant); }
};

/// Transforms numerator s^`zeros` (0, 1 or 2) * scale over `poles`. With s = d / (d + 2) the
/// numerator is (d + 2)^2, d (d + 2) or d^2: all terms are exact multiples of the first.
Section bilinear(const Quadratic& poles, std::uint32_t zeros, float scale) noexcept {
  const float gain = poles.gain();
  Section section;
  section.n0 = scale * gain;
  section.n1 = zeros == 1 ? 2.0F * section.n0 : 0.0F;
  section.n2 = zeros == 0 ? 4.0F * section.n0 : 0.0F;
  section.d1 = (2.0F * poles.first + 4.0F * poles.constant) * gain;
  section.d2 = 4.0F * poles.constant * gain;
  return section;
}

/// First order, 1 or s (`zeros` 0 or 1) * scale over s + edge. Its second pole and zero are at z =
/// 0 and cancel.
Section bilinear_first(float edge, std::uint32_t zeros, float scale) noexcept {
  const float gain = 1.0F / (1.0F + edge);
  Section section;
  section.n0 = scale * gain;
  section.n1 = section.n0;
  section.n2 = zeros == 0 ? 2.0F * section.n0 : 0.0F;
  section.d2 = 2.0F * edge * gain;
  section.d1 = 1.0F + section.d2;
  return section;
}

/// A pole of the Butterworth low-pass of edge 1 in the upper left quarter: -sine + i cosine.
struct Pole {
  float sine;
  float cosine;
};

Pole prototype(std::uint32_t index, std::uint32_t order) noexcept {
  const float angle = kPi * static_cast<float>(2 * index + 1) / static_cast<float>(2 * order);
  return {sin(angle), cos(angle)};
}

void push(Sections& sections, const Section& section) noexcept {
  AIOT_CHECK(sections.push_back(section));
}

void one_edge(std::uint32_t order, bool low, float edge, Sections& out) noexcept {
  for (std::uint32_t i = 0; i < order / 2; ++i) {
    const Quadratic poles{2.0F * prototype(i, order).sine * edge, edge * edge};
    push(out, bilinear(poles, low ? 0 : 2, low ? edge * edge : 1.0F));
  }
  if (order % 2 != 0) {
    push(out, bilinear_first(edge, low ? 0 : 1, low ? edge : 1.0F));
  }
}

/// The low-pass becomes a band-pass by s -> (s^2 + centre^2) / (width s): each pole p becomes the
/// two roots of s^2 - p width s + centre^2. With the conjugates of both these are two sections.
void band(std::uint32_t order, float centre_squared, float width, Sections& out) noexcept {
  for (std::uint32_t i = 0; i < order / 2; ++i) {
    const Pole p = prototype(i, order);
    const float re = -p.sine * width;
    const float im = p.cosine * width;
    // r = sqrt(discriminant); its imaginary part is positive, and its real part has the sign of
    // that of p: they add up without cancelling.
    const float square_re = (im - re) * (-im - re) - 4.0F * centre_squared;
    const float square_im = 2.0F * re * im;
    const float size = sqrt(square_re * square_re + square_im * square_im);
    float root_re = 0.0F;
    float root_im = 0.0F;
    if (square_re < 0.0F) {
      root_im = sqrt(0.5F * (size - square_re));
      root_re = 0.5F * square_im / root_im;
    } else {
      root_re = -sqrt(0.5F * (size + square_re));
      root_im = 0.5F * square_im / root_re;
    }
    const float far_re = 0.5F * (re + root_re);
    const float far_im = 0.5F * (im + root_im);
    const float far_squared = far_re * far_re + far_im * far_im;
    // The product of both roots is centre^2: the near one is not a difference.
    const float ratio = centre_squared / far_squared;
    push(out, bilinear({-2.0F * far_re, far_squared}, 1, width));
    push(out, bilinear({-2.0F * far_re * ratio, centre_squared * ratio}, 1, width));
  }
  if (order % 2 != 0) {
    push(out, bilinear({width, centre_squared}, 1, width));
  }
}

Status check_edge(float hz, float rate_hz) noexcept {
  if (!is_positive(hz)) {
    return Error::kInvalidArgument;
  }
  if (hz < kLowestEdge * rate_hz || hz > kHighestEdge * rate_hz) {
    return Error::kOutOfRange;
  }
  return {};
}

struct Complex {
  float re;
  float im;
};

constexpr Complex operator*(Complex a, Complex b) noexcept {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

constexpr float norm(Complex a) noexcept {
  return a.re * a.re + a.im * a.im;
}

}  // namespace

Result<Sections> design_butterworth(const FilterSpec& spec, float rate_hz) noexcept {
  if (spec.order == 0 || spec.order > kMaxOrder || !is_positive(rate_hz)) {
    return Error::kInvalidArgument;
  }
  Sections sections;
  switch (spec.kind) {
    case FilterKind::kLowPass:
      AIOT_TRY(check_edge(spec.hi_hz, rate_hz));
      one_edge(spec.order, true, warped(spec.hi_hz, rate_hz).tangent(), sections);
      return sections;
    case FilterKind::kHighPass:
      AIOT_TRY(check_edge(spec.lo_hz, rate_hz));
      one_edge(spec.order, false, warped(spec.lo_hz, rate_hz).tangent(), sections);
      return sections;
    case FilterKind::kBandPass:
      break;
    default:
      return Error::kInvalidArgument;
  }
  AIOT_TRY(check_edge(spec.lo_hz, rate_hz));
  AIOT_TRY(check_edge(spec.hi_hz, rate_hz));
  if (!(spec.hi_hz > spec.lo_hz)) {
    return Error::kInvalidArgument;
  }
  if (spec.hi_hz - spec.lo_hz < kNarrowestBand * spec.hi_hz) {
    return Error::kOutOfRange;
  }
  const Edge lo = warped(spec.lo_hz, rate_hz);
  const Edge hi = warped(spec.hi_hz, rate_hz);
  // The difference of the tangents, without cancelling.
  const float width = warped(spec.hi_hz - spec.lo_hz, rate_hz).sine / (lo.cosine * hi.cosine);
  band(spec.order, lo.tangent() * hi.tangent(), width, sections);
  return sections;
}

Status check(std::span<const Section> sections) noexcept {
  for (const Section& s : sections) {
    if (!is_finite(s.n0) || !is_finite(s.n1) || !is_finite(s.n2) || !is_finite(s.d1) ||
        !is_finite(s.d2)) {
      return Error::kInvalidArgument;
    }
    // The triangle |a2| < 1, |a1| < 1 + a2.
    if (!(s.d2 > 0.0F) || !(s.d1 > s.d2) || !(4.0F - 2.0F * s.d1 + s.d2 > 0.0F)) {
      return Error::kOutOfRange;
    }
  }
  return {};
}

float magnitude_at(std::span<const Section> sections, float hz, float rate_hz) noexcept {
  const float half = kPi * (hz / rate_hz);
  const float sine = sin(half);
  const Complex d = {-2.0F * sine * sine, 2.0F * sine * cos(half)};
  const Complex square = d * d;
  float magnitude = 1.0F;
  for (const Section& s : sections) {
    const Complex above = {s.n0 * square.re + s.n1 * d.re + s.n2 * (d.re + 1.0F),
                           s.n0 * square.im + (s.n1 + s.n2) * d.im};
    const Complex below = {square.re + s.d1 * d.re + s.d2, square.im + s.d1 * d.im};
    magnitude *= sqrt(norm(above) / norm(below));
  }
  return magnitude;
}

}  // namespace aiot::dsp
