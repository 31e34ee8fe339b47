// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/dsp/bearing.hpp"
#include "aiot/dsp/line_family.hpp"
#include "aiot/dsp/octave_envelope.hpp"
#include "aiot/dsp/order_spectrum.hpp"

namespace aiot::dsp {

/// Samples per revolution that the two kinds of spectra need, so that their highest harmonics fit.
[[nodiscard]] float envelope_samples_per_revolution(const BearingOrders& orders) noexcept;
inline constexpr float kDirectSamplesPerRevolution = 100.0F;

/// What the spectrum of the vibration itself says.
struct DirectFindings {
  std::array<LineFamily, kBearingParts> families{};
  ShaftLines shaft{};
  float correction = 0.0F;   ///< of the stated speed, relative: 0, or where the shaft's lines are
  float revolutions = 0.0F;  ///< 0: not looked at yet
};

/// What the spectrum of the envelope of one band says.
struct BandFindings {
  FrequencyBand band{};
  std::array<LineFamily, kBearingParts> families{};
  float own_db = 0.0F;       ///< loudest family, with the limit of the rival
  Rival rival{};             ///< loudest family of any frequency
  float revolutions = 0.0F;  ///< 0: not looked at yet
};

/// Floats of scratch for both functions below.
constexpr std::size_t findings_scratch(std::uint32_t length) noexcept {
  return length / 2 + 1 + 2 * kMaxFloorReach + 1;
}

/// Looks for the shaft and the bearing in `spectrum` (at least one average) of the vibration.
///   scratch [findings_scratch(length)], afterwards the prominence [length / 2 + 1] in front
[[nodiscard]] DirectFindings look_at_vibration(const OrderSpectrum& spectrum,
                                               const BearingOrders& orders,
                                               std::span<float> scratch) noexcept;

/// Looks for the bearing in `spectrum` (at least one average) of the envelope of `band`;
/// `correction` of the speed as found in the vibration. Scratch as above.
[[nodiscard]] BandFindings look_at_envelope(const OrderSpectrum& spectrum,
                                            const FrequencyBand& band,
                                            const BearingOrders& orders,
                                            float correction,
                                            std::span<float> scratch) noexcept;

/// Everything together. Bands that were not looked at are left out.
[[nodiscard]] BearingEvidence conclude(const DirectFindings& direct,
                                       std::span<const BandFindings> bands,
                                       float impulsiveness,
                                       float stated_rpm) noexcept;

}  // namespace aiot::dsp
