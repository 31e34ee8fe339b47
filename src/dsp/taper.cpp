// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/taper.hpp"

#include <array>
#include <cstddef>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kTerms = 5;

/// Weights of cos(2 pi j t / period), signs included. Sources: Harris (1978) for Hann, Hamming and
/// the minimum four-term Blackman-Harris; D'Antona and Ferrero (2006) for the five-term flat-top.
constexpr std::array<std::array<float, kTerms>, 4> kWeights = {{
    {0.5F, -0.5F, 0.0F, 0.0F, 0.0F},
    {0.54F, -0.46F, 0.0F, 0.0F, 0.0F},
    {0.35875F, -0.48829F, 0.14128F, -0.01168F, 0.0F},
    {0.21557895F, -0.41663158F, 0.277263158F, -0.083578947F, 0.006947368F},
}};

}  // namespace

void make_taper(TaperKind kind, TaperEnds ends, std::span<float> out) noexcept {
  AIOT_CHECK(out.size() >= 2);
  const std::array<float, kTerms>& weights = kWeights[static_cast<std::size_t>(kind)];
  const std::uint64_t period = out.size() - (ends == TaperEnds::kSymmetric ? 1U : 0U);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto phase =
        static_cast<std::uint32_t>(((static_cast<std::uint64_t>(i) << 32U) + period / 2) / period);
    float sum = weights[0];
    for (std::uint32_t j = 1; j < kTerms; ++j) {
      if (weights[j] != 0.0F) {
        sum += weights[j] * cos_turn(j * phase);
      }
    }
    out[i] = sum;
  }
}

TaperGain taper_gain(std::span<const float> taper) noexcept {
  const Statistics s = statistics(taper);
  return {s.mean, (s.rms * s.rms) / (s.mean * s.mean)};
}

}  // namespace aiot::dsp
