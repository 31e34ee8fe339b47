// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/reason.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/static_vector.hpp"
#include "aiot/decide/anomaly.hpp"
#include "aiot/decide/bearing_rule.hpp"
#include "aiot/decide/fusion.hpp"
#include "aiot/decide/levels.hpp"

namespace aiot::decide {

inline constexpr std::size_t kMaxLabels = 32;
inline constexpr std::size_t kMaxVoteWindows = 32;

/// What lost samples do to the vote.
enum class OnGap : std::uint8_t {
  kRestart = 0,  ///< all votes are forgotten: what was before may be long ago
  kKeep = 1,  ///< votes stay: for sensors that sleep and take snapshots, where every window comes
              ///< behind a gap
};

/// The vote: a label is decided when it is the best one of at least `votes` of the last `windows`
/// windows; it then stays until another label has the votes (hysteresis).
struct DeciderConfig {
  std::uint8_t votes = 1;           ///< k, 1 to windows
  std::uint8_t windows = 1;         ///< n, 1 to 32
  std::uint8_t min_confidence = 0;  ///< n/256 that the best label of a window needs to vote
  std::uint8_t labels = 0;          ///< scores per window, 0 (no network) to 32
  std::uint8_t normal_label = 0;    ///< the label that needs no attention; below labels if any
  OnGap on_gap = OnGap::kRestart;
  std::uint8_t reserved[2] = {};  ///< 0
};

static_assert(sizeof(DeciderConfig) == 8 && alignof(DeciderConfig) == 1);

/// Ranges of a configuration from outside. Errors: `kInvalidArgument`.
Status check(const DeciderConfig& config) noexcept;

/// What is known about a window beside the network's scores.
struct Findings {
  const BearingEvidence* evidence = nullptr;  ///< nullptr: no bearing is looked at
  BearingVerdict bearing{};                   ///< what the rule makes of it
  const AnomalyVerdict* condition = nullptr;  ///< nullptr: the machine is not commissioned
  const LevelFindings* levels = nullptr;      ///< nullptr: its loudness is not judged
};

/// What is known after one window.
struct Decision {
  std::uint8_t label = kUnknownLabel;
  std::uint8_t confidence = 0;  ///< n/256: how sure; of a network alone the score of `label`
                                ///< (unknown: of the best) in this window
  bool changed = false;         ///< `label` is known and not the last one that was decided
  bool abnormal = false;        ///< `label` is known and not the normal one, or the baseline or a
                                ///< level alarms
  std::uint32_t flags = 0;      ///< Flag bits: those of the window and those of the vote
  StaticVector<Cause, kMaxReasons> reasons{};
};

/// Turns what is known about one window into a decision: a k-of-n vote with hysteresis over the
/// network's scores, put together with physics and baseline (`fuse`). No clock: time is counted in
/// windows.
class Decider {
 public:
  /// `config` must have passed `check`. `labels`: which of them physics and baseline may give.
  Decider(const DeciderConfig& config, const FaultLabels& labels) noexcept;

  /// For a network alone.
  explicit Decider(const DeciderConfig& config) noexcept : Decider(config, FaultLabels{}) {}

  /// One window. `scores` [labels]: scale 1/256 and zero point -128 (softmax, or logistic), or
  /// empty when there is no network. `findings`: what else is known. `window_flags`: Flag bits;
  /// with `OnGap::kRestart`, `kFlagGapBefore` restarts the vote. A window with one of `kFlagsGrave`
  /// is not classified; `kFlagFlatLine` restarts the vote besides.
  Decision update(std::span<const std::int8_t> scores,
                  const Findings& findings,
                  std::uint32_t window_flags) noexcept;

  /// Forgets all votes; the last decided label stays known, so its return is no change.
  void restart() noexcept;

 private:
  void vote(std::uint8_t label) noexcept;
  [[nodiscard]] std::uint8_t winner(std::uint8_t newest) const noexcept;
  void explain(Decision& decision, bool gap) const noexcept;
  Opinion vote_on(std::span<const std::int8_t> scores, bool gap, Decision& decision) noexcept;
  void put_together(const Opinion& network, const Findings& findings, Decision& decision) noexcept;

  DeciderConfig config_;
  FaultLabels labels_;
  std::array<std::uint8_t, kMaxVoteWindows> history_{};  // label each window voted for
  std::array<std::uint8_t, kMaxLabels> counts_{};        // votes per label within the history
  std::uint8_t position_ = 0;                            // oldest entry of the history
  std::uint8_t seen_ = 0;                                // windows since the restart, up to n
  std::uint8_t label_ = kUnknownLabel;                   // of the vote now
  std::uint8_t last_ = kUnknownLabel;                    // decided last, across restarts
  bool first_ = true;
};

}  // namespace aiot::decide
