// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/dsp/decimate.hpp"

namespace aiot::dsp {

/// How a signal is brought to a rate that suits its shaft, and how long its transforms are.
struct OrderPlan {
  std::uint32_t factor = 1;  ///< decimation, 1..kMaxFactor
  std::uint32_t length = 0;  ///< samples of one transform, a power of two 64..8192
  float order_step = 0.0F;   ///< orders of the shaft per bin
  float revolutions = 0.0F;  ///< of the shaft in one transform
};

/// Samples per revolution, and revolutions in a transform, that are wanted.
struct OrderTarget {
  float samples_per_revolution = 0.0F;  ///< at least; the highest order is half of it
  float revolutions = 64.0F;            ///< about; resolution is the inverse of it
  std::uint32_t longest = 8192;         ///< a power of two: what there is memory for
  float duration_s = 0.0F;  ///< of the whole signal, when it is known: transforms are shortened
                            ///< (not below 256) until `least_averages` of them fit; 0: endless
  std::uint32_t least_averages = 3;
  std::uint32_t most_factor = kMaxFactor;  ///< of the decimation: what there is memory for
};

/// A plan for a signal at `rate_hz` from a shaft that turns at `shaft_hz`; both positive.
[[nodiscard]] OrderPlan plan_orders(float rate_hz,
                                    float shaft_hz,
                                    const OrderTarget& target) noexcept;

/// Taps of the low-pass in front of a decimation.
constexpr std::size_t order_taps(std::uint32_t factor) noexcept {
  return factor > 1 ? 8 * std::size_t{factor} + 1 : 0;
}

/// Power spectrum over orders of a shaft, averaged over transforms of a stream that overlap by
/// half. The stream is decimated, cut into blocks, each block's mean removed and Hann-tapered.
class OrderSpectrum {
 public:
  /// What it works in; outlives the spectrum.
  struct Memory {
    std::span<float> taps{};   ///< [order_taps(factor)]
    std::span<float> delay{};  ///< [storage_floats(order_taps(factor), kPiece)]; empty for factor 1
    std::span<float> signal{};  ///< [length]
    std::span<float> power{};   ///< [length / 2 + 1]
  };

  /// Samples that are decimated at a time.
  static constexpr std::size_t kPiece = 64;

  static constexpr std::size_t delay_floats(std::uint32_t factor) noexcept {
    return factor > 1 ? FirDecimator::storage_floats(order_taps(factor), kPiece) : 0;
  }

  /// Other sizes end in AIOT_CHECK.
  OrderSpectrum(const OrderPlan& plan, const Memory& memory) noexcept;

  /// Takes the next samples; `scratch` [length]. Power joins the average as blocks get full.
  void add(std::span<const float> samples, std::span<float> scratch) noexcept;

  /// Begins a new average; what was collected of the stream stays.
  void restart_average() noexcept;

  /// The stream is interrupted: what was collected of it is dropped, the average stays.
  void interrupt() noexcept;

  [[nodiscard]] const OrderPlan& plan() const noexcept { return plan_; }

  [[nodiscard]] std::uint32_t averages() const noexcept { return averages_; }

  /// [length / 2 + 1], sum over `averages()` blocks; unit and scale do not matter.
  [[nodiscard]] std::span<const float> power() const noexcept { return memory_.power; }

 private:
  void take(std::span<const float> values, std::span<float> scratch) noexcept;
  void transform(std::span<float> scratch) noexcept;

  OrderPlan plan_;
  Memory memory_;
  std::optional<FirDecimator> decimator_;
  std::size_t filled_ = 0;
  std::uint32_t averages_ = 0;
};

}  // namespace aiot::dsp
