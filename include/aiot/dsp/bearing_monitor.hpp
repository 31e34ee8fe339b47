// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/core/static_vector.hpp"
#include "aiot/dsp/bearing.hpp"
#include "aiot/dsp/bearing_findings.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/octave_envelope.hpp"
#include "aiot/dsp/octave_features.hpp"
#include "aiot/dsp/order_spectrum.hpp"

namespace aiot::dsp {

/// How a bearing is looked at, fixed by the package, because the answer depends on it.
struct BearingPlan {
  std::uint16_t transform = 2048;  ///< longest transform, a power of two 256..8192
  std::uint8_t slots = 1;          ///< views that are looked at at once, 1..kMaxBearingViews
  std::uint8_t averages = 6;       ///< transforms of a view before its answer, 2..64
};

static_assert(sizeof(BearingPlan) == 4 && alignof(BearingPlan) == 2);

/// The vibration itself and the envelopes of all bands.
inline constexpr std::size_t kMaxBearingViews = kMaxEnvelopeBands + 1;

/// Largest decimation of a monitor: shafts below about one turn in 1500 samples are seen with fewer
/// revolutions in a transform.
inline constexpr std::uint32_t kMonitorFactor = 16;

/// Ranges of a plan from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const BearingPlan& plan) noexcept;

/// Floats that a monitor works in.
constexpr std::size_t bearing_floats(const BearingPlan& plan) noexcept {
  return plan.slots * (order_taps(kMonitorFactor) + OrderSpectrum::delay_floats(kMonitorFactor) +
                       plan.transform + plan.transform / 2 + 1);
}

/// Floats of scratch that it needs with windows of `window` frames. With one slot the window's
/// samples may be the front of it; they are lost then.
constexpr std::size_t bearing_scratch(const BearingPlan& plan, std::size_t window) noexcept {
  // Beside the half of a window that goes into the vibration's own spectrum.
  const std::size_t transform = std::size_t{plan.transform} + window / 2;
  const std::size_t look = findings_scratch(plan.transform);
  const std::size_t larger = transform > look ? transform : look;
  return larger > window ? larger : window;
}

/// What it listens to.
struct MonitoredBearing {
  BearingGeometry geometry{};
  float speed_rpm = 0.0F;  ///< of the shaft, above 0
};

/// Looks at a bearing while windows go by. There are more views (the vibration and up to nine
/// bands of its envelope) than a microcontroller has memory for, so each slot takes one view after
/// the other: with one slot all of them are through in about a minute.
///
/// No clock, no allocation; the same windows give the same evidence on every machine.
class BearingMonitor {
 public:
  /// `window`: frames of a window, a power of two 1024..8192; windows overlap by half. `bearing`
  /// and `plan` passed `check`, `memory` has bearing_floats(plan) and outlives the monitor.
  BearingMonitor(const BearingPlan& plan,
                 const MonitoredBearing& bearing,
                 float rate_hz,
                 std::uint32_t window,
                 std::span<float> memory) noexcept;

  /// The next window of samples; `octaves` are its `octave_features`; `scratch`
  /// [bearing_scratch(plan, window)], lost; see there.
  /// True when the evidence is new.
  bool add(std::span<const float> samples,
           std::span<const float> octaves,
           std::span<float> scratch) noexcept;

  /// Samples were lost: what was collected of them is dropped, what was found stays.
  void interrupt() noexcept;

  [[nodiscard]] const BearingEvidence& evidence() const noexcept { return evidence_; }

  /// Rounds through all views that are complete.
  [[nodiscard]] std::uint32_t rounds() const noexcept { return rounds_; }

 private:
  struct Slot {
    OrderSpectrum::Memory memory{};  // as large as it gets
    std::uint8_t view = 0;
    std::optional<OrderSpectrum> spectrum{};
  };

  [[nodiscard]] std::size_t views() const noexcept { return bands_.size() + 1; }

  void begin(Slot& slot) noexcept;
  [[nodiscard]] bool add_envelope(Slot& slot,
                                  std::span<const float> samples,
                                  float offset,
                                  std::span<float> scratch) noexcept;
  [[nodiscard]] bool is_empty(BinRange bins, std::span<const float> spectrum) const noexcept;
  void look(Slot& slot, std::span<float> scratch) noexcept;
  void next(Slot& slot) noexcept;
  void listen(std::span<const float> octaves) noexcept;

  BearingPlan plan_;
  BearingOrders orders_;
  float rate_hz_;
  float speed_rpm_;
  std::uint32_t window_;
  StaticVector<FrequencyBand, kMaxEnvelopeBands> bands_;
  StaticVector<Slot, kMaxBearingViews> slots_;
  DirectFindings direct_{};
  std::array<BandFindings, kMaxEnvelopeBands> found_{};
  std::array<float, kEnvelopeOctaves> impacts_db_{};
  std::uint32_t heard_ = 0;  // windows in impacts_db_
  std::uint32_t rounds_ = 0;
  BearingEvidence evidence_{};
};

}  // namespace aiot::dsp
