// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/bearing_diagnosis.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "aiot/core/flags.hpp"
#include "aiot/dsp/speed.hpp"
#include "aiot/dsp/statistics.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {
namespace {

/// Levels that no machine on earth and no sensor has, in m/s^2.
constexpr double kLoudest = 1000.0 * kStandardGravity;
constexpr double kQuietest = 1e-6 * kStandardGravity;

/// A warning is worth saying when more than this share of the windows has the flag.
constexpr double kWorthSaying = 0.05;

/// Share of all samples that are cut off from which on impacts lose their tips.
constexpr double kMuchCutOff = 1e-3;

std::string percent(std::size_t part, std::size_t all) {
  return shown(std::round(100.0 * static_cast<double>(part) / static_cast<double>(all))) + " %";
}

Problem refused(const Recording& recording, const std::string& why) {
  return Problem{recording.source + ": not diagnosed: " + why};
}

double rms_of(const Recording& recording, const RecordingQuality& quality) {
  dsp::StatisticsAccumulator statistics;
  for (const Piece& piece : usable_pieces(recording, quality, Purpose::kRhythm)) {
    statistics.add(acceleration_of(recording, piece));
  }
  return static_cast<double>(statistics.result().deviation);
}

/// What is said about the samples; each sentence that costs confidence comes with its factor.
class Caution {
 public:
  explicit Caution(BearingDiagnosis& diagnosis) : diagnosis_(diagnosis) {}

  void costs(const std::string& sentence, float factor) {
    diagnosis_.warnings.push_back(sentence + "; confidence x " +
                                  shown(std::round(100.0 * static_cast<double>(factor)) / 100.0));
    diagnosis_.confidence *= factor;
  }

  void says(const std::string& sentence) { diagnosis_.warnings.push_back(sentence); }

  void caps_health(const std::string& sentence) {
    if (diagnosis_.verdict.state == decide::BearingState::kHealthy) {
      diagnosis_.confidence = std::min(diagnosis_.confidence, kMostHealthy);
    }
    diagnosis_.warnings.push_back(sentence);
  }

 private:
  BearingDiagnosis& diagnosis_;
};

void judge_samples(const RecordingQuality& quality, Caution& caution) {
  const std::size_t all = quality.windows.size();
  const std::size_t usable = quality.usable(Purpose::kRhythm);
  const auto often = [all](std::size_t count) {
    return static_cast<double>(count) > kWorthSaying * static_cast<double>(all);
  };
  if (usable < all) {
    const std::string sentence = std::to_string(all - usable) + " of " + std::to_string(all) +
                                 " windows were left out, most of them " + main_fault_of(quality);
    if (often(all - usable)) {
      caution.costs(sentence, kTrustWithWarning);
    } else {
      caution.says(sentence);
    }
  }
  std::size_t cut = 0;
  double samples = 0.0;  // that are cut off, as a share of a window
  for (const WindowQuality& window : quality.windows) {
    if (is_usable(window, Purpose::kRhythm) && !is_usable(window, Purpose::kLevel)) {
      ++cut;
      samples += static_cast<double>(window.distorted);
    }
  }
  const std::string sentence = std::to_string(cut) + " of " + std::to_string(all) +
                               " windows are saturated or clipped in a few samples";
  if (samples > kMuchCutOff * static_cast<double>(all)) {
    caution.costs(sentence + "; levels are too low", kTrustWithWarning);
  } else if (cut > 0) {
    caution.says(sentence);
  }
  if (often(quality.count(kFlagOffset))) {
    caution.says("the mean takes a large part of the range; lines do not suffer from it");
  }
}

void judge_level(double rms, Caution& caution) {
  if (rms > kLoudest || rms < kQuietest) {
    caution.says("a level of " + shown(rms) +
                 " m/s^2 RMS is implausible; check unit and full scale (the diagnosis does not "
                 "depend on the gain, the severity does)");
  }
}

std::string suspicion(const RecordingQuality& quality) {
  return quality.hold > 1 ? "every sample is there " + std::to_string(quality.hold) +
                                " times, so the sample rate may be stated that much too high"
                          : "the spectrum ends at " +
                                shown(std::round(100.0 * static_cast<double>(quality.edge))) +
                                " % of half the rate, so the sample rate may be stated too high";
}

void judge_speed(const BearingDiagnosis& diagnosis, Caution& caution) {
  if (diagnosis.speed.source != SpeedSource::kEstimated) {
    return;
  }
  const std::string speed = shown(std::round(diagnosis.speed.rpm));
  caution.costs("the speed of " + speed + " rpm is an estimate from the spectrum",
                kTrustInEstimate);
  caution.caps_health("with an estimated speed no bearing is called healthy above " +
                      shown(static_cast<double>(kMostHealthy)) + "; set --rpm N");
}

/// Where the shaft's harmonics do not confirm a speed that was told, others may speak.
void doubt_speed(const Recording& recording, const BearingDiagnosis& diagnosis, Caution& caution) {
  if (diagnosis.speed.source == SpeedSource::kEstimated ||
      speed_is_confirmed(diagnosis.analysis.evidence)) {
    return;
  }
  constexpr double kSame = 0.03;
  const auto estimate = estimate_shaft_speed(recording, diagnosis.quality);
  if (estimate.ok() && estimate->confidence >= dsp::kUsableSpeed &&
      std::fabs(estimate->rpm / diagnosis.speed.rpm - 1.0) > kSame) {
    caution.caps_health("no harmonics of a shaft at " + shown(diagnosis.speed.rpm) +
                        " rpm, but of one at about " + shown(std::round(estimate->rpm)) +
                        " rpm; check --rpm and --rate");
  }
}

void judge_rate(double rate_hz, double rpm, Caution& caution) {
  const double samples = rate_hz * 60.0 / rpm;
  if (samples < kEnoughSamplesPerRevolution) {
    caution.caps_health("only " + shown(std::round(samples)) +
                        " samples a revolution: weak faults are not seen; sample faster");
  }
}

}  // namespace

