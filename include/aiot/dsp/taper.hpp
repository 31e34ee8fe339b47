// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace aiot::dsp {

/// Functions that a block of samples is multiplied with before it is transformed.
enum class TaperKind : std::uint8_t { kHann, kHamming, kBlackmanHarris, kFlatTop };

enum class TaperEnds : std::uint8_t {
  kPeriodic,   ///< for transforms: the block's length is the period
  kSymmetric,  ///< for filters: first and last value are equal
};

/// Fills `out` (at least 2 values) with the taper, as a sum of cosines. Error below 3e-7.
void make_taper(TaperKind kind, TaperEnds ends, std::span<float> out) noexcept;

/// What a taper does to amplitudes and to noise.
struct TaperGain {
  float coherent = 0.0F;  ///< mean of the values: the amplitude that a tone keeps
  float enbw = 0.0F;      ///< equivalent noise bandwidth in bins: n sum(w^2) / sum(w)^2
};

[[nodiscard]] TaperGain taper_gain(std::span<const float> taper) noexcept;

inline constexpr std::size_t kTaperTerms = 5;

/// Weights of cos(2 pi j t / length), j = 0.., that add up to a taper; those behind its last are 0.
[[nodiscard]] const std::array<float, kTaperTerms>& taper_weights(TaperKind kind) noexcept;

/// Of the periodic taper at any length above 2 kTaperTerms, by its weights.
[[nodiscard]] TaperGain taper_gain(TaperKind kind) noexcept;

/// How wide the periodic taper makes a tone: the mean squared distance of its power from the tone's
/// frequency, in bins^2, wherever between two bins that is. 1/3 for Hann.
[[nodiscard]] float taper_spread(TaperKind kind) noexcept;

/// Of the periodic Hann taper at any length, exactly.
inline constexpr TaperGain kHannGain = {0.5F, 1.5F};

}  // namespace aiot::dsp
