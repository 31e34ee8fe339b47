// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/features_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "aiot/core/flags.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {

namespace {

struct FlagWord {
  std::uint32_t bit;
  const char* word;
};

constexpr std::array<FlagWord, 17> kFlagWords{{{kFlagGapBefore, "gap"},
                                               {kFlagSaturated, "saturated"},
                                               {kFlagVoting, "voting"},
                                               {kFlagUnknown, "unknown"},
                                               {kFlagChanged, "changed"},
                                               {kFlagFlatLine, "flat"},
                                               {kFlagRateMismatch, "rate"},
                                               {kFlagFirst, "first"},
                                               {kFlagClipped, "clipped"},
                                               {kFlagDropout, "dropout"},
                                               {kFlagAlternating, "alternating"},
                                               {kFlagOffset, "offset"},
                                               {kFlagRateSuspect, "rate_suspect"},
                                               {kFlagNotFinite, "not_finite"},
                                               {kFlagUnresolved, "unresolved"},
                                               {kFlagCondition, "condition"},
                                               {kFlagCommissioning, "commissioning"}}};

constexpr std::array<FeatureId, 7> kByInterest{FeatureId::kRms,
                                               FeatureId::kVelocityRms,
                                               FeatureId::kCrestFactor,
                                               FeatureId::kKurtosis,
                                               FeatureId::kPeak,
                                               FeatureId::kBandRms,
                                               FeatureId::kMean};

bool has_band(const FeatureName& feature) noexcept {
  return feature.hi_hz > 0.0F;
}

std::string hz(float value) {
  return printed("%g", static_cast<double>(value));
}

}  // namespace

std::string title_of(const FeatureName& feature, std::uint32_t axes) {
  std::string text = name(feature.id);
  if (has_band(feature)) {
    text += " " + hz(feature.lo_hz) + "-" + hz(feature.hi_hz) + " Hz";
  }
  return axes > 1 ? text + " axis " + std::to_string(feature.axis + 1) : text;
}

std::string key_of(const FeatureName& feature, std::uint32_t axes) {
  std::string text = name(feature.id);
  if (has_band(feature)) {
    text += "_" + hz(feature.lo_hz) + "_" + hz(feature.hi_hz) + "_hz";
  }
  return axes > 1 ? text + "_axis_" + std::to_string(feature.axis + 1) : text;
}

std::string value_text(double value) {
  const double size = std::fabs(value);
  if (!std::isfinite(value)) {
    return "-";
  }
  if (size != 0.0 && (size < 0.001 || size >= 1e6)) {
    return printed("%.2e", value);
  }
  return printed(size < 1.0 ? "%.4f" : size < 100.0 ? "%.3f" : "%.1f", value);
}

std::vector<std::size_t> main_features(const std::vector<FeatureName>& features, std::size_t most) {
  std::vector<std::size_t> chosen;
  for (const FeatureId wanted : kByInterest) {
    for (std::size_t i = 0; i < features.size() && chosen.size() < most; ++i) {
      if (features[i].id == wanted && features[i].axis == 0) {
        chosen.push_back(i);
      }
    }
  }
  return chosen;
}

std::vector<std::string> flag_words(std::uint32_t flags) {
  std::vector<std::string> words;
  for (const FlagWord& known : kFlagWords) {
    if ((flags & known.bit) != 0) {
      words.emplace_back(known.word);
      flags &= ~known.bit;
    }
  }
  for (std::uint32_t bit = 0; bit < 32; ++bit) {
    if ((flags & (1U << bit)) != 0) {
      words.push_back("bit " + std::to_string(bit));
    }
  }
  return words;
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : between) + word;
  }
  return text;
}

}  // namespace aiot::cli
