// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/speed.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

/// Intervals around one that its median is taken of.
constexpr std::size_t kNeighbours = 5;

/// How far an interval may be from a whole number of medians, as a part of the median.
constexpr float kIrregular = 0.3F;

bool is_finite(float x) noexcept {
  return (std::bit_cast<std::uint32_t>(x) & 0x7F800000U) != 0x7F800000U;
}

/// Median of the intervals around interval `index` (between pulses `index` and `index` + 1).
float median_interval(std::span<const float> pulses, std::size_t index) noexcept {
  const std::size_t intervals = pulses.size() - 1;
  const std::size_t size = std::min(kNeighbours, intervals);
  const std::size_t wanted = index < size / 2 ? 0 : index - size / 2;
  const std::size_t first = std::min(wanted, intervals - size);
  std::array<float, kNeighbours> sorted{};
  for (std::size_t i = 0; i < size; ++i) {
    const float interval = pulses[first + i + 1] - pulses[first + i];
    std::size_t at = i;
    for (; at > 0 && sorted[at - 1] > interval; --at) {
      sorted[at] = sorted[at - 1];
    }
    sorted[at] = interval;
  }
  return sorted[size / 2];
}

bool are_ascending(std::span<const float> pulses) noexcept {
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    if (!is_finite(pulses[i]) || (i != 0 && pulses[i] <= pulses[i - 1])) {
      return false;
    }
  }
  return true;
}

// What stands out of a spectrum, in units of e; the limits keep one giant line or one deep hole
// from deciding alone.
constexpr float kMostProminent = 6.0F;
constexpr float kLeastProminent = -1.5F;

/// What is taken off of lines before the second mean.
constexpr float kCut = 0.5F;

/// Bins at the low end that are left out: offset and drift, spread by the taper.
constexpr std::size_t kFirstBin = 2;

/// Standard deviations of noise at which the confidence begins, and over which it grows to 1.
constexpr float kNoiseLimit = 5.0F;
constexpr float kNoiseRange = 5.0F;

/// By how much the best comb has to be better than any other, as a part of its score.
constexpr float kMargin = 0.15F;

/// Power below this part of the largest is nothing: rounding of the transform.
constexpr float kFloor = 1e-13F;

/// A spectrum in which noise is about 0 with a known deviation and lines stand out.
class WhiteSpectrum {
 public:
  /// `work` [2 bins]; lines are expected up to `spacing` bins apart.
  WhiteSpectrum(std::span<const float> power, float spacing, std::span<float> work) noexcept
      : white_(work.first(power.size())) {
    const std::span<float> logs = work.subspan(power.size(), power.size());
    const float floor = *std::max_element(power.begin(), power.end()) * kFloor + 1e-37F;
    for (std::size_t k = 0; k < power.size(); ++k) {
      logs[k] = log(std::max(power[k], floor));
    }
    const auto reach = static_cast<std::size_t>(std::clamp(spacing, 8.0F, 64.0F));
    // The first mean is lifted by the lines. What stands out of it is taken off, and the mean of
    // the rest is what lies between the lines.
    std::fill(white_.begin(), white_.end(), 0.0F);
    subtract_mean_around(logs, reach);
    for (std::size_t k = kFirstBin; k < logs.size(); ++k) {
      white_[k] = std::max(white_[k] - kCut, 0.0F);
      logs[k] -= white_[k];
    }
    subtract_mean_around(logs, reach);
    for (std::size_t k = kFirstBin; k < logs.size(); ++k) {
      white_[k] = std::clamp(white_[k], kLeastProminent, kMostProminent);
    }
    measure_deviation();
  }

  [[nodiscard]] float deviation() const noexcept { return deviation_; }

  /// 1 / deviation of a sum of `lines` differences of bins in noise.
  [[nodiscard]] float per_noise(std::uint32_t lines) const noexcept { return per_noise_[lines]; }

