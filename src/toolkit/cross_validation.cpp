// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/cross_validation.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "aiot/core/check.hpp"
#include "aiot/decide/bearing_rule.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "aiot/toolkit/random.hpp"

namespace aiot::toolkit {
namespace {

std::size_t place_of(const std::vector<std::string>& labels, std::string_view label) {
  const auto found = std::find(labels.begin(), labels.end(), label);
  AIOT_CHECK(found != labels.end());
  return static_cast<std::size_t>(found - labels.begin());
}

std::vector<std::string> labels_of(const model::Package& package) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < package.labels; ++i) {
    labels.emplace_back(package.label(i));
  }
  return labels;
}

void append(std::vector<ScoredRecording>& to, const std::vector<ScoredRecording>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// Values of `part` that have a recording of every fault, in order of appearance.
std::vector<std::string> fold_values(std::span<const BearingRecording> recordings,
                                     const std::vector<std::string>& labels) {
  std::vector<std::string> values;
  for (const BearingRecording& recording : recordings) {
    (void)index_of(values, recording.part);
  }
  std::erase_if(values, [&](const std::string& value) {
    std::set<std::string> found;
    for (const BearingRecording& recording : recordings) {
      if (recording.part == value) {
        found.insert(recording.label);
      }
    }
    const std::vector<std::size_t> faults = fault_labels(labels);
    return value.empty() || std::ranges::any_of(faults, [&](std::size_t fault) {
             return !found.contains(labels[fault]);
           });
  });
  return values;
}

std::optional<double> mean_of(const std::vector<Fold>& folds,
                              std::optional<double> Areas::*member) {
  double sum = 0;
  for (const Fold& fold : folds) {
    if (!(fold.areas.*member)) {
      return std::nullopt;
    }
    sum += *(fold.areas.*member);
  }
  return sum / static_cast<double>(folds.size());
}

}  // namespace

BearingTraining bearing_training(const std::string& name,
                                 const std::string& normal,
                                 std::uint64_t seed) {
  BearingTraining training;
  TrainingRequest& request = training.request;
  request.name = name;
  request.version = {1, 0, 0};
  request.normal_label = normal;
  request.specs = evidence_features();
  request.window = 4096;
  request.hop = 2048;
  request.rate_min_hz = 5000.0F;
  request.rate_max_hz = 110000.0F;
  request.decider = {
      .votes = 4, .windows = 6, .min_confidence = 128, .on_gap = decide::OnGap::kKeep};
  request.policy = {.heartbeat_windows = 16, .abnormal_windows = 4};
  request.fit = {.seed = seed,
                 .hidden = 16,
                 .batch = 64,
                 .max_epochs = 40,
                 .patience = 15,
                 .learning_rate = 0.003,
                 .l2 = 1e-3,
                 .label_smoothing = 0.05,
                 .input_noise = 0.25};
  request.deviation_floor = 0.5;  // dB
  request.bearing = dsp::BearingPlan{};
  request.trace = Trace::kGroups;
  return training;
}

Dataset training_rows(std::span<const BearingRecording> recordings,
                      const BearingTraining& training) {
  EvidenceRows rows(training.request.plan());
  for (const BearingRecording& recording : recordings) {
    rows.add_segments(recording);
  }
  rows.attenuate(training.attenuation, training.request.fit.seed);
  return rows.dataset();
}

Loaded<Training> train_bearing_package(std::span<const BearingRecording> recordings,
                                       const BearingTraining& training,
                                       const std::function<void(const Epoch&)>& progress) {
  return train_on_all(training_rows(recordings, training), training.request, progress);
}

BearingScorer::BearingScorer(const model::Package& package, std::vector<std::string> labels)
    : plan_(package.plan), labels_(std::move(labels)), runner_(package) {
  const std::vector<std::string> known = labels_of(package);
  for (const std::string& label : labels_) {
    const auto found = std::find(known.begin(), known.end(), label);
    place_.push_back(found == known.end()
                         ? std::nullopt
                         : std::optional(static_cast<std::size_t>(found - known.begin())));
  }
}

std::vector<double> BearingScorer::network(const BearingEvidence& evidence) {
  const auto scores = runner_.scores(features_of(plan_, evidence));
  std::vector<double> result;
  for (const std::optional<std::size_t> place : place_) {
    result.push_back(place ? static_cast<double>(scores[*place] + 128) / 256.0 : 0.0);
  }
  return result;
}

std::vector<double> BearingScorer::physics(const BearingEvidence& evidence) const {
  const auto scores = decide::bearing_scores(evidence);
  std::vector<double> result;
  for (const std::string& label : labels_) {
    const auto part = part_of_label(label);
    result.push_back(part ? static_cast<double>(scores[static_cast<std::size_t>(*part)]) : 0.0);
  }
  return result;
}

