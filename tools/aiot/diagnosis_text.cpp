// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/diagnosis_text.hpp"

#include <algorithm>
#include <cmath>

#include "aiot/decide/bearing_rule.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {
namespace {

using decide::BearingGround;
using decide::BearingState;
using toolkit::BearingDiagnosis;

std::string db(double level) {
  return printed("%.1f dB", level);
}

std::string db(float level) {
  return db(static_cast<double>(level));
}

std::string band_text(float lo_hz, float hi_hz) {
  if (hi_hz < 1000.0F) {
    return printed("%.0f", static_cast<double>(lo_hz)) +
           printed("-%.0f Hz", static_cast<double>(hi_hz));
  }
  return printed("%.2g", static_cast<double>(lo_hz) / 1000.0) +
         printed("-%.2g kHz", static_cast<double>(hi_hz) / 1000.0);
}

/// "BPFO x1-3", the harmonics of a family that stand out.
std::string harmonics_text(const PartRow& row) {
  constexpr float kSeen_db = 6.0F;
  std::string text;
  for (std::size_t h = 0; h < LineFamily::kShown; ++h) {
    if (row.envelope.harmonics_db[h] >= kSeen_db) {
      text += (text.empty() ? " x" : ", x") + std::to_string(h + 1);
    }
  }
  return std::string(row.family) + (text.empty() ? " (no harmonic alone above 6 dB)" : text);
}

std::string slip_text(const LineFamily& family) {
  return printed("slip %+.2f %%", 100.0 * static_cast<double>(family.slip));
}

std::string finding_text(const PartRow& row, const BearingEvidence& evidence, double threshold) {
  const bool found = static_cast<double>(row.envelope.level_db) >= threshold;
  std::string text =
      (found ? "" : "loudest of the parts, ") + std::string(row.part) + ": " + harmonics_text(row) +
      ", " + db(row.envelope.level_db) + " above the floor of the envelope's spectrum (" +
      db(threshold) + " are a finding), band " + band_text(evidence.lo_hz, evidence.hi_hz) + ", " +
      printed("%.2f Hz", row.hz) +
      printed(" at %.0f rpm, ", static_cast<double>(evidence.speed_rpm)) + slip_text(row.envelope);
  constexpr float kSidebands_db = 6.0F;
  if (row.envelope.sidebands_db >= kSidebands_db) {
    text += ", sidebands " + db(row.envelope.sidebands_db);
  }
  return text;
}

std::string others_text(const std::array<PartRow, kBearingParts>& rows, std::size_t loudest) {
  std::string text = "the other parts in that band:";
  bool first = true;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i != loudest) {
      text +=
          (first ? " " : ", ") + std::string(rows[i].part) + " " + db(rows[i].envelope.level_db);
      first = false;
    }
  }
  return text;
}

/// The speed outside of what is searched at which the shaft's harmonics are loudest.
double other_rpm(const BearingDiagnosis& diagnosis) {
  const dsp::DirectFindings& direct = diagnosis.analysis.direct;
  return diagnosis.speed.rpm * (1.0 + static_cast<double>(direct.shaft.far_slip));
}

std::string ground_text(const BearingDiagnosis& diagnosis, const PartRow& row) {
  const BearingEvidence& evidence = diagnosis.analysis.evidence;
  switch (diagnosis.verdict.ground) {
    case BearingGround::kEnvelope:
      return "decided by a family of lines in the envelope that no other frequency outdoes";
    case BearingGround::kDirect:
      return "decided by the second, weaker tier: " + std::string(row.family) +
             " x1-10 in the "
             "vibration itself, " +
             db(diagnosis.verdict.level_db) + "; the envelope shows nothing, so take it as a hint";
    case BearingGround::kWrongSpeed:
      return "the shaft's harmonics are " + db(evidence.shaft_far_db) +
             printed(" at about %.0f rpm", other_rpm(diagnosis)) +
             ": the speed is wrong, and with it all orders";
    case BearingGround::kNotSeparable:
      return "there are lines, but they fit several parts or another frequency better (" +
             db(evidence.rival_db) + " at another one, " + db(evidence.own_db) + " at this part's)";
    case BearingGround::kStranger:
      return "periodic impacts " +
             printed("%.3f times a revolution", static_cast<double>(evidence.any_rival_order)) +
             printed(" (%.2f Hz, ",
                     static_cast<double>(evidence.any_rival_order * evidence.speed_rpm) / 60.0) +
             db(evidence.any_rival_db) + ") fit no part of this bearing";
    case BearingGround::kImpacts:
      return "strong impacts without a rhythm of this bearing";
    case BearingGround::kWeakLines:
      return "lines are there but too weak to name a part: a reason to watch, not to act";
    case BearingGround::kNone:
      break;
  }
  return "no family of lines stands out";
}

std::string shaft_text(const BearingDiagnosis& diagnosis) {
  const BearingEvidence& evidence = diagnosis.analysis.evidence;
  const std::string level = db(std::max(evidence.shaft_db, evidence.shaft_near_db));
  std::string text;
  if (diagnosis.verdict.ground == BearingGround::kWrongSpeed) {
    text = "harmonics of the shaft contradict the speed: " + level + " there, " +
           db(evidence.shaft_far_db) + " elsewhere";
  } else if (toolkit::speed_is_confirmed(evidence)) {
    text = "harmonics of the shaft confirm the speed (" + level + ")";
  } else {
    text = "harmonics of the shaft neither confirm nor contradict the speed (" + level +
           ", 9 dB would): the confidence is lowered";
  }
  const double correction = static_cast<double>(diagnosis.analysis.direct.correction);
  if (correction != 0.0 && diagnosis.verdict.ground != BearingGround::kWrongSpeed) {
    text += printed("; they put it at %.1f rpm", static_cast<double>(evidence.speed_rpm)) +
            printed(" (%+.2f %%)", 100.0 * correction);
  }
  return text;
}

}  // namespace