double envelope_threshold_db(const BearingEvidence& evidence) {
  constexpr decide::BearingRuleConfig kRule{};
  constexpr double kMostRelief = -6.0;
  const double part = static_cast<double>(evidence.envelope_revolutions) /
                      static_cast<double>(kRule.envelope_revolutions);
  const double relief = std::clamp(10.0 * std::log10(part), kMostRelief, 0.0);
  return static_cast<double>(kRule.envelope_db) + 0.5 * relief;
}

bool speed_is_confirmed(const BearingEvidence& evidence) {
  return std::max(evidence.shaft_db, evidence.shaft_near_db) >=
         decide::BearingRuleConfig{}.shaft_db;
}

Loaded<BearingDiagnosis> diagnose_bearing(const Recording& recording,
                                          const dsp::BearingGeometry& bearing,
                                          std::optional<double> stated_rpm) {
  if (recording.axes != 1) {
    return Problem{recording.source + ": has several axes; choose one with --channel"};
  }
  BearingDiagnosis diagnosis;
  diagnosis.quality = assess_recording(recording, kAnalysisFrame, kAnalysisHop);
  const RecordingQuality& quality = diagnosis.quality;
  const std::size_t all = quality.windows.size();
  if (all == 0) {
    return refused(recording,
                   "no piece of " + std::to_string(kAnalysisFrame) +
                       " samples without a gap; record longer pieces");
  }
  const std::size_t usable = quality.usable(Purpose::kRhythm);
  if (static_cast<double>(usable) < kLeastUsable * static_cast<double>(all)) {
    return refused(recording,
                   percent(all - usable, all) + " of the windows are no vibration, most are " +
                       main_fault_of(quality) + "; check sensor, cable and range");
  }
  const auto speed = shaft_speed(recording, quality, stated_rpm);
  if (!speed.ok()) {
    return speed.problem();
  }
  diagnosis.speed = *speed;
  auto analysis = analyse_bearing(recording, speed->rpm, bearing, quality);
  if (!analysis.ok()) {
    return analysis.problem();
  }
  diagnosis.analysis = std::move(*analysis);
  const BearingEvidence& evidence = diagnosis.analysis.evidence;
  diagnosis.verdict = decide::judge(evidence, {});
  if (diagnosis.verdict.state == decide::BearingState::kUnknown ||
      evidence.envelope_revolutions < kFewestRevolutions) {
    return refused(recording,
                   "too short for a spectrum of the envelope; record 150 revolutions or more");
  }
  if (quality.rate_is_suspect() && !speed_is_confirmed(evidence)) {
    return refused(
        recording,
        suspicion(quality) + ", and no harmonics of the shaft confirm it; check --rate and --rpm");
  }
  diagnosis.confidence = diagnosis.verdict.confidence;
  diagnosis.rms = rms_of(recording, quality);
  Caution caution(diagnosis);
  judge_speed(diagnosis, caution);
  doubt_speed(recording, diagnosis, caution);
  judge_rate(recording.rate_hz, speed->rpm, caution);
  judge_samples(quality, caution);
  if (quality.rate_is_suspect()) {
    caution.costs(suspicion(quality) + "; the shaft's harmonics are where they should be",
                  kTrustWithWarning);
  }
  if (evidence.envelope_revolutions < kEnoughRevolutions) {
    caution.caps_health("a transform holds only " +
                        shown(std::round(static_cast<double>(evidence.envelope_revolutions))) +
                        " revolutions: weak faults are not seen; record 150 revolutions or more");
  }
  judge_level(diagnosis.rms, caution);
  return diagnosis;
}

}  // namespace aiot::toolkit
