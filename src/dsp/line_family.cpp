// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/line_family.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr float kMasked = -1.0F;

/// A line is looked for within at least this many bins.
constexpr float kMinReachBins = 0.75F;

/// Main lobe of a Hann window: a shaft harmonic reaches so many bins.
constexpr float kMaskBins = 1.7F;

constexpr std::uint32_t kShaftHarmonics = 12;
constexpr float kShaftJitter = 0.0003F;
constexpr float kShaftLimitDb = 25.0F;

float magnitude(float x) noexcept {
  return x < 0.0F ? -x : x;
}

/// Nearest integer, halves upwards; for 0 <= x < 2^31.
float rounded(float x) noexcept {
  return static_cast<float>(static_cast<std::uint32_t>(x + 0.5F));
}

/// Smallest and largest integer of [x - reach, x + reach], both at least 0.
struct Bins {
  std::uint32_t first;
  std::uint32_t last;
};

Bins bins_within(float x, float reach) noexcept {
  const float low = x - reach > 0.0F ? x - reach : 0.0F;
  const auto floor_low = static_cast<std::uint32_t>(low);
  return {floor_low + (static_cast<float>(floor_low) < low ? 1U : 0U),
          static_cast<std::uint32_t>(x + reach)};
}

/// Largest level within `reach` bins of bin `at`, between 0 and `limit`; kMasked beyond the end.
float level_near(std::span<const float> level, float at, float reach, float limit) noexcept {
  if (!(at + reach < static_cast<float>(level.size()) - 2.0F)) {
    return kMasked;
  }
  const Bins bins = bins_within(at, reach);
  float top = 0.0F;
  for (std::uint32_t k = bins.first; k <= bins.last; ++k) {
    top = level[k] > top ? level[k] : top;
  }
  return top < limit ? top : limit;
}

/// Mean of what was added, without the largest.
class TrimmedMean {
 public:
  void add(float value) noexcept {
    sum_ += value;
    largest_ = value > largest_ ? value : largest_;
    ++count_;
  }

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

  [[nodiscard]] float value() const noexcept {
    return count_ < 2 ? 0.0F : (sum_ - largest_) / static_cast<float>(count_ - 1U);
  }

 private:
  float sum_ = 0.0F;
  float largest_ = 0.0F;
  std::uint32_t count_ = 0;
};

bool beside_shaft(float order, float order_step, float mask) noexcept {
  const float bins = kMaskBins * order_step;
  return magnitude(order - rounded(order)) < (bins > mask ? bins : mask);
}

/// Level of a family whose fundamental is at `order`; fills `family` but its sidebands.
void measure(const ProminenceSpectrum& spectrum,
             float order,
             const FamilySearch& search,
             LineFamily& family) noexcept {
  TrimmedMean all;
  TrimmedMean first;
  family.harmonics_db.fill(kMasked);
  for (std::uint32_t h = 1; h <= search.harmonics; ++h) {
    const float level = line_level(spectrum, static_cast<float>(h) * order, search);
    if (h <= LineFamily::kShown) {
      family.harmonics_db[h - 1] = level;
    }
    if (level >= 0.0F) {
      all.add(level);
      if (h <= LineFamily::kShown) {
        first.add(level);
      }
    }
  }
  const std::uint32_t half = search.harmonics / 2;
  const std::uint32_t enough = half > 3 ? half - 1U : 2U;
  family.lines = static_cast<std::uint8_t>(all.count());
  family.level_db = all.count() < enough ? 0.0F : all.value();
  family.first_db = first.value();
}

float sidebands(const ProminenceSpectrum& spectrum,
                float order,
                float distance,
                const FamilySearch& search) noexcept {
  float sum = 0.0F;
  float count = 0.0F;
  for (const float h : {1.0F, 2.0F}) {
    for (const float side : {-distance, distance}) {
      const float level = line_level(spectrum, h * order + side, search);
      if (level >= 0.0F) {
        sum += level;
        count += 1.0F;
      }
    }
  }
  return count > 0.0F ? sum / count : 0.0F;
}

float shaft_level(const ProminenceSpectrum& spectrum, float slip) noexcept {
  TrimmedMean mean;
  for (std::uint32_t h = 1; h <= kShaftHarmonics; ++h) {
    const float at = static_cast<float>(h) * (1.0F + slip) / spectrum.order_step;
    const float jitter = kShaftJitter * at;
    const float level = level_near(
        spectrum.level_db, at, jitter > kMinReachBins ? jitter : kMinReachBins, kShaftLimitDb);
    if (level < 0.0F) {
      break;
    }
    mean.add(level);
  }
  return mean.count() < 4 ? 0.0F : mean.value();
}

/// The window of a running median, sorted.
class SortedWindow {
 public:
  explicit SortedWindow(std::span<float> storage) noexcept : values_(storage) {}

  void insert(float value) noexcept {
    float* const end = values_.data() + size_;
    float* const place = std::upper_bound(values_.data(), end, value);
    std::move_backward(place, end, end + 1);
    *place = value;
    ++size_;
  }

  void remove(float value) noexcept {
    float* const end = values_.data() + size_;
    float* const place = std::lower_bound(values_.data(), end, value);
    std::move(place + 1, end, place);
    --size_;
  }

