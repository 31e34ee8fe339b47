// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiot/core/feature_id.hpp"

namespace aiot::cli {

/// A feature as people call it.
struct FeatureName {
  FeatureId id = FeatureId::kNone;
  std::uint8_t axis = 0;
  float lo_hz = 0.0F;
  float hi_hz = 0.0F;
};

/// "band_rms 200-1000 Hz"; with the axis ("axis 2") where there are several.
std::string title_of(const FeatureName& feature, std::uint32_t axes);

/// The same as a key for JSON: "band_rms_200_1000_hz", "rms_axis_2".
std::string key_of(const FeatureName& feature, std::uint32_t axes);

/// A value with as many digits as are worth reading.
std::string value_text(double value);

/// The few features that a table has room for: level, velocity, crest factor, kurtosis first, and
/// of those the first axis. Indices into `features`.
std::vector<std::size_t> main_features(const std::vector<FeatureName>& features, std::size_t most);

/// The words of flag bits, in the order of the bits; unknown bits as "bit N".
std::vector<std::string> flag_words(std::uint32_t flags);

std::string joined(const std::vector<std::string>& words, const std::string& between);

}  // namespace aiot::cli
