// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/dsp/features.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/trainer.hpp"

namespace aiot::toolkit {

/// Feature vectors with a class and a group each. A group is what must not be on both sides of a
/// split: one physical machine or bearing, whatever its loads, speeds and recordings.
struct Dataset {
  std::vector<std::string> labels;  ///< names of the classes
  std::vector<std::string> groups;  ///< names of the groups
  std::size_t features = 0;
  std::vector<float> values;             ///< [rows][features], in physical units
  std::vector<std::uint8_t> row_label;   ///< [rows], index into `labels`
  std::vector<std::uint32_t> row_group;  ///< [rows], index into `groups`

  [[nodiscard]] std::size_t rows() const noexcept { return row_label.size(); }

  [[nodiscard]] std::span<const float> row(std::size_t i) const noexcept {
    return std::span(values).subspan(i * features, features);
  }
};

/// Index of `name` in `names`, which it joins if it is new.
std::uint32_t index_of(std::vector<std::string>& names, std::string_view name);

/// Samples of one axis as a converter gave them.
struct Signal {
  std::span<const std::int16_t> samples;
  float scale = 0;  ///< m/s^2 per count
  float rate_hz = 0;
};

/// Appends one row for each window of `signal`, by the windower and features of the device.
/// Windows with a flat line are left out. Returns how many rows it added.
/// Errors: of `dsp::check`; `kInvalidArgument` a scale that is not positive and finite, or a plan
/// of another number of features than the rows before; `kEmpty` shorter than one window.
Result<std::size_t> add_windows(Dataset& dataset,
                                const dsp::FeaturePlan& plan,
                                const Signal& signal,
                                std::uint8_t label,
                                std::uint32_t group);

/// Which groups train the network, which end the training, and which judge it.
struct Split {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> validation;
  std::vector<std::uint32_t> test;
};

/// The same for a recording of one axis: the windows between its gaps, none across one. `kEmpty`:
/// no piece is as long as a window; `kUnsupported`: several axes.
Result<std::size_t> add_recording(Dataset& dataset,
                                  const dsp::FeaturePlan& plan,
                                  const Recording& recording,
                                  std::uint8_t label,
                                  std::uint32_t group);

/// Parts of the groups, each in [0, 1).
struct SplitShares {
  double test = 0.25;
  double validation = 0.2;
};

/// Deals the groups out, kind by kind (a kind: groups with the same set of classes), in random
/// order: `shares.test` of them to test, `shares.validation` to validation, but at least one to
/// test and one to train, and one to validation from the third on. Errors: `kEmpty` a class that
/// would have no group for training or none for the test, as when it has one group only.
Status split_by_group(const Dataset& dataset, SplitShares shares, std::uint64_t seed, Split& out);

/// Sets offset and scale of each feature so that t(x) of the rows of `groups` has mean 0 and
/// variance 1. A feature that is constant keeps scale 1. With `floor` above 0, the scale is
/// 1 / (deviation + floor): what hardly varies in the training data is not blown up.
void fit_normalisation(const Dataset& dataset,
                       std::span<const std::uint32_t> groups,
                       double floor,
                       std::span<dsp::FeatureSpec> specs);

/// The rows of `groups`, normalised: what the network sees.
Samples normalised(const Dataset& dataset,
                   std::span<const std::uint32_t> groups,
                   const dsp::FeaturePlan& plan);

/// Indices of the rows of `groups`.
std::vector<std::size_t> rows_of(const Dataset& dataset, std::span<const std::uint32_t> groups);

/// SHA-256 over the names, values, classes and groups: equal exactly when the data are. Little-
/// endian; counts as 32 bits, then each name as its length and bytes, then the rows in order.
Hash256 content_hash(const Dataset& dataset);

}  // namespace aiot::toolkit
