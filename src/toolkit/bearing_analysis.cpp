// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/bearing_analysis.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "aiot/core/check.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/octave_envelope.hpp"
#include "aiot/dsp/order_spectrum.hpp"
#include "aiot/dsp/statistics.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {
namespace {

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

/// Excess kurtosis of a complex envelope over blocks of half a second, which hold a few impacts
/// whatever the frames are: mean(a^2) / mean(a)^2 - 2 of a = |z|^2, 0 for Gaussian noise.
class BlockKurtosis {
 public:
  explicit BlockKurtosis(float rate_hz)
      : block_(std::max<std::size_t>(static_cast<std::size_t>(kBlock_s * rate_hz), 1)) {}

  void add(std::span<const float> spectrum, dsp::BinRange bins, std::span<float> scratch) {
    const std::size_t points = 2 * dsp::envelope_values(bins);
    const std::span<float> work = scratch.first(2 * points);
    const std::uint32_t count = bins.last - bins.first + 1;
    std::fill(work.begin(), work.end(), 0.0F);
    for (std::uint32_t i = 0; i < count; ++i) {
      const float weight = taper(i, count);
      work[2 * std::size_t{i}] = weight * spectrum[2 * (std::size_t{bins.first} + i)];
      work[2 * std::size_t{i} + 1] = weight * spectrum[2 * (std::size_t{bins.first} + i) + 1];
    }
    dsp::cfft(work, dsp::Direction::kInverse);
    for (std::size_t j = points / 4; j < points / 4 * 3; ++j) {
      const double re = static_cast<double>(work[2 * j]);
      const double im = static_cast<double>(work[2 * j + 1]);
      take(re * re + im * im);
    }
  }

  /// The stream is interrupted: no block spans a gap.
  void interrupt() {
    if (blocks_.empty() && filled_ >= block_ / 4) {
      close();
    }
    begin();
  }

  /// Median over the blocks; 0 without any.
  [[nodiscard]] float median() const {
    if (blocks_.empty()) {
      return 0.0F;
    }
    std::vector<float> sorted = blocks_;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
  }

 private:
  static constexpr float kBlock_s = 0.5F;

  /// Raised-cosine ends of an eighth each, as of the whitened envelope.
  static float taper(std::uint32_t i, std::uint32_t count) {
    const std::uint32_t reach = std::max(8U, count / 8);
    const std::uint32_t from_end = std::min(i, count - 1 - i);
    return from_end >= reach
               ? 1.0F
               : 0.5F - 0.5F * dsp::cos(dsp::kPi * (static_cast<float>(from_end) + 0.5F) /
                                        static_cast<float>(reach));
  }

  void take(double power) {
    first_ += power;
    second_ += power * power;
    if (++filled_ == block_) {
      close();
      begin();
    }
  }

  void close() {
    const auto size = static_cast<double>(filled_);
    blocks_.push_back(first_ > 0.0 ? static_cast<float>(second_ * size / (first_ * first_) - 2.0)
                                   : 0.0F);
  }

  void begin() {
    first_ = 0.0;
    second_ = 0.0;
    filled_ = 0;
  }

  std::size_t block_;
  std::size_t filled_ = 0;
  double first_ = 0.0;
  double second_ = 0.0;
  std::vector<float> blocks_;
};

struct BandView {
  dsp::FrequencyBand band{};
  dsp::BinRange bins{};
  std::unique_ptr<OwnedSpectrum> spectrum;
  BlockKurtosis impacts;
  double power = 0.0;  // sum over bins and frames

  [[nodiscard]] double power_per_bin() const {
    return power / static_cast<double>(bins.last - bins.first + 1);
  }
};

/// Power of `spectrum`, as `dsp::rfft` packs it, over `bins` through a Hann taper: without it the
/// ends of the frame leave 1e-5 of a loud band in an empty one.
double power_of(std::span<const float> spectrum, dsp::BinRange bins) {
  const auto tapered = [spectrum](std::size_t i) {
    const auto at = [spectrum](std::size_t j) { return static_cast<double>(spectrum[j]); };
    return 0.5 * at(i) - 0.25 * (at(i - 2) + at(i + 2));
  };
  // Bins 0 and n/2 are packed together, so their neighbours are left out.
  const std::size_t first = std::max<std::size_t>(bins.first, 2);
  const std::size_t last = std::min<std::size_t>(bins.last, spectrum.size() / 2 - 2);
  double sum = 0.0;
  for (std::size_t k = first; k <= last; ++k) {
    const double re = tapered(2 * k);
    const double im = tapered(2 * k + 1);
    sum += re * re + im * im;
  }
  return sum;
}

/// All views of one recording, fed frame by frame.
class Views {
 public:
  Views(float rate_hz, float shaft_hz, const dsp::BearingOrders& orders, float duration_s) {
    direct_ = std::make_unique<OwnedSpectrum>(
        dsp::plan_orders(rate_hz,
                         shaft_hz,
                         {.samples_per_revolution = dsp::kDirectSamplesPerRevolution,
                          .duration_s = duration_s,
                          .least_averages = 2}));
    for (const dsp::FrequencyBand& band : dsp::envelope_bands(rate_hz, shaft_hz)) {
      const dsp::BinRange bins = dsp::envelope_bins(band, rate_hz, kAnalysisFrame);
      const float rate = dsp::envelope_rate(bins, rate_hz, kAnalysisFrame);
      BandView view{band, bins, nullptr, BlockKurtosis(rate)};
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
      view.impacts.interrupt();
    }
  }

