// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"
#include "aiot/core/result.hpp"
#include "aiot/decide/alarm.hpp"
#include "aiot/decide/anomaly_model.hpp"

/// Learns what is normal for one machine in one operating state, and says how far it is from that.
/// A window is a vector of features in dB (levels of bands, kurtosis and crest factor as
/// 10 log10). Formulas: SPEC, anomaly.
namespace aiot::decide {

inline constexpr std::size_t kAnomalyBlocks = 64;

/// What is known about a feature before commissioning.
struct AnomalyFeature {
  float floor_db = 1.0F;  ///< standard deviation that a healthy machine may have beyond what
                          ///< commissioning saw; above 0
  float least_db = -kMaxFeatureDb;  ///< means of blocks below it count as it: what is less than
                                    ///< that says nothing about the machine's health
  bool common = false;              ///< moves with gain and load, together with all such features
};

/// Level of a band, an octave wide or more.
inline constexpr AnomalyFeature kLevelFeature{.floor_db = 1.5F, .common = true};

/// Kurtosis of the signal. Less than that of Gaussian noise (10 log10 3) only says that a tone is
/// there; so also for the next two.
inline constexpr AnomalyFeature kKurtosisFeature{.floor_db = 0.3F, .least_db = 4.77121255F};

/// E a^4 / (E a^2)^2 of an envelope a.
inline constexpr AnomalyFeature kEnvelopeKurtosisFeature{.floor_db = 0.3F, .least_db = 3.01029996F};

/// Crest factor of a window of so many samples (at least 2), as 20 log10; its floor is
/// 10 log10 (2 ln samples). `static` as the functions it calls.
[[nodiscard]] static constexpr AnomalyFeature crest_feature(std::uint32_t samples) noexcept {
  AIOT_CHECK(samples >= 2);
  return {.floor_db = 0.5F,
          .least_db = 10.0F * math::log10(2.0F * math::log(static_cast<float>(samples)))};
}

struct AnomalyConfig {
  std::array<AnomalyFeature, kMaxAnomalyFeatures> about{};  ///< [features]
  std::uint8_t features = 0;                                ///< 1 to 16
  std::uint8_t min_blocks = 6;  ///< blocks that commissioning needs, 3 to 64
  float common_db = 1.5F;       ///< standard deviation that the common features share; at least 0
  float smooth = 0.125F;    ///< weight of a new block in the smoothed deviation; above 0, up to 1
  float inflate = 6.0F;     ///< variances grow by 1 + inflate / (independent blocks); at least 0
  float clip = 4.0F;        ///< one block counts at most so many standard deviations; above 0
  float limit = 3.3F;       ///< smallest threshold of the distance; above 0
  float tail = 3.0F;        ///< standard deviations of the squared distance above its mean; >= 0
  float replay = 1.3F;      ///< margin over the largest distance of commissioning; at least 0
  float replay_cap = 2.0F;  ///< up to so many times `limit`; at least 1
  float drop = 0.5F;        ///< weight of a decrease, 0 to 1
  float robust = 4.0F;  ///< commissioning blocks are clipped at so many deviations from the median;
                        ///< above 0
};

/// Ranges of a configuration from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const AnomalyConfig& config) noexcept;

/// Floats that commissioning of so many features collects in.
[[nodiscard]] constexpr std::size_t commissioning_floats(std::size_t features) noexcept {
  return kAnomalyBlocks * features;
}

/// Collects the windows of a healthy machine. Memory does not grow: up to 64 means of blocks; when
/// they are there, neighbours are merged, and blocks become twice as long.
class AnomalyCommissioning {
 public:
  /// `config` must have passed `check`; `memory` [commissioning_floats(features)] is its own from
  /// the first window to `finish`, and outlives it. Another size ends in AIOT_CHECK.
  AnomalyCommissioning(const AnomalyConfig& config, std::span<float> memory) noexcept;

  /// One window, `features` [features] in dB. Errors: `kInvalidArgument` a feature beyond
  /// `kMaxFeatureDb` or not a number, nothing is learned then; `kNoSpace` more windows than blocks
  /// of `kMaxBlockLength` hold.
  Status add(std::span<const float> features) noexcept;

  /// Windows seen so far.
  [[nodiscard]] std::uint32_t windows() const noexcept { return windows_; }

  /// Blocks that are complete; `finish` needs `min_blocks`.
  [[nodiscard]] std::size_t blocks() const noexcept { return count_; }

