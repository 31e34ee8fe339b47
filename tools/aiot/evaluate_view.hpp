// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiot/toolkit/evaluation.hpp"

namespace aiot::cli {

/// What `aiot evaluate` was asked for.
struct EvaluateOptions {
  std::string package;
  std::string manifest;
  std::string folds;  ///< column
  std::size_t seeds = 1;
  std::string scores;  ///< file
  std::string report;  ///< file
  std::vector<std::string> labels;
  std::string normal = "normal";
  std::vector<std::string> group_by;
  std::string bearing;
  std::string catalogue;
  toolkit::Heads heads = toolkit::Heads::kSoftmax;
  bool learn_normal = false;
  bool allow_leak = false;
  bool skip_bad = false;
  bool json = false;
  std::size_t tried = 0;
};

/// One recording with all that was found.
struct EvaluatedRecording {
  std::string file;
  std::string group;
  std::size_t truth = 0;
  bool seen = false;  ///< its group was trained on
  std::vector<double> network;
  std::vector<double> physics;  ///< empty without evidence
  std::vector<double> fused;    ///< empty without evidence
  toolkit::BearingAnswer answer;
};

/// The three ways to score, or the network alone.
struct FigureSet {
  std::string name;  ///< "never seen", "seen in training", "random segments"
  std::size_t recordings = 0;
  std::size_t groups = 0;
  toolkit::Figures network;
  toolkit::Figures physics;
  toolkit::Figures fused;
};

/// One value of the column that was held out, over all seeds.
struct FoldRow {
  std::string value;
  std::size_t recordings = 0;
  double network_mean = 0;
  double network_worst = 0;
  double physics = 0;
  double fused_mean = 0;
  double fused_worst = 0;
};

struct Evaluation {
  std::vector<std::pair<std::string, std::string>> provenance;
  std::vector<std::string> labels;
  std::vector<std::size_t> faults;
  std::optional<std::size_t> normal;
  bool physics = false;  ///< physics and fused scores are there
  std::vector<EvaluatedRecording> recordings;
  FigureSet honest;
  std::optional<FigureSet> leaky;
  toolkit::Confusion confusion{0};  ///< of the answers on what `honest` is about
  std::vector<FoldRow> folds;       ///< the last one is the mean
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
};

/// Recordings as the toolkit's figures want them.
std::vector<toolkit::ScoredRecording> scored(const std::vector<EvaluatedRecording>& recordings,
                                             const std::vector<double> EvaluatedRecording::*scores);

/// Figures of a list of recordings; for bearings of those with a fault, because their scores name
/// the cause and the rule says whether there is one.
FigureSet figure_set(const std::string& name,
                     const std::vector<EvaluatedRecording>& all,
                     const Evaluation& evaluation);

/// Answers against truth.
toolkit::Confusion confusion_of(const std::vector<EvaluatedRecording>& recordings,
                                const Evaluation& evaluation);

/// The labels, and for bearings "unclear" behind them: what answers may be.
std::vector<std::string> answers_of(const Evaluation& evaluation);

std::string evaluation_text(const Evaluation& evaluation);
nlohmann::json evaluation_json(const Evaluation& evaluation);

/// One row a recording, columns as in the first line.
std::string evaluation_csv(const Evaluation& evaluation);

/// One HTML file.
std::string evaluation_html(const Evaluation& evaluation);

}  // namespace aiot::cli
