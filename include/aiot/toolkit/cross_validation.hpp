// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/toolkit/bearing_corpus.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/package_runner.hpp"
#include "aiot/toolkit/scores.hpp"
#include "aiot/toolkit/training.hpp"

namespace aiot::toolkit {

/// Configurations that were tried on the CWRU drive-end recordings until the settings of
/// `bearing_training` were chosen: all on the same three folds, so that figures on these are
/// somewhat optimistic.
inline constexpr std::size_t kBearingConfigurations = 134;

/// How a bearing package is trained: what `aiot train` and `cross_validate` share.
struct BearingTraining {
  TrainingRequest request;
  AttenuationOptions attenuation;
};

/// The settings of DESIGN, learned bearing classifier; `normal` may name no class that is there.
BearingTraining bearing_training(const std::string& name,
                                 const std::string& normal,
                                 std::uint64_t seed);

/// Rows of the segments of `recordings` with their attenuated copies.
Dataset training_rows(std::span<const BearingRecording> recordings,
                      const BearingTraining& training);

/// `train_on_all` on `training_rows`.
Loaded<Training> train_bearing_package(std::span<const BearingRecording> recordings,
                                       const BearingTraining& training,
                                       const std::function<void(const Epoch&)>& progress);

/// The three ways to score a bearing, the same recordings in the same order.
struct BearingScores {
  std::vector<ScoredRecording> network;  ///< the package's int8 network
  std::vector<ScoredRecording> physics;  ///< `decide::bearing_scores`; 0 for other classes
  std::vector<ScoredRecording> fused;    ///< mean of the two
};

/// Scores evidence with the network of a package, in the order of `labels`; a label that the
/// package does not have gets 0.
class BearingScorer {
 public:
  /// `package` has an evidence plan and a network; its file outlives the scorer.
  BearingScorer(const model::Package& package, std::vector<std::string> labels);

  /// One score a label, 0 to 1.
  std::vector<double> network(const BearingEvidence& evidence);

  [[nodiscard]] std::vector<double> physics(const BearingEvidence& evidence) const;

  /// Appends a recording to all three lists.
  void add(const BearingEvidence& evidence,
           std::string_view file,
           std::string_view group,
           std::string_view label,
           BearingScores& out);

 private:
  dsp::FeaturePlan plan_;
  std::vector<std::string> labels_;
  std::vector<std::optional<std::size_t>> place_;  // of each label in the package
  PackageRunner runner_;
};

/// Mean area over the faults of each way; nothing where a fault has no recordings or no others.
struct Areas {
  std::optional<double> network;
  std::optional<double> physics;
  std::optional<double> fused;
};

Areas areas_of(const BearingScores& scores, std::span<const std::size_t> faults);

struct Fold {
  std::string value;        ///< of the column that was held out
  std::size_t trained = 0;  ///< recordings
  BearingScores scores;     ///< of the recordings that were held out
  Areas areas;
  std::size_t epochs = 0;
};

/// One run with one seed.
struct CrossValidation {
  std::vector<Fold> folds;
  BearingScores pooled;  ///< all folds: each recording scored by a network that never saw its part
  Areas areas;           ///< mean over the folds
};

/// Index into `labels` of every label that is a part of a bearing.
std::vector<std::size_t> fault_labels(const std::vector<std::string>& labels);

/// Holds out one value of `BearingRecording::part` after the other, trains on the recordings of all
/// others and scores those held out, as wholes. Values without every fault class are left out of
/// the folds, and are trained on. `labels`: all classes of `recordings`. Problems: fewer than two
/// such values; those of training.
Loaded<CrossValidation> cross_validate(std::span<const BearingRecording> recordings,
                                       const std::vector<std::string>& labels,
                                       const BearingTraining& training,
                                       const std::function<void(const std::string&)>& progress);

/// What not to do, to compare with: segments of the same recordings dealt at random into `parts`,
/// one part held out after the other. A network then meets the bearings, recordings and, as
/// segments overlap, the very samples that it is judged on. Scores are of segments.
Loaded<BearingScores> leaky_validate(std::span<const BearingRecording> recordings,
                                     const std::vector<std::string>& labels,
                                     const BearingTraining& training,
                                     std::size_t parts);

}  // namespace aiot::toolkit
