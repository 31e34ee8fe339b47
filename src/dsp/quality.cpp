// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/quality.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <numeric>
#include <utility>

#include "aiot/core/check.hpp"
#include "aiot/core/flags.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kBlocks = 16;
constexpr std::size_t kSmallest = 64;

/// The fourth largest variance of the blocks counts as lively: shocks in fewer than four blocks do
/// not make the others look silent.
constexpr std::size_t kLively = 4;

/// A share of equal neighbours from which it is worth to ask whether every sample is repeated; held
/// twice it is a half.
constexpr float kAskHold = 0.3F;

/// Changes of value that have to fall on multiples of the same number.
constexpr std::size_t kHoldChanges = 16;

/// A run that an end of the window cuts off has no edge there; so long it is no coincidence.
constexpr float kRunAtEnd = 0.25F;

bool is_finite(float x) noexcept {
  return (std::bit_cast<std::uint32_t>(x) & 0x7F800000U) != 0x7F800000U;
}

float magnitude(float x) noexcept {
  return x < 0.0F ? -x : x;
}

/// Sums over one block of samples, less a pivot: gravity is a hundred times what a quiet machine
/// does, and the square of it would drown that.
struct Sums {
  float first = 0.0F;
  float second = 0.0F;
  float steps = 0.0F;             // squared differences of two neighbours of every four samples
  std::uint32_t equal = 0;        // such differences that are 0
  std::uint32_t flat_groups = 0;  // groups whose first three samples are equal
};

/// `block` may be of any size; the samples behind the last group of four are in the plain sums
/// only.
Sums add_up(std::span<const float> block, float pivot) noexcept {
  // Names of their own keep the sums in registers.
  float first = 0.0F;
  float second = 0.0F;
  float steps = 0.0F;
  std::uint32_t equal = 0;
  std::uint32_t flat_groups = 0;
  const float* at = block.data();
  const float* const groups_end = at + block.size() / 4 * 4;
  for (; at != groups_end; at += 4) {
    const float a = at[0];
    const float b = at[1];
    const float c = at[2];
    const float d = at[3];
    const float ap = a - pivot;
    const float bp = b - pivot;
    const float cp = c - pivot;
    const float dp = d - pivot;
    first += (ap + bp) + (cp + dp);
    second += (ap * ap + bp * bp) + (cp * cp + dp * dp);
    const float ab = b - a;
    const float bc = c - b;
    const float ab_square = ab * ab;
    const float bc_square = bc * bc;
    steps += ab_square + bc_square;
    if (ab == 0.0F) {
      ++equal;
      flat_groups += bc == 0.0F ? 1U : 0U;
    }
    if (bc == 0.0F) {
      ++equal;
    }
  }
  for (const float* const end = block.data() + block.size(); at != end; ++at) {
    const float shifted = *at - pivot;
    first += shifted;
    second += shifted * shifted;
  }
  return {first, second, steps, equal, flat_groups};
}

/// A run of equal samples.
struct Run {
  std::size_t begin = 0;
  std::size_t end = 0;
  float value = 0.0F;
};

/// The run that begins at `at`.
Run run_at(std::span<const float> samples, std::size_t at) noexcept {
  std::size_t end = at + 1;
  while (end < samples.size() && samples[end] == samples[at]) {
    ++end;
  }
  return {at, end, samples[at]};
}

class Examination {
 public:
  Examination(std::span<const float> samples, const QualityConfig& config) noexcept
      : samples_(samples), config_(config) {
    highest_ = static_cast<float>((std::int32_t{1} << (config.bits - 1U)) - 1) * config.scale;
    lowest_ = static_cast<float>(-(std::int32_t{1} << (config.bits - 1U))) * config.scale;
  }

  Quality run() noexcept {
    take_sums();
    if (!is_finite(total_.second)) {
      const std::size_t bad = count([](float x) noexcept { return !is_finite(x); });
      // Finite values may be too large to be squared: no acceleration in m/s^2 is.
      quality_.not_finite = share(std::max<std::size_t>(bad, 1));
      quality_.flags = kFlagNotFinite;
      return quality_;
    }
    judge_level();
    judge_ends();
    judge_silence();
    if (total_.flat_groups != 0) {
      judge_runs();
    }
    if (quality_.repeated >= kAskHold) {
      judge_hold();
    }
    return quality_;
  }

