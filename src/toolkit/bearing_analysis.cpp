// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/bearing_analysis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/octave_envelope.hpp"
#include "aiot/dsp/octave_features.hpp"
#include "aiot/dsp/order_spectrum.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::uint32_t kHop = kAnalysisFrame / 2;

/// An order spectrum with its memory.
class OwnedSpectrum {
 public:
  explicit OwnedSpectrum(const dsp::OrderPlan& plan)
      : taps_(dsp::order_taps(plan.factor)),
        delay_(dsp::OrderSpectrum::delay_floats(plan.factor)),
        signal_(plan.length),
        power_(plan.length / 2 + 1),
        scratch_(dsp::findings_scratch(plan.length) + plan.length),
        spectrum_(plan, {taps_, delay_, signal_, power_}) {}

  OwnedSpectrum(const OwnedSpectrum&) = delete;
  OwnedSpectrum& operator=(const OwnedSpectrum&) = delete;

  void add(std::span<const float> samples) { spectrum_.add(samples, scratch_); }

  void interrupt() { spectrum_.interrupt(); }

  [[nodiscard]] const dsp::OrderSpectrum& get() const { return spectrum_; }

  [[nodiscard]] std::span<float> scratch() { return scratch_; }

  /// The prominence that the last look left in the scratch.
  [[nodiscard]] ProminenceCurve curve(const dsp::FrequencyBand& band, float correction) const {
    return {band,
            spectrum_.plan().order_step / (1.0F + correction),
            {scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(power_.size())}};
  }

 private:
  std::vector<float> taps_;
  std::vector<float> delay_;
  std::vector<float> signal_;
  std::vector<float> power_;
  std::vector<float> scratch_;
  dsp::OrderSpectrum spectrum_;
};

struct BandView {
  dsp::FrequencyBand band{};
  dsp::BinRange bins{};
  std::unique_ptr<OwnedSpectrum> spectrum;
};