void BearingScorer::add(const BearingEvidence& evidence,
                        std::string_view file,
                        std::string_view group,
                        std::string_view label,
                        BearingScores& out) {
  ScoredRecording scored{.file = std::string(file),
                         .group = std::string(group),
                         .truth = place_of(labels_, label),
                         .scores = network(evidence)};
  out.network.push_back(scored);
  scored.scores = physics(evidence);
  out.physics.push_back(scored);
  for (std::size_t i = 0; i < scored.scores.size(); ++i) {
    scored.scores[i] = 0.5 * (scored.scores[i] + out.network.back().scores[i]);
  }
  out.fused.push_back(std::move(scored));
}

Areas areas_of(const BearingScores& scores, std::span<const std::size_t> faults) {
  return {macro_auroc(scores.network, faults),
          macro_auroc(scores.physics, faults),
          macro_auroc(scores.fused, faults)};
}

std::vector<std::size_t> fault_labels(const std::vector<std::string>& labels) {
  std::vector<std::size_t> faults;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (part_of_label(labels[i])) {
      faults.push_back(i);
    }
  }
  return faults;
}

Loaded<CrossValidation> cross_validate(std::span<const BearingRecording> recordings,
                                       const std::vector<std::string>& labels,
                                       const BearingTraining& training,
                                       const std::function<void(const std::string&)>& progress) {
  const std::vector<std::string> values = fold_values(recordings, labels);
  if (values.size() < 2) {
    return Problem{
        "fewer than two values of the column have recordings of every fault; name "
        "another column with --folds"};
  }
  const std::vector<std::size_t> faults = fault_labels(labels);
  CrossValidation result;
  for (const std::string& value : values) {
    if (progress) {
      progress(value);
    }
    std::vector<BearingRecording> rest;
    std::ranges::copy_if(recordings, std::back_inserter(rest), [&](const BearingRecording& one) {
      return one.part != value;
    });
    auto trained = train_bearing_package(rest, training, {});
    if (!trained.ok()) {
      return trained.problem();
    }
    const AlignedBytes file(trained->package);
    const auto package = model::load(file.view());
    AIOT_CHECK(package.ok());
    BearingScorer scorer(*package, labels);
    Fold fold{.value = value, .trained = rest.size(), .scores = {}, .areas = {}};
    fold.epochs = trained->report.fit.epochs;
    for (const BearingRecording& recording : recordings) {
      if (recording.part == value) {
        scorer.add(recording.whole, recording.file, recording.group, recording.label, fold.scores);
      }
    }
    fold.areas = areas_of(fold.scores, faults);
    append(result.pooled.network, fold.scores.network);
    append(result.pooled.physics, fold.scores.physics);
    append(result.pooled.fused, fold.scores.fused);
    result.folds.push_back(std::move(fold));
  }
  result.areas = {mean_of(result.folds, &Areas::network),
                  mean_of(result.folds, &Areas::physics),
                  mean_of(result.folds, &Areas::fused)};
  return result;
}

Loaded<BearingScores> leaky_validate(std::span<const BearingRecording> recordings,
                                     const std::vector<std::string>& labels,
                                     const BearingTraining& training,
                                     std::size_t parts) {
  AIOT_CHECK(parts > 1);
  // Segments of a recording dealt evenly, so that every part has every class.
  Random random(training.request.fit.seed, 7);
  std::vector<std::vector<std::size_t>> part_of(recordings.size());
  std::size_t next = 0;
  for (std::size_t r = 0; r < recordings.size(); ++r) {
    for (std::size_t i = 0; i < recordings[r].segments.size(); ++i) {
      part_of[r].push_back(next++ % parts);
    }
    random.shuffle(part_of[r]);
  }
  BearingScores result;
  for (std::size_t part = 0; part < parts; ++part) {
    std::vector<BearingRecording> rest;
    for (std::size_t r = 0; r < recordings.size(); ++r) {
      BearingRecording kept = recordings[r];
      kept.segments.clear();
      kept.noisy.clear();
      for (std::size_t i = 0; i < part_of[r].size(); ++i) {
        if (part_of[r][i] != part) {
          kept.segments.push_back(recordings[r].segments[i]);
          kept.noisy.push_back(recordings[r].noisy[i]);
        }
      }
      rest.push_back(std::move(kept));
    }
    auto trained = train_bearing_package(rest, training, {});
    if (!trained.ok()) {
      return trained.problem();
    }
    const AlignedBytes file(trained->package);
    const auto package = model::load(file.view());
    AIOT_CHECK(package.ok());
    BearingScorer scorer(*package, labels);
    for (std::size_t r = 0; r < recordings.size(); ++r) {
      for (std::size_t i = 0; i < part_of[r].size(); ++i) {
        if (part_of[r][i] == part) {
          scorer.add(recordings[r].segments[i],
                     recordings[r].file,
                     recordings[r].group,
                     recordings[r].label,
                     result);
        }
      }
    }
  }
  return result;
}

}  // namespace aiot::toolkit