  void add_piece(std::span<const float> samples) {
    direct_->add(samples);
    for (std::size_t at = 0; at + kAnalysisFrame <= samples.size(); at += kAnalysisHop) {
      add_frame(samples.subspan(at, kAnalysisFrame));
    }
  }

  [[nodiscard]] OwnedSpectrum& direct() { return *direct_; }

  [[nodiscard]] std::vector<BandView>& bands() { return bands_; }

 private:
  void add_frame(std::span<const float> frame) {
    dsp::rfft(frame, dsp::mean(frame), spectrum_);
    for (BandView& view : bands_) {
      const auto envelope = std::span(envelope_).first(dsp::envelope_values(view.bins));
      view.power += power_of(spectrum_, view.bins);
      view.impacts.add(spectrum_, view.bins, work_);
      work_ = spectrum_;
      dsp::whitened_envelope(work_, view.bins, envelope);
      view.spectrum->add(envelope);
    }
  }

  std::unique_ptr<OwnedSpectrum> direct_;
  std::vector<BandView> bands_;
  std::vector<float> spectrum_ = std::vector<float>(kAnalysisFrame);
  std::vector<float> work_ = std::vector<float>(kAnalysisFrame);
  std::vector<float> envelope_ = std::vector<float>(kAnalysisFrame / 2);
};

/// Feeds what is usable; returns how many frames there were.
std::size_t feed(const Recording& recording, const std::vector<Piece>& pieces, Views& views) {
  std::size_t frames = 0;
  for (const Piece& piece : pieces) {
    frames += (piece.size() - kAnalysisFrame) / kAnalysisHop + 1;
    views.add_piece(acceleration_of(recording, piece));
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
  double most = 0.0;
  for (const BandView& view : views.bands()) {
    most = std::max(most, view.power_per_bin());
  }
  float impulsiveness = 0.0F;
  for (BandView& view : views.bands()) {
    OwnedSpectrum& spectrum = *view.spectrum;
    const bool empty = !(view.power_per_bin() >= kEmptyBand * most);
    if (empty || spectrum.get().averages() == 0) {
      analysis.bands.push_back({.band = view.band});
      continue;
    }
    analysis.bands.push_back(dsp::look_at_envelope(
        spectrum.get(), view.band, orders, analysis.direct.correction, spectrum.scratch()));
    impulsiveness = std::max(impulsiveness, view.impacts.median());
  }
  analysis.evidence = dsp::conclude(analysis.direct, analysis.bands, impulsiveness, rpm);
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
  return analyse_bearing(
      recording, rpm, bearing, assess_recording(recording, kAnalysisFrame, kAnalysisHop));
}

Loaded<BearingAnalysis> analyse_bearing(const Recording& recording,
                                        double rpm,
                                        const dsp::BearingGeometry& bearing,
                                        const RecordingQuality& quality) {
  AIOT_CHECK(recording.axes == 1 && quality.window == kAnalysisFrame &&
             quality.hop == kAnalysisHop);
  const auto shaft_hz = static_cast<float>(rpm / 60.0);
  const auto rate_hz = static_cast<float>(recording.rate_hz);
  if (!(shaft_hz > 0.0F) || !(shaft_hz < rate_hz / 64.0F)) {
    return Problem{recording.source + ": a shaft at " + shown(rpm) +
                   " rpm can not be followed at " + shown(recording.rate_hz) +
                   " Hz; check --rpm and --rate"};
  }
  if (quality.windows.empty()) {
    return Problem{recording.source + ": no piece of " + std::to_string(kAnalysisFrame) +
                   " samples without a gap; record longer pieces"};
  }
  const dsp::BearingOrders orders = dsp::bearing_orders(bearing);
  const std::vector<Piece> pieces = usable_pieces(recording, quality, Purpose::kRhythm);
  std::uint64_t usable = 0;
  for (const Piece& piece : pieces) {
    usable += piece.size();
  }
  const double duration_s = static_cast<double>(usable) / recording.rate_hz;
  Views views(rate_hz, shaft_hz, orders, static_cast<float>(duration_s));
  const std::size_t used = feed(recording, pieces, views);
  if (used == 0) {
    return Problem{recording.source +
                   ": every frame is flat, cut off or drops out; check sensor, cable and range"};
  }
  BearingAnalysis analysis = evaluate(views, orders, static_cast<float>(rpm));
  analysis.frames = quality.windows.size();
  analysis.frames_used = used;
  return analysis;
}

}  // namespace aiot::toolkit