 private:
  [[nodiscard]] float share(std::size_t part) const noexcept {
    return static_cast<float>(part) / static_cast<float>(samples_.size());
  }

  template <class Claim>
  [[nodiscard]] std::size_t count(Claim claim) const noexcept {
    std::size_t found = 0;
    for (const float x : samples_) {
      found += claim(x) ? 1U : 0U;
    }
    return found;
  }

  void flag_if(bool condition, std::uint32_t flag) noexcept {
    quality_.flags |= condition ? flag : 0U;
  }

  /// Variance from a sum of values and of squares.
  static float variance_of(float first, float second, std::size_t size) noexcept {
    const auto points = static_cast<float>(size);
    const float mean = first / points;
    const float variance = second / points - mean * mean;
    // What is left of equal values is rounding.
    return variance > 1e-6F * mean * mean ? variance : 0.0F;
  }

  void take_sums() noexcept {
    for (std::size_t block = 0; block < kBlocks; ++block) {
      const std::size_t from = samples_.size() * block / kBlocks;
      const std::size_t to = samples_.size() * (block + 1) / kBlocks;
      const Sums sums = add_up(samples_.subspan(from, to - from), samples_[0]);
      variances_[block] = variance_of(sums.first, sums.second, to - from);
      loudest_ = std::max(loudest_, sums.second);
      groups_ += (to - from) / 4;
      total_.first += sums.first;
      total_.second += sums.second;
      total_.steps += sums.steps;
      total_.equal += sums.equal;
      total_.flat_groups += sums.flat_groups;
    }
  }

  void judge_level() noexcept {
    const float variance = variance_of(total_.first, total_.second, samples_.size());
    const float mean = magnitude(samples_[0] + total_.first / static_cast<float>(samples_.size()));
    const auto pairs = static_cast<float>(2 * groups_);
    rms_ = sqrt(variance);
    quality_.repeated = static_cast<float>(total_.equal) / pairs;
    if (variance > 0.0F) {
      quality_.nyquist = total_.steps / (2.0F * pairs * variance);
      quality_.offset_rms = mean / rms_;
    }
    flag_if(quality_.nyquist >= config_.nyquist, kFlagAlternating);
    flag_if(config_.offset_rms > 0.0F && quality_.offset_rms > config_.offset_rms, kFlagOffset);
    if (config_.scale > 0.0F) {
      quality_.offset = mean / -lowest_;
      quality_.rms_codes = rms_ / config_.scale;
      flag_if(quality_.offset > config_.offset, kFlagOffset);
      flag_if(quality_.rms_codes < config_.unresolved, kFlagUnresolved);
    }
    step_ = std::max(config_.step_codes * config_.scale, config_.step_rms * rms_);
  }

  /// A block whose sum of squares is below one square of the way from the pivot to the nearer end
  /// code has no sample there.
  void judge_ends() noexcept {
    const float way = highest_ - magnitude(samples_[0]);
    if (config_.scale <= 0.0F || (way > 0.0F && loudest_ < way * way)) {
      return;
    }
    quality_.saturated =
        share(count([this](float x) noexcept { return x >= highest_ || x <= lowest_; }));
    flag_if(quality_.saturated > config_.saturated, kFlagSaturated);
  }

  [[nodiscard]] float lively_variance() const noexcept {
    std::array<float, kLively> largest{};  // descending
    for (float variance : variances_) {
      for (float& place : largest) {
        if (variance > place) {
          std::swap(variance, place);
        }
      }
    }
    return largest.back();
  }

  void judge_silence() noexcept {
    const float lively = lively_variance();
    const float code = config_.scale * config_.scale;
    // Blocks that move by codes while the machine is not worth four of them prove nothing.
    if (lively <= code * config_.step_codes * config_.step_codes) {
      return;
    }
    std::size_t silent = 0;
    for (const float variance : variances_) {
      silent += variance < config_.silence * lively && (code <= 0.0F || variance < code) ? 1U : 0U;
    }
    quality_.silent = static_cast<float>(silent) / static_cast<float>(kBlocks);
    flag_if(silent != 0, kFlagDropout);
  }