  [[nodiscard]] std::size_t last() const noexcept { return white_.size() - 1; }

  [[nodiscard]] float operator[](std::size_t k) const noexcept { return white_[k]; }

  /// Between bins, linearly.
  [[nodiscard]] float at(float place) const noexcept {
    const auto k = static_cast<std::size_t>(place);
    const float part = place - static_cast<float>(k);
    return white_[k] + part * (white_[k + 1] - white_[k]);
  }

 private:
  /// Adds to each bin of `white_` that of `logs` less the mean around it.
  void subtract_mean_around(std::span<const float> logs, std::size_t reach) noexcept {
    // A new sum every so often, because a moving one gathers rounding.
    constexpr std::size_t kRenew = 64;
    float sum = 0.0F;
    for (std::size_t k = kFirstBin; k < logs.size(); ++k) {
      const std::size_t from = std::max(kFirstBin, k < reach ? 0 : k - reach);
      const std::size_t to = std::min(logs.size(), k + reach + 1);
      if ((k - kFirstBin) % kRenew == 0) {
        sum = 0.0F;
        for (std::size_t i = from; i < to; ++i) {
          sum += logs[i];
        }
      } else {
        sum += k + reach < logs.size() ? logs[k + reach] : 0.0F;
        sum -= from > kFirstBin ? logs[from - 1] : 0.0F;
      }
      white_[k] += logs[k] - sum / static_cast<float>(to - from);
    }
  }

  /// Of what lies below 0: lines do not.
  void measure_deviation() noexcept {
    float sum = 0.0F;
    std::uint32_t count = 0;
    for (std::size_t k = kFirstBin; k < white_.size(); ++k) {
      const float below = std::min(white_[k], 0.0F);
      sum += below * below;
      count += below < 0.0F ? 1U : 0U;
    }
    deviation_ = count == 0 ? 0.0F : sqrt(sum / static_cast<float>(count));
    for (std::uint32_t lines = 1; lines < per_noise_.size() && deviation_ > 0.0F; ++lines) {
      per_noise_[lines] = 1.0F / (deviation_ * sqrt(2.0F * static_cast<float>(lines)));
    }
  }

  std::span<float> white_;
  float deviation_ = 0.0F;
  std::array<float, kMaxHarmonics + 1> per_noise_{};
};

/// How far the comb of lines at multiples of `spacing` bins stands out of noise, in standard
/// deviations: the best of its first 1, 2 .. `harmonics` lines.
float comb_score(const WhiteSpectrum& spectrum, float spacing, std::uint32_t harmonics) noexcept {
  const auto last = static_cast<float>(spectrum.last());
  float best = 0.0F;
  float sum = 0.0F;
  for (std::uint32_t h = 1; h <= harmonics; ++h) {
    const float line = static_cast<float>(h) * spacing;
    if (line >= last) {
      break;
    }
    sum += spectrum.at(line) - spectrum.at(line - 0.5F * spacing);
    best = std::max(best, sum * spectrum.per_noise(h));
  }
  return best;
}

struct Candidate {
  float spacing = 0.0F;  // bins between lines
  float score = 1e-20F;
};

/// The speeds of the range, as spacings in bins.
class Candidates {
 public:
  Candidates(const WhiteSpectrum& spectrum,
             float lowest,
             float highest,
             std::uint32_t harmonics) noexcept
      : spectrum_(spectrum),
        lowest_(lowest),
        highest_(highest),
        // The highest line moves by half a bin from one candidate to the next.
        step_(0.5F / static_cast<float>(harmonics)),
        harmonics_(harmonics) {}

  [[nodiscard]] float lowest() const noexcept { return lowest_; }

  [[nodiscard]] float step() const noexcept { return step_; }

  [[nodiscard]] Candidate at(float spacing) const noexcept {
    return {spacing, comb_score(spectrum_, spacing, harmonics_)};
  }