  [[nodiscard]] float median() const noexcept { return values_[size_ / 2]; }

 private:
  std::span<float> values_;
  std::size_t size_ = 0;
};

/// Mirrors an index beyond either end: ... 1 0 | 0 1 ... n-1 | n-1 n-2 ...
std::size_t mirrored(std::ptrdiff_t index, std::size_t size) noexcept {
  if (index < 0) {
    return static_cast<std::size_t>(-index - 1);
  }
  const auto at = static_cast<std::size_t>(index);
  return at < size ? at : 2 * size - 1 - at;
}

}  // namespace

void prominence(std::span<const float> power,
                std::uint32_t averages,
                std::uint32_t reach,
                std::span<float> sorted,
                std::span<float> out) noexcept {
  AIOT_CHECK(reach >= 1 && reach <= kMaxFloorReach && power.size() > reach && averages >= 1);
  AIOT_CHECK(sorted.size() == 2 * std::size_t{reach} + 1 && out.size() == power.size());
  const float cube = 1.0F - 1.0F / (9.0F * 0.75F * static_cast<float>(averages));
  const float to_median = cube * cube * cube;
  const auto distance = static_cast<std::ptrdiff_t>(reach);
  SortedWindow window(sorted);
  for (std::ptrdiff_t i = -distance; i <= distance; ++i) {
    window.insert(power[mirrored(i, power.size())]);
  }
  for (std::size_t k = 0; k < power.size(); ++k) {
    const float floor = window.median();
    // Log of the ratio: 0.4343 as in decibels of natural logarithms.
    out[k] = floor > 0.0F && power[k] > 0.0F ? 10.0F * log10(power[k] * to_median / floor) : 0.0F;
    const auto at = static_cast<std::ptrdiff_t>(k);
    window.remove(power[mirrored(at - distance, power.size())]);
    window.insert(power[mirrored(at + distance + 1, power.size())]);
  }
}

float line_level(const ProminenceSpectrum& spectrum,
                 float order,
                 const FamilySearch& search) noexcept {
  constexpr float kLowestOrder = 0.2F;
  if (order < kLowestOrder || beside_shaft(order, spectrum.order_step, search.mask)) {
    return kMasked;
  }
  const float at = order / spectrum.order_step;
  const float jitter = search.jitter * at;
  return level_near(
      spectrum.level_db, at, jitter > kMinReachBins ? jitter : kMinReachBins, search.limit_db);
}

LineFamily find_family(const ProminenceSpectrum& spectrum,
                       float order,
                       float sideband,
                       const FamilySearch& search) noexcept {
  const auto steps = static_cast<std::int32_t>(search.reach / search.step + 0.5F);
  LineFamily best;
  best.harmonics_db.fill(kMasked);
  for (std::int32_t i = -steps; i <= steps; ++i) {
    LineFamily family;
    family.slip = static_cast<float>(i) * search.step;
    measure(spectrum, order * (1.0F + family.slip), search, family);
    if (family.level_db > best.level_db) {
      best = family;
    }
  }
  if (!(best.level_db > 0.0F)) {
    // Which lines there are to look at, for who wants to know whether there was anything to hear.
    measure(spectrum, order, search, best);
    best.first_db = 0.0F;
  } else {
    best.sidebands_db = sidebands(spectrum, order * (1.0F + best.slip), sideband, search);
  }
  return best;
}

Rival loudest_rival(const ProminenceSpectrum& spectrum,
                    float lowest,
                    float highest,
                    const FamilySearch& search) noexcept {
  constexpr float kRatio = 1.0015F;
  constexpr float kHalfMask = 0.05F;
  Rival best;
  float next = lowest;
  while (next < highest) {
    const float order = next;
    next *= kRatio;
    const float twice = 2.0F * order;
    if (beside_shaft(order, spectrum.order_step, search.mask) ||
        magnitude(twice - rounded(twice)) <= kHalfMask) {
      continue;
    }
    TrimmedMean mean;
    for (std::uint32_t h = 1; h <= search.harmonics; ++h) {
      const float level = line_level(spectrum, static_cast<float>(h) * order, search);
      if (level >= 0.0F) {
        mean.add(level);
      }
    }
    if (mean.count() >= 3 && mean.value() > best.level_db) {
      best = {mean.value(), order};
    }
  }
  return best;
}

ShaftLines find_shaft(const ProminenceSpectrum& spectrum) noexcept {
  constexpr std::int32_t kSteps = 500;
  constexpr float kStep = 0.0005F;
  ShaftLines lines;
  for (std::int32_t i = -kSteps; i <= kSteps; ++i) {
    const float slip = static_cast<float>(i) * kStep;
    const float distance = magnitude(slip);
    const float level = shaft_level(spectrum, slip);
    if (distance <= 0.0031F && level > lines.nominal_db) {
      lines.nominal_db = level;
      lines.nominal_slip = slip;
    }
    if (distance <= 0.0201F && level > lines.near_db) {
      lines.near_db = level;
      lines.near_slip = slip;
    }
    if (distance > 0.03F && level > lines.far_db) {
      lines.far_db = level;
      lines.far_slip = slip;
    }
  }
  return lines;
}

}  // namespace aiot::dsp
