// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/bearing_evidence.hpp"

namespace aiot::dsp {

/// A spectrum in dB above its own floor, over orders of the shaft.
struct ProminenceSpectrum {
  std::span<const float> level_db{};  ///< [bins], from order 0
  float order_step = 0.0F;            ///< orders per bin
};

/// Bins on each side of a bin that make its floor.
inline constexpr std::uint32_t kMaxFloorReach = 256;

/// How far each bin stands above its neighbourhood, in dB: 10 log10(power / floor), where the floor
/// is the median of the bins within `reach`, made the mean that noise with that median has. Power
/// averaged over `averages` Hann windows that overlap by half is a gamma variable of shape 0.75
/// `averages`; its mean over its median is taken from Wilson and Hilferty's cube (1931). Beyond its
/// ends the spectrum is mirrored. A floor of 0 gives 0 dB.
///   power [n], n > reach, 1 <= reach <= kMaxFloorReach;  sorted [2 reach + 1] scratch;
///   out [n], must not overlap
/// About 2 reach comparisons and moves a bin. Other sizes end in AIOT_CHECK.
void prominence(std::span<const float> power,
                std::uint32_t averages,
                std::uint32_t reach,
                std::span<float> sorted,
                std::span<float> out) noexcept;

/// How a family of lines is looked for.
struct FamilySearch {
  std::uint32_t harmonics = 4;
  float reach = 0.015F;    ///< slip: the frequency may be off by this part
  float step = 0.0015F;    ///< of the search over slip
  float jitter = 0.001F;   ///< part of an order by which a line may be off besides
  float mask = 0.035F;     ///< orders on each side of a shaft harmonic in which lines do not count
  float limit_db = 20.0F;  ///< what a line counts at most: one loud line is no family
};

/// In the spectrum of an envelope.
inline constexpr FamilySearch kEnvelopeSearch{};

/// In the spectrum of the vibration itself, where the resolution is that of a tenth of a percent.
inline constexpr FamilySearch kDirectSearch{
    .harmonics = 10, .step = 0.0005F, .jitter = 0.0005F, .mask = 0.03F, .limit_db = 25.0F};

/// Highest level near `order`, 0..limit dB; negative where no line counts: out of range, or beside
/// a harmonic of the shaft, where a healthy machine has lines too.
[[nodiscard]] float line_level(const ProminenceSpectrum& spectrum,
                               float order,
                               const FamilySearch& search) noexcept;

/// The family of `order` (events per revolution) at the slip where it is loudest. The loudest line
/// is left out of the mean: one coincidence does not make a family. At least max(2, harmonics/2 -
/// 1) lines have to count, otherwise the level is 0. `sideband`: distance of the sidebands in
/// orders.
[[nodiscard]] LineFamily find_family(const ProminenceSpectrum& spectrum,
                                     float order,
                                     float sideband,
                                     const FamilySearch& search) noexcept;

/// A family of lines that belongs to no part of the bearing.
struct Rival {
  float level_db = 0.0F;
  float order = 0.0F;
};

/// The loudest family of any frequency between `lowest` and `highest` order that is not the shaft's
/// or half of it: what else turns here.
[[nodiscard]] Rival loudest_rival(const ProminenceSpectrum& spectrum,
                                  float lowest,
                                  float highest,
                                  const FamilySearch& search) noexcept;

/// Harmonics of the shaft at speeds near the given one.
struct ShaftLines {
  float nominal_db = 0.0F;    ///< within 0.3 % of the given speed
  float near_db = 0.0F;       ///< within 2 %
  float far_db = 0.0F;        ///< from 3 to 25 % away
  float nominal_slip = 0.0F;  ///< relative to the given speed, where they are loudest
  float near_slip = 0.0F;
  float far_slip = 0.0F;
};

/// Looks for twelve harmonics of the shaft in a spectrum of the vibration itself.
[[nodiscard]] ShaftLines find_shaft(const ProminenceSpectrum& spectrum) noexcept;

}  // namespace aiot::dsp