float median_of(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// All views of one recording, fed frame by frame.
class Views {
 public:
  Views(float rate_hz, float shaft_hz, const dsp::BearingOrders& orders, float duration_s)
      : rate_hz_(rate_hz) {
    direct_ = std::make_unique<OwnedSpectrum>(
        dsp::plan_orders(rate_hz,
                         shaft_hz,
                         {.samples_per_revolution = dsp::kDirectSamplesPerRevolution,
                          .duration_s = duration_s,
                          .least_averages = 2}));
    for (const dsp::FrequencyBand& band : dsp::envelope_bands(rate_hz, shaft_hz)) {
      BandView view{band, dsp::envelope_bins(band, rate_hz, kAnalysisFrame), nullptr};
      const float rate = dsp::envelope_rate(view.bins, rate_hz, kAnalysisFrame);
      view.spectrum = std::make_unique<OwnedSpectrum>(
          dsp::plan_orders(rate,
                           shaft_hz,
                           {.samples_per_revolution = dsp::envelope_samples_per_revolution(orders),
                            .duration_s = duration_s}));
      bands_.push_back(std::move(view));
    }
  }

  void interrupt() {
    direct_->interrupt();
    for (BandView& view : bands_) {
      view.spectrum->interrupt();
    }
  }

  void add_piece(std::span<const float> samples) {
    direct_->add(samples);
    for (std::size_t at = 0; at + kAnalysisFrame <= samples.size(); at += kHop) {
      add_frame(samples.subspan(at, kAnalysisFrame));
    }
  }

  [[nodiscard]] float impulsiveness() const {
    float largest = 0.0F;
    for (const std::vector<float>& octave : envelope_kurtosis_) {
      if (!octave.empty()) {
        largest = std::max(largest, std::pow(10.0F, 0.1F * median_of(octave)) - 2.0F);
      }
    }
    return largest;
  }

  [[nodiscard]] OwnedSpectrum& direct() { return *direct_; }

  [[nodiscard]] std::vector<BandView>& bands() { return bands_; }

 private:
  void add_frame(std::span<const float> frame) {
    dsp::rfft(frame, dsp::mean(frame), spectrum_);
    for (BandView& view : bands_) {
      work_ = spectrum_;
      const auto envelope = std::span(envelope_).first(dsp::envelope_values(view.bins));
      dsp::whitened_envelope(work_, view.bins, envelope);
      view.spectrum->add(envelope);
    }
    dsp::octave_features(frame, work_, features_);
    for (std::size_t k = 0; k < envelope_kurtosis_.size(); ++k) {
      envelope_kurtosis_[k].push_back(features_[dsp::kEnvelopeFeature + k]);
    }
  }

  float rate_hz_;
  std::unique_ptr<OwnedSpectrum> direct_;
  std::vector<BandView> bands_;
  std::array<std::vector<float>, dsp::kEnvelopeOctaves> envelope_kurtosis_;
  std::array<float, dsp::kOctaveFeatures> features_{};
  std::vector<float> spectrum_ = std::vector<float>(kAnalysisFrame);
  std::vector<float> work_ = std::vector<float>(kAnalysisFrame);
  std::vector<float> envelope_ = std::vector<float>(kAnalysisFrame / 2);
};

/// Feeds the pieces between gaps; returns how many frames there were.
std::size_t feed(const Recording& recording, Views& views) {
  const auto scale = static_cast<float>(recording.scale);
  std::size_t frames = 0;
  std::size_t begin = 0;
  for (std::size_t gap = 0; gap <= recording.gaps.size(); ++gap) {
    const std::size_t end = gap < recording.gaps.size()
                                ? static_cast<std::size_t>(recording.gaps[gap].frame)
                                : recording.samples.size();
    std::vector<float> piece;
    for (std::size_t i = begin; i < end; ++i) {
      piece.push_back(static_cast<float>(recording.samples[i]) * scale);
    }
    begin = end;
    if (piece.size() >= kAnalysisFrame) {
      frames += (piece.size() - kAnalysisFrame) / kHop + 1;
      views.add_piece(piece);
    }
    views.interrupt();
  }
  return frames;
}

std::size_t band_of_evidence(const BearingAnalysis& analysis) {
  for (std::size_t i = 0; i < analysis.bands.size(); ++i) {
    if (analysis.bands[i].band.lo_hz == analysis.evidence.lo_hz) {
      return i;
    }
  }
  return 0;
}

BearingAnalysis evaluate(Views& views, const dsp::BearingOrders& orders, float rpm) {
  BearingAnalysis analysis;
  analysis.orders = orders;
  OwnedSpectrum& direct = views.direct();
  if (direct.get().averages() > 0) {
    analysis.direct = dsp::look_at_vibration(direct.get(), orders, direct.scratch());
    analysis.direct_curve = direct.curve({}, analysis.direct.correction);
  }
  for (BandView& view : views.bands()) {
    OwnedSpectrum& spectrum = *view.spectrum;
    analysis.bands.push_back(
        spectrum.get().averages() > 0
            ? dsp::look_at_envelope(
                  spectrum.get(), view.band, orders, analysis.direct.correction, spectrum.scratch())
            : dsp::BandFindings{.band = view.band});
  }
  analysis.evidence = dsp::conclude(analysis.direct, analysis.bands, views.impulsiveness(), rpm);
  const std::size_t shown = band_of_evidence(analysis);
  BandView& view = views.bands()[shown];
  if (view.spectrum->get().averages() > 0) {
    analysis.envelope_curve = view.spectrum->curve(view.band, analysis.direct.correction);
  }
  return analysis;
}

}  // namespace

Loaded<BearingAnalysis> analyse_bearing(const Recording& recording,
                                        double rpm,
                                        const dsp::BearingGeometry& bearing) {
  if (recording.axes != 1) {
    return Problem{recording.source + ": has several axes; choose one with --channel"};
  }
  const auto shaft_hz = static_cast<float>(rpm / 60.0);
  const auto rate_hz = static_cast<float>(recording.rate_hz);
  if (!(shaft_hz > 0.0F) || !(shaft_hz < rate_hz / 64.0F)) {
    return Problem{recording.source + ": a shaft at " + std::to_string(rpm) +
                   " rpm can not be followed at this sample rate; check --rpm and --rate"};
  }
  const dsp::BearingOrders orders = dsp::bearing_orders(bearing);
  Views views(rate_hz,
              shaft_hz,
              orders,
              static_cast<float>(static_cast<double>(recording.frames()) / recording.rate_hz));
  if (feed(recording, views) == 0) {
    return Problem{recording.source + ": no piece of " + std::to_string(kAnalysisFrame) +
                   " samples without a gap; record longer pieces"};
  }
  return evaluate(views, orders, static_cast<float>(rpm));
}

}  // namespace aiot::toolkit
