// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "aiot/crypto/sha256.hpp"
#include "aiot/dsp/octave_features.hpp"
#include "aiot/toolkit/condition_analysis.hpp"
#include "tools/aiot/analysis_options.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;
using toolkit::LearntCondition;
using toolkit::Recording;

constexpr const char* kExamples =
    "RECORDING is a .wav, .csv, .mat, .s16 or .airs file (see aiot run --help) of the machine "
    "while\n"
    "it is healthy and does what it usually does: ten minutes are a good measure, over all loads "
    "and\n"
    "speeds that are normal for it. One with gaps is taken as snapshots: each of them is one\n"
    "observation. Windows whose samples are not to be trusted are left out.\n"
    "\n"
    "BASELINE is what a device keeps in its baseline region; aiot watch and aiot run take it, and "
    "the\n"
    "windows of the device's package have to be as long as --window.\n"
    "\n"
    "Examples:\n"
    "  aiot commission fan.wav --full-scale 490.3 -o fan.aian\n"
    "  aiot commission bearing.s16 --first 0.2 -o bearing.aian   the first fifth of its life\n"
    "  aiot run fan.wav --baseline fan.aian";

struct CommissionOptions {
  RecordingOptions recording;
  std::string output;
  std::optional<double> first;    ///< share of the recording
  std::optional<double> seconds;  ///< of the recording, gaps included
  std::uint32_t window = toolkit::kConditionWindow;
  bool json = false;
};

/// Stored frames that lie within the first `seconds`, gaps included.
std::uint64_t frames_within(const Recording& recording, double seconds) {
  std::uint64_t lost = 0;
  const double wanted = seconds * recording.rate_hz;
  const auto until = [&](std::uint64_t from, std::uint64_t to) {
    const double left = wanted - static_cast<double>(lost);
    return std::clamp(left, static_cast<double>(from), static_cast<double>(to));
  };
  std::uint64_t from = 0;
  for (const toolkit::RecordingGap& gap : recording.gaps) {
    const auto end = static_cast<std::uint64_t>(until(from, gap.frame));
    if (end < gap.frame) {
      return end;
    }
    lost += gap.lost;
    from = gap.frame;
  }
  return static_cast<std::uint64_t>(until(from, recording.frames()));
}

std::uint64_t end_of(const Recording& recording, const CommissionOptions& options) {
  if (options.seconds) {
    return frames_within(recording, *options.seconds);
  }
  const double share = options.first.value_or(1.0);
  return static_cast<std::uint64_t>(share * static_cast<double>(recording.frames()));
}

std::uint32_t blocks_of(const decide::AnomalyModel& model) {
  return model.windows / model.block_length;
}

const char* observation_name(const LearntCondition& learnt) {
  return learnt.cut.observation == device::Observation::kSnapshot ? "snapshot" : "window";
}

double level_of(double mean_db) {
  return std::pow(10.0, mean_db / 20.0);
}

