// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/spectrum_watch.hpp"

#include <array>

#include "aiot/core/math.hpp"
#include "aiot/dsp/peaks.hpp"
#include "aiot/dsp/spectrum.hpp"

namespace aiot::device {
namespace {

/// Of the velocity that severity is judged by (ISO 20816-1).
constexpr float kZoneLoHz = 10.0F;
constexpr float kZoneHiHz = 1000.0F;

bool has_zones(const decide::ZoneLimits& zones) noexcept {
  return zones.a_b > 0.0F || zones.b_c > 0.0F || zones.c_d > 0.0F;
}

std::uint32_t windows_in_average(const WindowStream& stream) noexcept {
  const float windows =
      SpectrumWatch::kAverageSeconds * stream.rate_hz / static_cast<float>(stream.hop);
  return windows > 1.0F ? static_cast<std::uint32_t>(windows) : 1U;
}

dsp::BinRange bins_of(const dsp::FrequencyBand& band, const WindowStream& stream) noexcept {
  return dsp::band_bins(stream.window, stream.rate_hz, band.lo_hz, band.hi_hz);
}

}  // namespace

Status check(const MachineLimits& limits, const WindowStream& stream) noexcept {
  if (limits.levels.bands > 0) {
    AIOT_TRY(decide::check(limits.levels));
    if (limits.levels.unit != decide::LevelUnit::kAbsolute) {
      return Error::kInvalidArgument;
    }
  }
  for (std::size_t i = 0; i < limits.levels.bands; ++i) {
    const dsp::FrequencyBand& band = limits.bands[i];
    if (!(band.lo_hz >= 0.0F) || !(band.lo_hz < band.hi_hz) || !(band.hi_hz <= stream.rate_hz) ||
        bins_of(band, stream).empty()) {
      return Error::kInvalidArgument;
    }
  }
  if (!has_zones(limits.zones)) {
    return {};
  }
  // A zone of what was not measured would be A.
  if (stream.rate_hz < 2.56F * kZoneHiHz || bins_of({kZoneLoHz, kZoneHiHz}, stream).empty()) {
    return Error::kInvalidArgument;
  }
  return decide::check(limits.zones);
}

SpectrumWatch::SpectrumWatch(const MachineLimits* limits,
                             const WindowStream& stream,
                             std::span<float> bins,
                             std::span<float> scratch) noexcept
    : limits_(limits),
      stream_(stream),
      wanted_(windows_in_average(stream)),
      average_({.length = stream.window, .rate_hz = stream.rate_hz}, bins, scratch) {
  if (limits != nullptr && limits->levels.bands > 0) {
    alarm_.emplace(limits->levels);
  }
}

void SpectrumWatch::add(std::span<const float> samples) noexcept {
  if (average_.count() >= wanted_ || restart_) {
    average_.reset();
    restart_ = false;
  }
  average_.add(samples);
  if (average_.count() >= wanted_ && limits_ != nullptr) {
    judge();
  }
}

void SpectrumWatch::judge() noexcept {
  decide::LevelFindings findings;
  if (alarm_.has_value()) {
    judge_bands(findings);
  }
  if (has_zones(limits_->zones)) {
    judge_zone(findings);
  }
  findings_ = findings;
}

void SpectrumWatch::judge_bands(decide::LevelFindings& findings) noexcept {
  const std::span<const float> spectrum = average_.mean_square();
  const std::size_t bands = limits_->levels.bands;
  std::array<float, decide::kMaxBands> rms{};
  for (std::size_t i = 0; i < bands; ++i) {
    rms[i] = math::sqrt(dsp::band_sum(spectrum, bins_of(limits_->bands[i], stream_)));
  }
  const Result<decide::BandVerdict> verdict = alarm_->update(std::span(rms).first(bands));
  if (!verdict.ok()) {
    return;
  }
  const std::size_t worst = verdict->worst;
  const decide::BandLevels& levels = limits_->levels.levels[worst];
  findings.state = verdict->state;
  findings.lo_hz = limits_->bands[worst].lo_hz;
  findings.hi_hz = limits_->bands[worst].hi_hz;
  findings.rms = rms[worst];
  findings.limit = verdict->state == decide::AlarmState::kAlarm ? levels.alarm : levels.warning;
  std::array<dsp::SpectralPeak, 1> line{};
  const dsp::PeakRules rules{.range = bins_of(limits_->bands[worst], stream_),
                             .shape = dsp::PeakShape::kHann};
  if (dsp::find_peaks(spectrum, rules, line) > 0) {
    findings.line_hz = line[0].position * average_.bin_hz();
    findings.line_rms = math::sqrt(line[0].value * dsp::kHannGain.enbw);
  }
}

void SpectrumWatch::judge_zone(decide::LevelFindings& findings) const noexcept {
  constexpr float kMillimetres = 1000.0F;
  const dsp::BinRange bins = bins_of({kZoneLoHz, kZoneHiHz}, stream_);
  findings.velocity =
      kMillimetres * math::sqrt(dsp::band_sum_integrated(average_.mean_square(),
                                                         bins,
                                                         average_.bin_hz(),
                                                         dsp::taper_spread(dsp::TaperKind::kHann)));
  const decide::ZoneLimits& limits = limits_->zones;
  const Result<decide::Zone> zone = decide::zone(findings.velocity, limits);
  if (!zone.ok()) {
    return;
  }
  findings.zone = *zone;
  const std::array<float, 4> over = {0.0F, limits.a_b, limits.b_c, limits.c_d};
  findings.zone_limit = over[static_cast<std::size_t>(*zone)];
}

}  // namespace aiot::device
