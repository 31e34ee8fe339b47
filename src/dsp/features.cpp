// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/features.hpp"

#include <bit>

#include "aiot/core/check.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/spectrum.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::dsp {
namespace {

/// What has to be computed once for an axis before its features can be read off.
enum class Source : std::uint8_t { kUnknown, kStatistics, kSpectrum, kEvidence };

constexpr Source source(FeatureId id) noexcept {
  if (is_evidence(id)) {
    return Source::kEvidence;
  }
  switch (id) {
    case FeatureId::kMean:
    case FeatureId::kRms:
    case FeatureId::kPeak:
    case FeatureId::kCrestFactor:
    case FeatureId::kKurtosis:
    case FeatureId::kPeakToPeak:
    case FeatureId::kSkewness:
    case FeatureId::kShapeFactor:
    case FeatureId::kImpulseFactor:
      return Source::kStatistics;
    case FeatureId::kVelocityRms:
    case FeatureId::kBandRms:
      return Source::kSpectrum;
    default:
      return Source::kUnknown;
  }
}

constexpr bool is_finite(float x) noexcept {
  return (std::bit_cast<std::uint32_t>(x) & 0x7F800000U) != 0x7F800000U;
}

Status check_band(const FeatureSpec& spec, std::uint32_t length, float rate_hz) noexcept {
  if (!is_finite(spec.lo_hz) || !is_finite(spec.hi_hz) || spec.lo_hz < 0.0F ||
      spec.hi_hz <= spec.lo_hz) {
    return Error::kInvalidArgument;
  }
  if (spec.lo_hz >= 0.5F * rate_hz || band_bins(length, rate_hz, spec.lo_hz, spec.hi_hz).empty()) {
    return Error::kOutOfRange;
  }
  return {};
}

Status check_feature(const FeatureSpec& spec, const FeaturePlan& plan, float rate_hz) noexcept {
  const Source from = source(spec.id);
  if (from == Source::kUnknown ||
      (spec.transform != Transform::kLinear && spec.transform != Transform::kLog)) {
    return Error::kUnsupported;
  }
  if (spec.axis >= plan.axes || !is_finite(spec.offset) || !is_finite(spec.scale) ||
      spec.scale == 0.0F) {
    return Error::kInvalidArgument;
  }
  return from == Source::kSpectrum ? check_band(spec, plan.window, rate_hz) : Status{};
}

bool needs(const FeaturePlan& plan, std::uint32_t axis, Source wanted) noexcept {
  for (const FeatureSpec& spec : plan.features) {
    if (spec.axis == axis && source(spec.id) == wanted) {
      return true;
    }
  }
  return false;
}

float from_statistics(FeatureId id, const Statistics& values) noexcept {
  switch (id) {
    case FeatureId::kMean:
      return values.mean;
    case FeatureId::kRms:
      return values.rms;
    case FeatureId::kPeak:
      return values.peak;
    case FeatureId::kCrestFactor:
      return values.crest_factor;
    case FeatureId::kPeakToPeak:
      return values.peak_to_peak();
    case FeatureId::kSkewness:
      return values.skewness;
    case FeatureId::kShapeFactor:
      return values.shape_factor;
    case FeatureId::kImpulseFactor:
      return values.impulse_factor;
    default:
      return values.kurtosis;
  }
}

float from_spectrum(const FeatureSpec& spec,
                    std::span<const float> mean_square,
                    const Window& window) noexcept {
  constexpr float kMillimetres = 1000.0F;
  const BinRange bins = band_bins(window.length, window.rate_hz, spec.lo_hz, spec.hi_hz);
  if (spec.id == FeatureId::kBandRms) {
    return sqrt(band_sum(mean_square, bins));
  }
  const float bin_hz = window.rate_hz / static_cast<float>(window.length);
  return sqrt(band_sum_integrated(mean_square, bins, bin_hz)) * kMillimetres;
}

float from_evidence(FeatureId id, const BearingEvidence& evidence) noexcept {
  const auto offset =
      static_cast<std::size_t>(id) - static_cast<std::size_t>(FeatureId::kEnvelopeOuter);
  const std::size_t part = offset % kBearingParts;
  switch (offset / kBearingParts) {
    case 0:
      return evidence.loudest_db[part];
    case 1:
      return evidence.sidebands_db[part];
    case 2:
      return direct_level_db(evidence.direct[part]);
    default:
      return evidence.direct[part].first_db;
  }
}

void extract_axis(const FeaturePlan& plan,
                  const Window& window,
                  const BearingEvidence& evidence,
                  std::uint32_t axis,
                  std::span<float> scratch,
                  std::span<float> out) noexcept {
  const std::span<const float> samples = window.axis(axis);
  const bool wants_spectrum = needs(plan, axis, Source::kSpectrum);
  Statistics values;
  if (needs(plan, axis, Source::kStatistics)) {
    values = statistics(samples);
  } else if (wants_spectrum) {
    values.mean = mean(samples);
  }
  if (wants_spectrum) {
    mean_square_spectrum(samples, values.mean, scratch);
  }
  for (std::size_t i = 0; i < plan.features.size(); ++i) {
    const FeatureSpec& spec = plan.features[i];
    if (spec.axis != axis) {
      continue;
    }
    switch (source(spec.id)) {
      case Source::kSpectrum:
        out[i] = from_spectrum(spec, scratch.first(window.length / 2 + 1), window);
        break;
      case Source::kEvidence:
        out[i] = from_evidence(spec.id, evidence);
        break;
      default:
        out[i] = from_statistics(spec.id, values);
        break;
    }
  }
}

}  // namespace

