// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/reason_text.hpp"

#include <cstddef>
#include <cstdint>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/decide/bearing_rule.hpp"
#include "aiot/dsp/octave_features.hpp"
#include "aiot/toolkit/condition_analysis.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;

/// What the numbers of a bearing's reason mean (core/reason.hpp).
struct BearingNumbers {
  double level_db = 0.0;
  std::vector<std::size_t> harmonics;  ///< from 1 on
  double lo_hz = 0.0;
  double hi_hz = 0.0;
  double speed_rpm = 0.0;
  double slip_percent = 0.0;
  decide::BearingGround ground = decide::BearingGround::kNone;
};

bool is_bearing(Reason reason) noexcept {
  return reason >= Reason::kBearingOuter && reason <= Reason::kBearingHealthy;
}

std::size_t whole(float number) noexcept {
  return number >= 0.0F && number < 65536.0F ? static_cast<std::size_t>(number) : 0;
}

BearingNumbers bearing_numbers(const Cause& cause) {
  const auto number = [&cause](std::size_t i) { return static_cast<double>(cause.numbers[i]); };
  BearingNumbers numbers;
  numbers.level_db = number(0);
  for (std::size_t i = 0; i < LineFamily::kShown; ++i) {
    if ((whole(cause.numbers[1]) >> i & 1U) != 0) {
      numbers.harmonics.push_back(i + 1);
    }
  }
  numbers.lo_hz = number(2);
  numbers.hi_hz = number(3);
  numbers.speed_rpm = number(4);
  numbers.slip_percent = number(5);
  const std::size_t ground = whole(cause.numbers[6]);
  if (ground <= static_cast<std::size_t>(decide::BearingGround::kWeakLines)) {
    numbers.ground = static_cast<decide::BearingGround>(ground);
  }
  return numbers;
}

/// "harmonics 1-3", "harmonics 1, 3"; empty for none.
std::string harmonics_text(const std::vector<std::size_t>& harmonics) {
  std::string text;
  for (std::size_t i = 0; i < harmonics.size();) {
    std::size_t last = i;
    while (last + 1 < harmonics.size() && harmonics[last + 1] == harmonics[last] + 1) {
      ++last;
    }
    text += (text.empty() ? "" : ", ") + std::to_string(harmonics[i]);
    text += last > i ? "-" + std::to_string(harmonics[last]) : "";
    i = last + 1;
  }
  return text.empty() ? text : (harmonics.size() > 1 ? "harmonics " : "harmonic ") + text;
}

const char* ground_name(decide::BearingGround ground) noexcept {
  switch (ground) {
    case decide::BearingGround::kEnvelope:
      return "envelope";
    case decide::BearingGround::kDirect:
      return "direct";
    case decide::BearingGround::kWrongSpeed:
      return "wrong_speed";
    case decide::BearingGround::kNotSeparable:
      return "not_separable";
    case decide::BearingGround::kStranger:
      return "stranger";
    case decide::BearingGround::kImpacts:
      return "impacts";
    case decide::BearingGround::kWeakLines:
      return "weak_lines";
    case decide::BearingGround::kNone:
      break;
  }
  return "none";
}

/// What is unclear about a bearing.
const char* unclear_text(decide::BearingGround ground) noexcept {
  switch (ground) {
    case decide::BearingGround::kWrongSpeed:
      return "the shaft turns at another speed than stated";
    case decide::BearingGround::kNotSeparable:
      return "lines that fit several parts, or another frequency better";
    case decide::BearingGround::kStranger:
      return "lines of a frequency that is no part of this bearing";
    case decide::BearingGround::kImpacts:
      return "impacts without a rhythm";
    case decide::BearingGround::kWeakLines:
      return "lines that are too weak to name a part";
    default:
      return "abnormal, cause unclear";
  }
}

std::string bearing_subject(Reason reason, decide::BearingGround ground) {
  switch (reason) {
    case Reason::kBearingOuter:
      return "outer race";
    case Reason::kBearingInner:
      return "inner race";
    case Reason::kBearingElement:
      return "rolling element";
    case Reason::kBearingHealthy:
      return "bearing: nothing stands out";
    default:
      return std::string("bearing: ") + unclear_text(ground);
  }
}

std::string bearing_text(const Cause& cause) {
  const BearingNumbers numbers = bearing_numbers(cause);
  // Only where the level is that of a family of this bearing.
  const bool lines = numbers.ground == decide::BearingGround::kEnvelope ||
                     numbers.ground == decide::BearingGround::kDirect ||
                     numbers.ground == decide::BearingGround::kNotSeparable ||
                     numbers.ground == decide::BearingGround::kWeakLines;
  std::vector<std::string> parts;
  if (const std::string harmonics = harmonics_text(numbers.harmonics);
      lines && !harmonics.empty()) {
    parts.push_back(harmonics);
  }
  parts.push_back(printed("%.1f dB above the floor", numbers.level_db));
  if (numbers.hi_hz > 0.0) {
    parts.push_back(printed("band %.0f", numbers.lo_hz) + printed("-%.0f Hz", numbers.hi_hz));
  }
  if (numbers.speed_rpm > 0.0) {
    parts.push_back(printed("%.0f rpm", numbers.speed_rpm));
  }
  if (lines && !numbers.harmonics.empty()) {
    parts.push_back(printed("slip %+.1f %%", numbers.slip_percent));
  }
  const bool sentence =
      cause.reason == Reason::kBearingHealthy || cause.reason == Reason::kBearingUnclear;
  return bearing_subject(cause.reason, numbers.ground) + (sentence ? "; " : ": ") +
         joined(parts, ", ");
}

