// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/decide/linear.hpp"

namespace aiot::decide {

inline constexpr std::size_t kMaxAnomalyFeatures = 16;
inline constexpr std::size_t kMaxAnomalyFactor = packed_size(kMaxAnomalyFeatures);

/// Largest magnitude of a feature; what is beyond, or not a number, is refused.
inline constexpr float kMaxFeatureDb = 1e6F;

/// Longest block of windows that commissioning averages.
inline constexpr std::uint32_t kMaxBlockLength = 1U << 16U;

/// What commissioning leaves behind.
struct AnomalyModel {
  std::uint8_t features = 0;       ///< 1 to 16
  bool settled = false;            ///< commissioning was long and quiet enough to rely on
  std::uint16_t state = 0;         ///< operating state, as the application counts them
  std::uint16_t common = 0;        ///< bit i: feature i moves with gain and load
  std::uint32_t plan = 0;          ///< which features these are, as the application names them
  std::uint32_t windows = 0;       ///< windows that commissioning saw
  std::uint32_t block_length = 1;  ///< windows averaged before they are judged
  float threshold = 0.0F;          ///< distance of an alarm
  float smooth = 0.0F;             ///< as in AnomalyConfig, and so the next two
  float clip = 0.0F;
  float drop = 0.0F;
  std::array<float, kMaxAnomalyFeatures> least{};  ///< [features] dB, `least_db`
  std::array<float, kMaxAnomalyFeatures> mean{};   ///< [features] dB
  std::array<float, kMaxAnomalyFeatures> sigma{};  ///< [features] dB, of one block
  std::array<float, kMaxAnomalyFactor> factor{};   ///< Cholesky factor, packed, of the covariance
                                                   ///< of the smoothed deviation
};

static_assert(sizeof(AnomalyModel) <= 1536);

/// Ranges of a model: what `AnomalyMonitor` relies on. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const AnomalyModel& model) noexcept;

/// Bytes of a model of so many features, as `encode` writes it.
[[nodiscard]] constexpr std::size_t anomaly_model_bytes(std::size_t features) noexcept {
  return 44 + 4 * (3 * features + packed_size(features));
}

inline constexpr std::size_t kMaxAnomalyModelBytes = anomaly_model_bytes(kMaxAnomalyFeatures);

/// Writes a model for storage; the bytes are the first ones of `out`. Little-endian: magic "AIAN",
/// u16 version (1), u8 features, u8 flags (1: settled), u16 state, u16 common, u32 plan,
/// u32 windows, u32 block length; float32 threshold, smooth, clip, drop, least [features],
/// mean [features], sigma [features], factor [features (features + 1) / 2]; u32 CRC-32 of all
/// before it. Errors: `kInvalidArgument` the model does not pass `check`; `kNoSpace` `out` is too
/// small.
[[nodiscard]] Result<Bytes> encode(const AnomalyModel& model, MutableBytes out) noexcept;

/// Reads what `encode` wrote; `bytes` is exactly that. `out` changes only on success.
/// Errors: `kCorrupt` not such bytes, or damaged; `kUnsupported` a newer version or more features
/// than this build takes.
Status decode(Bytes bytes, AnomalyModel& out) noexcept;

/// As above, for a model that has to fit. Errors: also `kInvalidArgument` another number of
/// features or another plan.
Status decode(Bytes bytes, std::size_t features, std::uint32_t plan, AnomalyModel& out) noexcept;

}  // namespace aiot::decide