  /// The one with the highest score of those that `counts` is true for.
  template <class Counts>
  [[nodiscard]] Candidate best(Counts counts) const noexcept {
    Candidate found;
    found.spacing = lowest_;
    const auto steps = static_cast<std::uint32_t>((highest_ - lowest_) / step_);
    for (std::uint32_t i = 0; i <= steps; ++i) {
      const float spacing = lowest_ + static_cast<float>(i) * step_;
      if (!counts(spacing)) {
        continue;
      }
      const Candidate candidate = at(spacing);
      if (candidate.score > found.score) {
        found = candidate;
      }
    }
    return found;
  }

 private:
  const WhiteSpectrum& spectrum_;
  float lowest_;
  float highest_;
  float step_;
  std::uint32_t harmonics_;
};

/// Every second or third line of a comb is a comb as well, with as good a score when those lines
/// are the strong ones; the lines between them prove the slower speed. A comb that is not there
/// has no more than the root of 1/2 or 1/3 of the score.
Candidate prefer_divisors(const Candidates& candidates, Candidate best) noexcept {
  constexpr float kAsGood = 0.85F;
  for (const float divisor : {3.0F, 2.0F}) {
    const float centre = best.spacing / divisor;
    Candidate slower;
    for (const float offset : {-1.0F, 0.0F, 1.0F}) {
      const Candidate near = candidates.at(centre + offset * candidates.step());
      slower = near.score > slower.score ? near : slower;
    }
    if (slower.spacing >= candidates.lowest() && slower.score >= kAsGood * best.score) {
      return slower;
    }
  }
  return best;
}

/// Whether two spacings are about the same, or one about a small multiple of the other.
bool is_related(float a, float b) noexcept {
  const float ratio = a > b ? a / b : b / a;
  const auto whole = static_cast<float>(static_cast<std::uint32_t>(ratio + 0.5F));
  const float rest = ratio - whole;
  return whole <= 4.0F && rest < 0.03F * whole && rest > -0.03F * whole;
}

/// The spacing by least squares over the peaks next to its lines, weighted by how they stand out.
float refined(const WhiteSpectrum& spectrum, float spacing, std::uint32_t harmonics) noexcept {
  float weighted = 0.0F;
  float weights = 0.0F;
  for (std::uint32_t h = 1; h <= harmonics; ++h) {
    const auto order = static_cast<float>(h);
    const auto near = static_cast<std::size_t>(order * spacing + 0.5F);
    if (near + 2 > spectrum.last()) {
      break;
    }
    std::size_t peak = near;
    peak = spectrum[near - 1] > spectrum[peak] ? near - 1 : peak;
    peak = spectrum[near + 1] > spectrum[peak] ? near + 1 : peak;
    const float left = spectrum[peak - 1];
    const float right = spectrum[peak + 1];
    const float middle = spectrum[peak];
    const float curvature = left - 2.0F * middle + right;
    if (middle < 2.0F * spectrum.deviation() || curvature >= 0.0F || left > middle ||
        right > middle) {
      continue;
    }
    const float place = static_cast<float>(peak) + 0.5F * (left - right) / curvature;
    const float weight = middle * order;
    weighted += weight * place;
    weights += weight * order;
  }
  return weights > 0.0F ? weighted / weights : spacing;
}

}  // namespace

PulseDetector::PulseDetector(float low, float high) noexcept : low_(low), high_(high) {
  AIOT_CHECK(is_finite(low) && is_finite(high) && low < high);
}

std::size_t PulseDetector::run(std::span<const float> samples,
                               std::span<float> positions) noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const float sample = samples[i];
    if (armed_ && sample >= high_) {
      AIOT_CHECK(count < positions.size());
      positions[count++] = static_cast<float>(i) - (sample - high_) / (sample - last_);
      armed_ = false;
    }
    armed_ = armed_ || sample < low_;
    last_ = sample;
  }
  return count;
}