  void judge_runs() noexcept {
    const auto [smallest, largest] = std::minmax_element(samples_.begin(), samples_.end());
    std::size_t longest = 0;
    std::size_t plateaus = 0;
    std::size_t clipped = 0;
    bool dropout = false;
    for (std::size_t at = 0; at < samples_.size();) {
      const Run run = run_at(samples_, at);
      const std::size_t size = run.end - run.begin;
      at = run.end;
      longest = std::max(longest, size);
      if (size >= 3 && is_plateau(run, *smallest, *largest)) {
        ++plateaus;
        clipped += size;
      }
      dropout = dropout || is_dropout(run);
    }
    quality_.longest_run = share(longest);
    quality_.clipped = plateaus >= config_.plateaus ? share(clipped) : 0.0F;
    flag_if(quality_.clipped > 0.0F, kFlagClipped);
    flag_if(longest == samples_.size(), kFlagFlatLine);
    flag_if(dropout && longest != samples_.size(), kFlagDropout);
  }

  /// At the top or bottom of the window, and with walls on both sides.
  [[nodiscard]] bool is_plateau(const Run& run, float smallest, float largest) const noexcept {
    if ((run.value != largest && run.value != smallest) || run.begin == 0 ||
        run.end == samples_.size()) {
      return false;
    }
    return magnitude(samples_[run.begin - 1] - run.value) >= step_ &&
           magnitude(samples_[run.end] - run.value) >= step_;
  }

  /// Long, and the signal jumps where the run begins or ends.
  [[nodiscard]] bool is_dropout(const Run& run) const noexcept {
    const float size = share(run.end - run.begin);
    if (size < config_.run) {
      return false;
    }
    const bool first = run.begin == 0;
    const bool last = run.end == samples_.size();
    return (!first && magnitude(samples_[run.begin - 1] - run.value) >= step_) ||
           (!last && magnitude(samples_[run.end] - run.value) >= step_) ||
           ((first || last) && size >= kRunAtEnd && rms_ >= config_.step_codes * config_.scale);
  }

  /// All distances between changes have a common divisor.
  void judge_hold() noexcept {
    std::size_t divisor = 0;
    std::size_t changes = 0;
    std::size_t last = 0;
    for (std::size_t i = 1; i < samples_.size() && divisor != 1; ++i) {
      if (samples_[i] == samples_[i - 1]) {
        continue;
      }
      if (changes != 0) {
        divisor = std::gcd(divisor, i - last);
      }
      ++changes;
      last = i;
    }
    if (divisor >= 2 && changes >= kHoldChanges) {
      quality_.hold = static_cast<std::uint32_t>(divisor);
      quality_.flags |= kFlagRateSuspect;
    }
  }

  std::span<const float> samples_;
  const QualityConfig& config_;
  Quality quality_{};
  Sums total_{};
  std::array<float, kBlocks> variances_{};
  std::size_t groups_ = 0;
  float loudest_ = 0.0F;  // largest sum of squares of a block
  float rms_ = 0.0F;      // about the mean
  float step_ = 0.0F;     // what counts as an edge
  float highest_ = 0.0F;
  float lowest_ = 0.0F;
};

}  // namespace

Quality assess(std::span<const float> samples, const QualityConfig& config) noexcept {
  AIOT_CHECK(samples.size() >= kSmallest && config.bits >= 2 && config.bits <= 16);
  AIOT_CHECK(config.scale >= 0.0F);
  return Examination(samples, config).run();
}

float spectrum_edge(std::span<const float> mean_square) noexcept {
  constexpr std::size_t kBands = 32;
  constexpr float kDrop = 1e-3F;
  AIOT_CHECK(mean_square.size() > 8 * kBands);
  const std::size_t bins = mean_square.size() - 1;
  std::array<float, kBands> level{};
  for (std::size_t band = 0; band < kBands; ++band) {
    const std::size_t from = 1 + bins * band / kBands;
    const std::size_t to = 1 + bins * (band + 1) / kBands;
    for (std::size_t k = from; k < to; ++k) {
      level[band] += mean_square[k];
    }
  }
  // From the top: what lies behind an edge is all below it by the drop, and an edge is the first
  // place from above where the level rises by that much within one band of transition.
  float behind = level[kBands - 1];
  for (std::size_t band = kBands - 2; band-- > 0;) {
    behind = std::max(behind, level[band + 2]);
    if (behind < kDrop * level[band]) {
      return static_cast<float>(band + 2) / static_cast<float>(kBands);
    }
  }
  return 1.0F;
}

}  // namespace aiot::dsp
