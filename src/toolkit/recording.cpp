// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/recording.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

constexpr double kLargestCode = 32767.0;
constexpr double kSmallestCode = -32768.0;
// The end codes 32767 and -32768 mean saturation, so a value that is scaled stays one below.
constexpr double kLargestScaled = 32766.0;
// A value may be this part of a step off: text with few digits, sums of rounded numbers.
constexpr double kLooseFit = 0.02;
constexpr double kTightFit = 1e-6;
// With fewer distinct values a loose fit may be chance.
constexpr std::size_t kManyLevels = 32;

/// Distinct magnitudes above 0, rising; values closer together than rounding noise count as one.
/// Stops early (result longer than the code range) when there are too many to be codes.
std::vector<double> levels_of(std::span<const double> values) {
  std::vector<double> levels;
  levels.reserve(values.size());
  for (const double value : values) {
    if (value != 0.0) {
      levels.push_back(std::fabs(value));
    }
  }
  std::sort(levels.begin(), levels.end());
  if (levels.empty()) {
    return levels;
  }
  const double noise = levels.back() * 1e-8;
  const auto close = [noise](double a, double b) { return b - a <= noise; };
  levels.erase(std::unique(levels.begin(), levels.end(), close), levels.end());
  return levels;
}

/// Largest distance of a level from a whole multiple of `step`, as a part of the step; infinite
/// when a level is outside of the code range.
double misfit(const std::vector<double>& levels, double step) {
  double worst = 0.0;
  for (const double level : levels) {
    const double code = std::nearbyint(level / step);
    if (code > -kSmallestCode) {
      return std::numeric_limits<double>::infinity();
    }
    worst = std::max(worst, std::fabs(level / step - code));
  }
  return worst;
}

/// Least squares fit of a step that is nearly right, from the small levels to the large ones, so
/// that the code of each level is known before its own rounding error counts.
double refined(const std::vector<double>& levels, double step) {
  double products = 0.0;
  double squares = 0.0;
  for (const double level : levels) {
    const double code = std::nearbyint(level / step);
    products += level * code;
    squares += code * code;
    if (squares > 0.0) {
      step = products / squares;
    }
  }
  return step;
}

/// `highest` is the largest of the values with its sign: codes reach one further down than up.
bool fits(const std::vector<double>& levels, double highest, double step) {
  return highest / step < kLargestCode + 0.5 &&
         misfit(levels, step) <= (levels.size() >= kManyLevels ? kLooseFit : kTightFit);
}

/// The converter's step, or 0 when the values are not whole multiples of one.
double find_step(const std::vector<double>& levels, double highest) {
  if (levels.empty() || levels.size() > static_cast<std::size_t>(kLargestCode)) {
    return 0.0;
  }
  double nearest = levels.front();
  for (std::size_t i = 1; i < levels.size(); ++i) {
    nearest = std::min(nearest, levels[i] - levels[i - 1]);
  }
  // Where no two codes are neighbours, the smallest distance is a small multiple of the step.
  for (const double divisor : std::array{1.0, 2.0, 3.0, 4.0}) {
    const double step = refined(levels, nearest / divisor);
    if (step > 0.0 && fits(levels, highest, step)) {
      return step;
    }
  }
  return 0.0;
}

std::int16_t code_of(double value, double step) noexcept {
  const double code = std::nearbyint(value / step);
  return static_cast<std::int16_t>(std::clamp(code, kSmallestCode, kLargestCode));
}

/// Common to all kinds: what can not be a vibration recording, whatever the format says.
Loaded<Recording> checked(Loaded<Recording> loaded, std::string_view name) {
  if (!loaded.ok()) {
    return loaded;
  }
  if (const auto wrong = rate_problem(loaded->rate_hz)) {
    return problem_in(name, *wrong + "; set it with --rate HZ");
  }
  if (!std::isfinite(loaded->scale) || loaded->scale <= 0.0 || loaded->scale > 1e6 ||
      loaded->scale < 1e-12) {
    return problem_in(name,
                      "a count of " + shown(loaded->scale) +
                          " m/s^2 can not be right; check the unit or the scale");
  }
  if (loaded->frames() < 2) {
    return problem_in(name,
                      loaded->samples.empty() ? "holds no samples; record some"
                                              : "holds one sample only; record more");
  }
  return loaded;
}

}  // namespace

std::uint64_t Recording::stream_frames() const noexcept {
  std::uint64_t total = frames();
  for (const RecordingGap& gap : gaps) {
    total += gap.lost;
  }
  return total;
}

hal::SensorFormat format_of(const Recording& recording) noexcept {
  return {.rate_hz = static_cast<float>(recording.rate_hz),
          .scale = static_cast<float>(recording.scale),
          .axes = static_cast<std::uint8_t>(recording.axes),
          .bits = 16};
}

Counts quantise(std::span<const double> values, double expected_step) {
  const std::vector<double> levels = levels_of(values);
  const double highest = values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
  Counts counts;
  if (levels.empty()) {
    counts.step = expected_step > 0.0 ? expected_step : 1.0;
    counts.exact = true;
  } else if (expected_step > 0.0 && fits(levels, highest, expected_step)) {
    counts.step = expected_step;
    counts.exact = true;
  } else {
    counts.step = find_step(levels, highest);
    counts.exact = counts.step > 0.0;
    if (!counts.exact) {
      counts.step = levels.back() / kLargestScaled;
    }
  }
  counts.samples.reserve(values.size());
  for (const double value : values) {
    counts.samples.push_back(code_of(value, counts.step));
  }
  return counts;
}

Loaded<Recording> load_recording(const std::filesystem::path& path, const LoadOptions& options) {
  const std::string name = path.string();
  const std::string extension = lowered(path.extension().string());
  if (extension == ".mat") {
    return checked(load_mat(path, options), name);
  }
  if (extension == ".s16" || extension == ".raw" || extension == ".bin") {
    return checked(load_raw(path, options), name);
  }
  const bool is_text = extension == ".csv" || extension == ".txt" || extension == ".tsv";
  if (!is_text && extension != ".wav" && extension != ".airs") {
    return problem_in(
        name, "kind of recording not known; use .wav, .csv, .mat, or .s16 with a manifest.csv");
  }
  const Loaded<std::vector<std::byte>> content = read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  if (content->empty()) {
    return problem_in(name, "is empty; record some samples");
  }
  if (extension == ".wav") {
    return checked(parse_wav(*content, name, options), name);
  }
  if (extension == ".airs") {
    return checked(parse_replay(*content, name, options), name);
  }
  return checked(parse_csv(text_of(*content), name, options), name);
}

}  // namespace aiot::toolkit