  /// The model of the windows so far; commissioning may go on after it. `state` and `plan` are
  /// copied into it. About 2.5 KB of stack. Errors: `kWrongState` too few blocks yet;
  /// `kInvalidArgument` no model comes out of these numbers. `out` changes only on success.
  Status finish(std::uint16_t state, std::uint32_t plan, AnomalyModel& out) const noexcept;

  /// Forgets all windows.
  void restart() noexcept;

 private:
  AnomalyConfig config_;
  std::span<float> blocks_;                       // [blocks][features]
  std::array<float, kMaxAnomalyFeatures> sum_{};  // of the block being filled
  std::uint32_t in_block_ = 0;
  std::uint32_t length_ = 1;
  std::uint32_t windows_ = 0;
  std::uint8_t count_ = 0;
};

/// How an alarm follows from the scores.
struct AnomalyMonitorConfig {
  Persistence persistence{.votes = 3, .windows = 4, .release = 6};  ///< in blocks
  float release = 0.8F;  ///< score below which an alarm ends; above 0, up to 1
};

/// Ranges of a configuration from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const AnomalyMonitorConfig& config) noexcept;

/// Part of one feature in a distance.
struct Contribution {
  std::uint8_t feature = 0;
  float share = 0.0F;  ///< of the squared distance; all shares sum up to 1, single ones may be
                       ///< a little negative
  float deviation_db = 0.0F;  ///< smoothed and clipped, with its sign
  float sigmas = 0.0F;        ///< the same in standard deviations that were allowed for
};

/// How loudly to say it.
enum class AnomalyGrade : std::uint8_t {
  kNormal = 0,
  kAttention = 1,  ///< no alarm, score at least `kAttentionScore`
  kAlarm = 2,      ///< the alarm is raised
  kStrong = 3,     ///< it is, and the score at least `kStrongScore`
};

inline constexpr float kAttentionScore = 0.75F;
inline constexpr float kStrongScore = 1.5F;

/// Mean change of the common features at which the signal counts as dropped: a loose sensor, or a
/// machine that is off.
inline constexpr float kDroppedDb = -6.0F;

/// A score as a number from 0 to 1 for display, s^2 / (1 + s^2): 0.5 at the threshold. No
/// probability.
[[nodiscard]] constexpr float confidence_of(float score) noexcept {
  return 1.0F - 1.0F / (1.0F + score * score);
}

inline constexpr std::size_t kContributions = 3;

/// What is known after one window.
struct AnomalyVerdict {
  bool scored = false;   ///< this window completed a block; otherwise the rest is as it was
  bool alarm = false;    ///< the score stayed above 1
  bool changed = false;  ///< `alarm` is another one than after the window before
  bool dropped = false;  ///< the common features fell by 6 dB or more; scores count decreases less
  AnomalyGrade grade = AnomalyGrade::kNormal;
  float score = 0.0F;     ///< distance / threshold
  float level_db = 0.0F;  ///< mean change of the common features, smoothed, not clipped
  std::array<Contribution, kContributions> top{};  ///< largest shares first; share 0 without a
                                                   ///< feature
};

/// Judges windows by a model.
class AnomalyMonitor {
 public:
  /// Both must have passed `check`; `model` outlives the monitor.
  AnomalyMonitor(const AnomalyModel& model, const AnomalyMonitorConfig& config) noexcept;

  /// One window, `features` [features] in dB. Errors: `kInvalidArgument` a feature beyond
  /// `kMaxFeatureDb` or not a number; the window does not count then.
  Result<AnomalyVerdict> update(std::span<const float> features) noexcept;

  /// Smoothed deviation of each feature from its mean, [features] dB.
  [[nodiscard]] std::span<const float> deviation() const noexcept;

  /// Forgets all windows.
  void restart() noexcept;

 private:
  void follow_level(std::span<const float> block) noexcept;
  void explain(std::span<const float> weighted, std::span<float> whitened) noexcept;

  const AnomalyModel* model_;
  AnomalyMonitorConfig config_;
  std::array<float, kMaxAnomalyFeatures> sum_{};
  std::array<float, kMaxAnomalyFeatures> smoothed_{};
  std::uint32_t in_block_ = 0;
  Latch latch_{};
  AnomalyVerdict verdict_{};
};

}  // namespace aiot::decide