ordered_json or_null(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

void print_json(const Recording& recording,
                const LearntCondition& learnt,
                const CommissionOptions& options) {
  const decide::AnomalyModel& model = learnt.model;
  ordered_json features = ordered_json::array();
  for (std::size_t i = 0; i < model.features; ++i) {
    const auto name = toolkit::condition_feature(i, recording.rate_hz);
    const auto mean = static_cast<double>(model.mean[i]);
    ordered_json feature{{"name", name.name}};
    feature["band_hz"] = name.hi_hz > 0.0 ? ordered_json({name.lo_hz, name.hi_hz}) : ordered_json();
    feature["mean_db"] = mean;
    feature["level_m_s2"] = i < dsp::kOctaves ? ordered_json(level_of(mean)) : ordered_json();
    feature["sigma_db"] = model.sigma[i];
    feature["alarm_rise_db"] = or_null(toolkit::alarming_rise_db(model, i));
    features.push_back(std::move(feature));
  }
  const ordered_json line{{"kind", "baseline"},
                          {"recording", recording.source},
                          {"rate_hz", recording.rate_hz},
                          {"seconds", learnt.seconds},
                          {"window", learnt.cut.window},
                          {"hop", learnt.cut.hop},
                          {"observation", observation_name(learnt)},
                          {"windows", learnt.counts.windows},
                          {"left_out", learnt.counts.left_out},
                          {"left_out_for", flag_words(learnt.counts.left_out_for)},
                          {"observations", learnt.counts.observations},
                          {"blocks", blocks_of(model)},
                          {"block_length", model.block_length},
                          {"threshold", model.threshold},
                          {"settled", model.settled},
                          {"features", features},
                          {"alarm_gain_db", or_null(toolkit::alarming_gain_db(model))},
                          {"baseline", options.output},
                          {"bytes", learnt.bytes.size()},
                          {"sha256", hex(crypto::sha256(learnt.bytes))}};
  std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void print_counts(const Recording& recording, const LearntCondition& learnt) {
  const toolkit::ConditionCounts& counts = learnt.counts;
  const decide::AnomalyModel& model = learnt.model;
  std::printf(
      "%s, %s\n", printable(recording.source).c_str(), printed("%g Hz", recording.rate_hz).c_str());
  std::string text = counted(counts.observations, observation_name(learnt)) +
                     printed(" in %.1f s", learnt.seconds) + ", " +
                     counted(counts.windows, "window") + " of " +
                     std::to_string(learnt.cut.window) + " samples";
  if (counts.left_out > 0) {
    text += ", " + std::to_string(counts.left_out) + " of them left out (" +
            joined(flag_words(counts.left_out_for), ", ") + ")";
  }
  std::printf("%s\n", text.c_str());
  std::printf("%s of %s, threshold %s\n",
              counted(blocks_of(model), "block").c_str(),
              counted(model.block_length, observation_name(learnt)).c_str(),
              printed("%.2f", static_cast<double>(model.threshold)).c_str());
}

std::string rise_text(const std::optional<double>& rise_db) {
  return rise_db ? printed("%+.1f", *rise_db) : "not alone";
}

void print_levels(const Recording& recording, const LearntCondition& learnt) {
  const decide::AnomalyModel& model = learnt.model;
  const Painter paint(1);
  std::printf("\n%s\n",
              paint(Colour::kStrong,
                    left("what", 32) + right("band Hz", 14) + right("dB", 9) +
                        right("m/s^2 RMS", 11) + right("alarm at dB", 13))
                  .c_str());
  for (std::size_t i = 0; i < model.features; ++i) {
    const auto name = toolkit::condition_feature(i, recording.rate_hz);
    const auto mean = static_cast<double>(model.mean[i]);
    const std::string band =
        name.hi_hz > 0.0 ? printed("%.0f-", name.lo_hz) + printed("%.0f", name.hi_hz) : "";
    std::printf("%s%s%s%s%s\n",
                left(name.name, 32).c_str(),
                right(band, 14).c_str(),
                right(printed("%.1f", mean), 9).c_str(),
                right(i < dsp::kOctaves ? printed("%.4f", level_of(mean)) : "", 11).c_str(),
                right(rise_text(toolkit::alarming_rise_db(model, i)), 13).c_str());
  }
  std::printf("%s%s\n\n",
              left("all levels together", 66).c_str(),
              right(rise_text(toolkit::alarming_gain_db(model)), 13).c_str());
}

void print_text(const Recording& recording,
                const LearntCondition& learnt,
                const CommissionOptions& options) {
  const Painter paint(1);
  print_counts(recording, learnt);
  print_levels(recording, learnt);
  std::printf(
      "%s\n",
      learnt.model.settled
          ? paint(Colour::kGood, "settled: the machine did not change while it was learnt").c_str()
          : paint(Colour::kBad,
                  "not settled: the machine changed while it was learnt, or too little of "
                  "it was seen; record longer, or later when it has run in")
                .c_str());
  std::printf("%s: %zu bytes, SHA-256 %s\n",
              printable(options.output).c_str(),
              learnt.bytes.size(),
              hex(crypto::sha256(learnt.bytes)).c_str());
}

ExitCode commission(const CommissionOptions& options) {
  const auto recording = open_recording(options.recording);
  if (!recording.ok()) {
    return fail(recording.problem().text);
  }
  const auto learnt =
      toolkit::learn_condition(*recording, options.window, end_of(*recording, options));
  if (!learnt.ok()) {
    return fail(learnt.problem().text);
  }
  if (const auto problem = write_file(options.output, learnt->bytes)) {
    return fail(*problem);
  }
  if (options.json) {
    print_json(*recording, *learnt, options);
  } else {
    print_text(*recording, *learnt, options);
  }
  return ExitCode::kOk;
}

}  // namespace

void add_commission(CLI::App& app, ExitCode& exit) {
  const auto options = std::make_shared<CommissionOptions>();
  CLI::App* const verb =
      app.add_subcommand("commission", "Learn how one machine sounds while it is healthy");
  verb->footer(kExamples);
  add_recording_options(*verb, options->recording);
  verb->remove_option(verb->get_option("--rpm"));  // a baseline knows no speed
  verb->add_option("-o,--output", options->output, "Where the baseline goes")
      ->type_name("BASELINE")
      ->required();
  CLI::Option* const first =
      verb->add_option("--first", options->first, "Learn from this share of the recording, 0 to 1")
          ->check(share_number)
          ->type_name("SHARE");
  verb->add_option("--seconds", options->seconds, "Learn from its first seconds, gaps included")
      ->check(positive_number)
      ->type_name("S")
      ->excludes(first);
  verb->add_option("--window", options->window, "Samples of a window, as the device's package has")
      ->capture_default_str()
      ->type_name("N");
  verb->add_flag("--json", options->json, "One JSON object instead of the text");
  verb->callback([options, &exit] { exit = commission(*options); });
}

}  // namespace aiot::cli