std::array<PartRow, kBearingParts> part_rows(const BearingDiagnosis& diagnosis) {
  const toolkit::BearingAnalysis& analysis = diagnosis.analysis;
  const BearingEvidence& evidence = analysis.evidence;
  const auto bsf = static_cast<double>(analysis.orders.bsf);
  std::array<PartRow, kBearingParts> rows{
      {{.part = "outer race", .family = "BPFO", .order = static_cast<double>(analysis.orders.bpfo)},
       {.part = "inner race", .family = "BPFI", .order = static_cast<double>(analysis.orders.bpfi)},
       {.part = "rolling element", .family = "2xBSF", .order = 2.0 * bsf}}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].envelope = evidence.envelope[i];
    rows[i].loudest_db = static_cast<double>(evidence.loudest_db[i]);
    rows[i].direct_db = static_cast<double>(direct_level_db(evidence.direct[i]));
    rows[i].hz = rows[i].order * (1.0 + static_cast<double>(rows[i].envelope.slip)) *
                 static_cast<double>(evidence.speed_rpm) / 60.0;
  }
  return rows;
}

const char* verdict_words(BearingState state) noexcept {
  switch (state) {
    case BearingState::kHealthy:
      return "healthy";
    case BearingState::kOuterRace:
      return "outer race damaged";
    case BearingState::kInnerRace:
      return "inner race damaged";
    case BearingState::kElement:
      return "rolling element damaged";
    case BearingState::kUnclear:
      return "abnormal, cause unclear";
    case BearingState::kUnknown:
      break;
  }
  return "not diagnosed";
}

const char* ground_word(BearingGround ground) noexcept {
  constexpr std::array<const char*, 8> kWords{"none",
                                              "envelope",
                                              "direct",
                                              "wrong_speed",
                                              "not_separable",
                                              "stranger",
                                              "impacts",
                                              "weak_lines"};
  return kWords[static_cast<std::size_t>(ground)];
}

std::string verdict_line(const BearingDiagnosis& diagnosis) {
  return std::string(verdict_words(diagnosis.verdict.state)) +
         (diagnosis.verdict.ground == BearingGround::kWeakLines ? " (weak signs: watch it)" : "") +
         printed(", confidence %.2f", static_cast<double>(diagnosis.confidence));
}

std::vector<std::string> reasons_of(const BearingDiagnosis& diagnosis) {
  const BearingEvidence& evidence = diagnosis.analysis.evidence;
  const auto rows = part_rows(diagnosis);
  const std::size_t loudest =
      static_cast<std::size_t>(std::max_element(rows.begin(),
                                                rows.end(),
                                                [](const PartRow& a, const PartRow& b) {
                                                  return a.envelope.level_db < b.envelope.level_db;
                                                }) -
                               rows.begin());
  std::vector<std::string> reasons{ground_text(diagnosis, rows[diagnosis.verdict.part])};
  reasons.push_back(
      finding_text(rows[loudest], evidence, toolkit::envelope_threshold_db(evidence)));
  reasons.push_back(others_text(rows, loudest));
  reasons.push_back(shaft_text(diagnosis));
  reasons.push_back("impulsiveness " +
                    printed("%.1f", static_cast<double>(evidence.impulsiveness)) +
                    " (0 for noise; from 3.3 on impacts, whatever they come from)");
  reasons.push_back(
      printed("spectra of %.0f revolutions (envelope)",
              static_cast<double>(evidence.envelope_revolutions)) +
      printed(" and %.0f (vibration)", static_cast<double>(evidence.direct_revolutions)) + ", " +
      std::to_string(diagnosis.analysis.frames_used) + " of " +
      std::to_string(diagnosis.analysis.frames) + " frames used");
  return reasons;
}

std::vector<std::string> next_steps(const BearingDiagnosis& diagnosis) {
  switch (diagnosis.verdict.ground) {
    case BearingGround::kEnvelope:
      return {"measure again at the same speed and load, and compare the levels",
              "inspect or replace the bearing at the next stop; at once when the severity zone is "
              "D or the levels rise from one measurement to the next"};
    case BearingGround::kDirect:
      return {"record 30 s or more at the same speed and load and look again",
              "check fit and looseness of the outer ring, which look alike"};
    case BearingGround::kWrongSpeed:
      return {"measure the speed (tacho, strobe, converter) and repeat with --rpm N",
              "check the sample rate when the speed is certain"};
    case BearingGround::kNotSeparable:
      return {"check which bearing is mounted and its geometry",
              "record longer (150 revolutions or more) at constant speed, so that lines separate"};
    case BearingGround::kStranger:
      return {"check which bearing is mounted (--bearing) and the speed (--rpm)",
              "look for another source at that frequency: a second bearing, gears, a belt"};
    case BearingGround::kImpacts:
      return {
          "look for looseness, knocking, rubbing, electric discharge and damaged rolling "
          "elements",
          "measure again after lubrication; compare with the other end of the machine"};
    case BearingGround::kWeakLines:
      return {"watch: measure again within days at the same speed and load",
              "act when the levels rise or a part is named"};
    case BearingGround::kNone:
      break;
  }
  return {"nothing; measure again at the usual interval and keep this recording as a baseline"};
}

}  // namespace aiot::cli
