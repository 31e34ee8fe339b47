// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/decide/anomaly.hpp"
#include "aiot/dsp/octave_features.hpp"

namespace aiot::device {

/// What commissioning learns about windows of `window` frames: `dsp::octave_features`.
[[nodiscard]] decide::AnomalyConfig condition_config(std::uint32_t window) noexcept;

/// Which features a stored model is of; one of another window is refused.
[[nodiscard]] std::uint32_t condition_plan(std::uint32_t window) noexcept;

/// What is one observation.
enum class Observation : std::uint8_t {
  kWindow,    ///< every window
  kSnapshot,  ///< the mean of the windows between two gaps, of `kSnapshotWindows` at most: for
              ///< sensors that sleep
};

/// Where a stream has no gaps, a snapshot ends here.
inline constexpr std::uint32_t kSnapshotWindows = 8;

/// Floats that commissioning collects in.
inline constexpr std::size_t kLearningFloats = decide::commissioning_floats(dsp::kOctaveFeatures);

/// What a `ConditionWatch` keeps. All zero at first, for .bss.
struct ConditionState {
  std::optional<decide::AnomalyCommissioning> commissioning{};
  decide::AnomalyModel model{.block_length = 0};
  std::optional<decide::AnomalyMonitor> monitor{};
  /// [kLearningFloats], in use while it commissions; outlives the watch.
  std::span<float> learning{};
};

/// The same with room of its own to learn in.
struct ConditionMemory : ConditionState {
  ConditionMemory() noexcept { learning = room; }

  ConditionMemory(const ConditionMemory&) = delete;
  ConditionMemory& operator=(const ConditionMemory&) = delete;

  std::array<float, kLearningFloats> room{};
};

/// Knows how its machine sounds when it is healthy, and says how far it is from that: learns it
/// (commissioning), keeps it as bytes, and watches. Windows that are flagged do not count.
class ConditionWatch {
 public:
  /// `state` outlives it.
  ConditionWatch(ConditionState& state, std::uint32_t window, Observation observation) noexcept;

  /// Takes a model that `finish` wrote, and watches by it.
  /// Errors: those of `decide::decode`; `kInvalidArgument` one of other windows.
  Status load(Bytes model) noexcept;

  /// Learns from here on, for `observations` of them, at least 6; there is no verdict meanwhile.
  void commission(std::uint32_t observations) noexcept;

  [[nodiscard]] bool commissioning() const noexcept { return state_->commissioning.has_value(); }

  /// True when as many observations were seen as wanted: `finish` is due.
  [[nodiscard]] bool learnt() const noexcept;

  /// Ends commissioning with what was seen, watches by it, and writes it to `out`
  /// [kMaxAnomalyModelBytes]; the result is the used part.
  /// Errors: those of `AnomalyCommissioning::finish`, and commissioning goes on then; `kNoSpace`;
  /// `kWrongState` not commissioning.
  Result<Bytes> finish(MutableBytes out) noexcept;

  /// One window: its features in dB and its Flag bits.
  void add(std::span<const float> octaves, std::uint32_t flags) noexcept;

  /// What the model says; nullptr without a model, and until the first verdict.
  [[nodiscard]] const decide::AnomalyVerdict* verdict() const noexcept {
    return verdict_.has_value() ? &*verdict_ : nullptr;
  }

  [[nodiscard]] const decide::AnomalyModel& model() const noexcept { return state_->model; }

  [[nodiscard]] bool watching() const noexcept { return state_->monitor.has_value(); }

 private:
  void observe(std::span<const float> octaves) noexcept;
  void end_snapshot() noexcept;

  ConditionState* state_;
  std::uint32_t window_;
  Observation observation_;
  std::uint32_t wanted_ = 0;
  std::array<float, dsp::kOctaveFeatures> sum_{};  // of the snapshot that is being taken
  std::uint32_t in_snapshot_ = 0;
  std::optional<decide::AnomalyVerdict> verdict_{};
};

}  // namespace aiot::device
