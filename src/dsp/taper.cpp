// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/taper.hpp"

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::dsp {
namespace {

/// Weights of cos(2 pi j t / period), signs included. Sources: Harris (1978) for Hann, Hamming and
/// the minimum four-term Blackman-Harris; D'Antona and Ferrero (2006) for the five-term flat-top.
constexpr std::array<std::array<float, kTaperTerms>, 4> kWeights = {{
    {0.5F, -0.5F, 0.0F, 0.0F, 0.0F},
    {0.54F, -0.46F, 0.0F, 0.0F, 0.0F},
    {0.35875F, -0.48829F, 0.14128F, -0.01168F, 0.0F},
    {0.21557895F, -0.41663158F, 0.277263158F, -0.083578947F, 0.006947368F},
}};

}  // namespace

void make_taper(TaperKind kind, TaperEnds ends, std::span<float> out) noexcept {
  AIOT_CHECK(out.size() >= 2);
  const std::array<float, kTaperTerms>& weights = taper_weights(kind);
  const std::uint64_t period = out.size() - (ends == TaperEnds::kSymmetric ? 1U : 0U);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto phase =
        static_cast<std::uint32_t>(((static_cast<std::uint64_t>(i) << 32U) + period / 2) / period);
    float sum = weights[0];
    for (std::uint32_t j = 1; j < kTaperTerms; ++j) {
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

const std::array<float, kTaperTerms>& taper_weights(TaperKind kind) noexcept {
  return kWeights[static_cast<std::size_t>(kind)];
}

TaperGain taper_gain(TaperKind kind) noexcept {
  const std::array<float, kTaperTerms>& weights = taper_weights(kind);
  float square = weights[0] * weights[0];
  for (std::size_t j = 1; j < kTaperTerms; ++j) {
    square += 0.5F * weights[j] * weights[j];
  }
  return {weights[0], square / (weights[0] * weights[0])};
}

float taper_spread(TaperKind kind) noexcept {
  // By Parseval's theorem the energy of the taper's derivative over that of the taper.
  const std::array<float, kTaperTerms>& weights = taper_weights(kind);
  float square = weights[0] * weights[0];
  float moment = 0.0F;
  for (std::size_t j = 1; j < kTaperTerms; ++j) {
    const auto order = static_cast<float>(j);
    square += 0.5F * weights[j] * weights[j];
    moment += 0.5F * (order * weights[j]) * (order * weights[j]);
  }
  return moment / square;
}

}  // namespace aiot::dsp