/// Calls `each(feature, deviation in dB)` for the pairs of a reason of the condition.
template <class Each>
void for_each_deviation(const Cause& cause, Each each) {
  for (std::size_t i = 1; i + 1 < cause.numbers.size(); i += 2) {
    each(whole(cause.numbers[i]), static_cast<double>(cause.numbers[i + 1]));
  }
}

std::string feature_text(std::size_t feature, double rate_hz) {
  return feature < dsp::kOctaveFeatures ? toolkit::condition_feature_text(feature, rate_hz)
                                        : "feature " + std::to_string(feature);
}

std::string condition_text(const Cause& cause, double rate_hz) {
  std::vector<std::string> parts;
  for_each_deviation(cause, [&](std::size_t feature, double db) {
    parts.push_back(feature_text(feature, rate_hz) + printed(" %+.1f dB", db));
  });
  return "not as commissioned: score " + printed("%.2f", static_cast<double>(cause.numbers[0])) +
         (parts.empty() ? "" : ", ") + joined(parts, ", ");
}

ordered_json bearing_json(const Cause& cause) {
  const BearingNumbers numbers = bearing_numbers(cause);
  ordered_json object{{"name", name(cause.reason)},
                      {"level_db", numbers.level_db},
                      {"harmonics", numbers.harmonics}};
  object["band_hz"] =
      numbers.hi_hz > 0.0 ? ordered_json({numbers.lo_hz, numbers.hi_hz}) : ordered_json();
  object["rpm"] = numbers.speed_rpm;
  object["slip_percent"] = numbers.slip_percent;
  object["ground"] = ground_name(numbers.ground);
  return object;
}

ordered_json condition_json(const Cause& cause, double rate_hz) {
  ordered_json deviations = ordered_json::array();
  for_each_deviation(cause, [&](std::size_t feature, double db) {
    ordered_json deviation{{"feature", feature}};
    const bool known = feature < dsp::kOctaveFeatures;
    const auto named = known ? toolkit::condition_feature(feature, rate_hz)
                             : toolkit::ConditionFeatureName{feature_text(feature, rate_hz)};
    deviation["name"] = named.name;
    deviation["band_hz"] =
        named.hi_hz > 0.0 ? ordered_json({named.lo_hz, named.hi_hz}) : ordered_json();
    deviation["db"] = db;
    deviations.push_back(std::move(deviation));
  });
  return {{"name", name(cause.reason)}, {"score", cause.numbers[0]}, {"deviations", deviations}};
}

bool has_bearing_numbers(const Cause& cause) noexcept {
  return is_bearing(cause.reason) && cause.numbers.size() >= 7;
}

bool has_condition_numbers(const Cause& cause) noexcept {
  return cause.reason == Reason::kCondition && !cause.numbers.empty();
}

bool has_flags(const Cause& cause) noexcept {
  return cause.reason == Reason::kBadData && !cause.numbers.empty();
}

std::vector<std::string> flags_of(const Cause& cause) {
  return flag_words(static_cast<std::uint32_t>(whole(cause.numbers[0])));
}

}  // namespace

std::vector<std::string> reason_names(std::span<const Cause> causes) {
  std::vector<std::string> names;
  for (const Cause& cause : causes) {
    names.emplace_back(name(cause.reason));
  }
  return names;
}

std::string reason_text(const Cause& cause, double rate_hz) {
  if (has_bearing_numbers(cause)) {
    return bearing_text(cause);
  }
  if (has_condition_numbers(cause)) {
    return condition_text(cause, rate_hz);
  }
  return has_flags(cause) ? "the samples are not to be trusted: " + joined(flags_of(cause), ", ")
                          : name(cause.reason);
}

std::vector<std::string> reason_texts(std::span<const Cause> causes, double rate_hz) {
  std::vector<std::string> texts;
  for (const Cause& cause : causes) {
    if (!cause.numbers.empty()) {
      texts.push_back(reason_text(cause, rate_hz));
    }
  }
  return texts;
}

ordered_json reason_details(std::span<const Cause> causes, double rate_hz) {
  ordered_json list = ordered_json::array();
  for (const Cause& cause : causes) {
    if (has_bearing_numbers(cause)) {
      list.push_back(bearing_json(cause));
    } else if (has_condition_numbers(cause)) {
      list.push_back(condition_json(cause, rate_hz));
    } else {
      ordered_json object{{"name", name(cause.reason)}};
      if (has_flags(cause)) {
        object["flags"] = flags_of(cause);
      } else if (!cause.numbers.empty()) {
        object["numbers"] = std::vector<float>(cause.numbers.begin(), cause.numbers.end());
      }
      list.push_back(std::move(object));
    }
  }
  return list;
}

}  // namespace aiot::cli