Status check(const FeaturePlan& plan, float rate_hz) noexcept {
  if (!is_fft_size(plan.window) || plan.hop == 0 || plan.axes == 0 || plan.axes > kMaxAxes ||
      !is_finite(rate_hz) || rate_hz <= 0.0F) {
    return Error::kInvalidArgument;
  }
  for (const FeatureSpec& spec : plan.features) {
    AIOT_TRY(check_feature(spec, plan, rate_hz));
  }
  return {};
}

bool needs_evidence(const FeaturePlan& plan) noexcept {
  for (const FeatureSpec& spec : plan.features) {
    if (is_evidence(spec.id)) {
      return true;
    }
  }
  return false;
}

std::size_t scratch_floats(const FeaturePlan& plan) noexcept {
  for (const FeatureSpec& spec : plan.features) {
    if (source(spec.id) == Source::kSpectrum) {
      return plan.window;
    }
  }
  return 0;
}

Status extract(const FeaturePlan& plan,
               const Window& window,
               const BearingEvidence& evidence,
               std::span<float> scratch,
               std::span<float> out) noexcept {
  if (window.axes != plan.axes || window.length != plan.window ||
      window.samples.size() != std::size_t{window.axes} * window.length ||
      !(window.rate_hz > 0.0F) || scratch.size() < scratch_floats(plan) ||
      out.size() != plan.features.size()) {
    return Error::kInvalidArgument;
  }
  const bool in_place = !scratch.empty() && scratch.data() == window.samples.data();
  if (in_place && scratch.size() < window.samples.size()) {
    return Error::kInvalidArgument;
  }
  for (std::uint32_t axis = 0; axis < plan.axes; ++axis) {
    // A plan that needs no spectrum may come without scratch.
    const std::size_t from = in_place ? std::size_t{axis} * plan.window : 0;
    const std::size_t size = scratch_floats(plan);
    extract_axis(plan, window, evidence, axis, scratch.subspan(from, size), out);
  }
  return {};
}

void normalise(const FeaturePlan& plan,
               std::span<const float> features,
               std::span<float> out) noexcept {
  AIOT_CHECK(features.size() == plan.features.size() && out.size() == plan.features.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const FeatureSpec& spec = plan.features[i];
    float value = features[i];
    if (spec.transform == Transform::kLog) {
      value = log(value > kLogFloor ? value : kLogFloor);
    }
    out[i] = (value - spec.offset) * spec.scale;
  }
}

}  // namespace aiot::dsp
