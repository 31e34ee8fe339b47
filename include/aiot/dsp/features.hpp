// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/core/feature_id.hpp"
#include "aiot/core/result.hpp"
#include "aiot/dsp/windower.hpp"

namespace aiot::dsp {

/// What `normalise` does to a feature before offset and scale. Numbers are part of the package.
enum class Transform : std::uint8_t {
  kLinear = 0,
  kLog = 1,  ///< natural logarithm of max(x, kLogFloor)
};

/// Smallest value that `Transform::kLog` sees.
inline constexpr float kLogFloor = 1e-9F;

/// One number to compute from a window. Plain data with a fixed layout (20 bytes, little-endian),
/// so that a span of it can point into a package in flash.
struct FeatureSpec {
  FeatureId id = FeatureId::kNone;
  std::uint8_t axis = 0;
  Transform transform = Transform::kLinear;
  float lo_hz = 0.0F;  ///< band, of kVelocityRms and kBandRms only; both edges belong to it
  float hi_hz = 0.0F;
  float offset = 0.0F;  ///< normalise: (t(x) - offset) * scale
  float scale = 1.0F;
};

static_assert(std::is_trivially_copyable_v<FeatureSpec> && sizeof(FeatureSpec) == 20 &&
                  alignof(FeatureSpec) == 4 && offsetof(FeatureSpec, axis) == 2 &&
                  offsetof(FeatureSpec, transform) == 3 && offsetof(FeatureSpec, lo_hz) == 4 &&
                  offsetof(FeatureSpec, hi_hz) == 8 && offsetof(FeatureSpec, offset) == 12 &&
                  offsetof(FeatureSpec, scale) == 16,
              "FeatureSpec is a format: see SPEC, feature plan");

/// What a model wants to know about each window. The order of `features` is that of its input.
struct FeaturePlan {
  std::span<const FeatureSpec> features{};
  std::uint32_t window = 0;  ///< frames; a power of two, 64..8192
  std::uint32_t hop = 0;     ///< frames, at least 1
  std::uint32_t axes = 1;    ///< 1..kMaxAxes
};

/// Whether `plan` can be computed from samples at `rate_hz`; every plan from outside goes through
/// here once, and `extract` trusts it then.
/// A band that ends beyond half the rate is cut off there; that is no error.
/// Errors: `kInvalidArgument` window, hop, axes or rate out of range, an axis that does not exist,
/// a number that is not finite, a scale of 0, edges of a band that are negative or not ascending;
/// `kUnsupported` a feature or transform that this version does not know;
/// `kOutOfRange` a band that begins at or beyond half the rate, or in which no bin lies.
[[nodiscard]] Status check(const FeaturePlan& plan, float rate_hz) noexcept;

/// Floats of scratch that `extract` needs for `plan`.
[[nodiscard]] std::size_t scratch_floats(const FeaturePlan& plan) noexcept;

/// Whether a feature of `plan` is read off the evidence of a bearing.
[[nodiscard]] bool needs_evidence(const FeaturePlan& plan) noexcept;

/// Features of one window in physical units (m/s^2, mm/s, dB, or none), in the order of the plan.
/// One pass of statistics and at most one transform per axis, and only if a feature asks for it.
/// Formulas: SPEC, features.
///   evidence: the newest of the machine's bearing, for the features that are read off it
///   scratch [scratch_floats(plan)], contents lost, or the memory of the window's own samples,
///   which are lost then;  out [plan.features.size()]
/// Errors: `kInvalidArgument` sizes that do not belong together; nothing is written then.
Status extract(const FeaturePlan& plan,
               const Window& window,
               const BearingEvidence& evidence,
               std::span<float> scratch,
               std::span<float> out) noexcept;

/// Features as the model sees them: (t(x) - offset) * scale. `features` and `out` may be the same.
/// Spans of another size than the plan's end in AIOT_CHECK.
void normalise(const FeaturePlan& plan,
               std::span<const float> features,
               std::span<float> out) noexcept;

}  // namespace aiot::dsp