Result<RepairedPulses> repair_pulses(std::span<const float> pulses, std::span<float> out) noexcept {
  if (pulses.size() < 3 || !are_ascending(pulses)) {
    return Error::kInvalidArgument;
  }
  if (out.empty()) {
    return Error::kNoSpace;
  }
  RepairedPulses result;
  std::size_t regular = 0;
  out[result.count++] = pulses[0];
  for (std::size_t i = 1; i < pulses.size(); ++i) {
    const float median = median_interval(pulses, i - 1);
    const float begin = out[result.count - 1];
    const float turns = (pulses[i] - begin) / median;
    if (turns < 0.5F) {
      ++result.doubled;
      continue;
    }
    const auto whole = static_cast<std::size_t>(std::min(turns, 1000.0F) + 0.5F);
    const float rest = turns - static_cast<float>(whole);
    if (whole > kMostMissing + 1 || rest > kIrregular || rest < -kIrregular) {
      return Error::kCorrupt;
    }
    if (out.size() - result.count < whole) {
      return Error::kNoSpace;
    }
    for (std::size_t part = 1; part < whole; ++part) {
      out[result.count++] =
          begin + (pulses[i] - begin) * (static_cast<float>(part) / static_cast<float>(whole));
    }
    out[result.count++] = pulses[i];
    result.missing += whole - 1;
    regular += whole == 1 ? 1U : 0U;
  }
  if (result.count < 2) {
    return Error::kCorrupt;
  }
  result.confidence = static_cast<float>(regular) / static_cast<float>(pulses.size() - 1);
  return result;
}

Result<ShaftSpeed> speed_from_pulses(std::span<const float> times_s,
                                     std::uint32_t pulses_per_rev,
                                     std::span<float> work) noexcept {
  if (pulses_per_rev == 0) {
    return Error::kInvalidArgument;
  }
  AIOT_TRY_ASSIGN(const RepairedPulses repaired, repair_pulses(times_s, work));
  const float turns = static_cast<float>(repaired.count - 1) / static_cast<float>(pulses_per_rev);
  return ShaftSpeed{turns / (work[repaired.count - 1] - work[0]), repaired.confidence};
}

Result<ShaftSpeed> estimate_speed(std::span<const float> mean_square,
                                  float rate_hz,
                                  const SpeedSearch& search,
                                  std::span<float> work) noexcept {
  AIOT_CHECK(mean_square.size() > 2 * kFirstBin && work.size() == 2 * mean_square.size());
  if (!(search.lo_hz > 0.0F && search.hi_hz > search.lo_hz && is_finite(search.hi_hz)) ||
      !(rate_hz > 0.0F && is_finite(rate_hz)) || search.harmonics == 0 ||
      search.harmonics > kMaxHarmonics) {
    return Error::kInvalidArgument;
  }
  const float bin_hz = 0.5F * rate_hz / static_cast<float>(mean_square.size() - 1);
  const float lowest = search.lo_hz / bin_hz;
  const float highest = search.hi_hz / bin_hz;
  if (lowest < 4.0F || search.hi_hz > 0.25F * rate_hz) {
    return Error::kOutOfRange;
  }
  const WhiteSpectrum spectrum(mean_square, highest, work);
  if (!(spectrum.deviation() > 0.0F)) {
    return ShaftSpeed{};
  }
  const Candidates candidates(spectrum, lowest, highest, search.harmonics);
  const Candidate best = prefer_divisors(candidates, candidates.best([](float) { return true; }));
  const Candidate other =
      candidates.best([&best](float spacing) { return !is_related(spacing, best.spacing); });
  const float sure = std::clamp((best.score - kNoiseLimit) / kNoiseRange, 0.0F, 1.0F);
  const float alone = std::clamp((best.score - other.score) / (kMargin * best.score), 0.0F, 1.0F);
  return ShaftSpeed{refined(spectrum, best.spacing, search.harmonics) * bin_hz, sure * alone};
}

}  // namespace aiot::dsp
