// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/decide/decider.hpp"
#include "aiot/device/condition.hpp"
#include "aiot/device/machine.hpp"
#include "aiot/device/spectrum_watch.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot/dsp/windower.hpp"
#include "aiot/hal/sensor.hpp"
#include "aiot/model/package.hpp"

namespace aiot::device {

/// What a listener is made for, and what it works in.
struct ListenerSetup {
  const model::Package& package;
  const hal::SensorFormat& sensor;
  const MachineConfig& machine;
  std::span<float> scratch;   ///< begins with the samples of the window
  std::span<float> bearing;   ///< may be empty
  std::span<float> spectrum;  ///< may be empty
  ConditionState* condition;  ///< may be null
  std::size_t record_bytes;   ///< of the buffer that a new baseline is written to
};

/// Floats of scratch that a bearing plan wants: its window in front, and what
/// `dsp::bearing_scratch` wants behind it when several slots listen to it.
[[nodiscard]] std::size_t listener_scratch(const model::Package& package) noexcept;

/// Whether windows of `plan` can be compared with a baseline.
[[nodiscard]] constexpr bool can_watch(const dsp::FeaturePlan& plan) noexcept {
  return plan.window >= dsp::kMinOctaveWindow;
}

/// Hears every window beside the features: the bearing of the machine, its baseline, its levels.
class MachineListener {
 public:
  /// Whether a listener for `setup` fits. Errors: `kInvalidArgument` a machine without the speed or
  /// the bearing that the package looks at, a geometry or limits that are none; `kOutOfRange` a
  /// speed at which the bearing can not be heard at this rate; `kNoSpace` the memory is too small.
  static Status check(const ListenerSetup& setup) noexcept;

  /// `setup` passed `check`; what it refers to outlives the listener, but for the references
  /// `package` and `sensor`.
  explicit MachineListener(const ListenerSetup& setup) noexcept;

  /// One window; its samples are worked on in place, and `windower` puts them there again.
  void hear(const dsp::Window& window, dsp::Windower& windower) noexcept;

  [[nodiscard]] decide::Findings findings() const noexcept;

  /// Empty without a bearing.
  [[nodiscard]] const BearingEvidence& evidence() const noexcept;

  /// The averaged spectrum; nullptr without room for it, and while the machine is commissioned,
  /// which takes that room.
  [[nodiscard]] const SpectrumWatch* spectrum() const noexcept {
    return spectrum_.has_value() && !commissioning() && !spectrum_->restarting() ? &*spectrum_
                                                                                 : nullptr;
  }

  /// nullptr without room for it, or when windows are too short.
  [[nodiscard]] ConditionWatch* condition() noexcept {
    return condition_.has_value() ? &*condition_ : nullptr;
  }

  [[nodiscard]] bool commissioning() const noexcept {
    return condition_.has_value() && condition_->commissioning();
  }

 private:
  void hear_bearing(const dsp::Window& window,
                    std::span<const float> octaves,
                    bool trusted,
                    dsp::Windower& windower) noexcept;

  std::span<float> scratch_;
  std::span<float> bearing_scratch_;
  std::optional<dsp::BearingMonitor> bearing_;
  std::optional<ConditionWatch> condition_;
  std::optional<SpectrumWatch> spectrum_;
  decide::BearingVerdict verdict_{};
};

using ListenerMemory = std::optional<MachineListener>;

/// A listener as the pipeline knows it: a constant table of functions, so that a firmware whose
/// shape has no listener does not link one (30 KB of a Cortex-M4).
struct ListenerOps {
  Status (*check)(const ListenerSetup& setup) noexcept;
  void (*make)(ListenerMemory& memory, const ListenerSetup& setup) noexcept;
  void (*hear)(MachineListener& self, const dsp::Window& window, dsp::Windower& windower) noexcept;
  decide::Findings (*findings)(const MachineListener& self) noexcept;
  const BearingEvidence& (*evidence)(const MachineListener& self) noexcept;
  Status (*load)(ConditionWatch& condition, Bytes model) noexcept;
  void (*commission)(ConditionWatch& condition, std::uint32_t observations) noexcept;
  bool (*learnt)(const ConditionWatch& condition) noexcept;
  Result<Bytes> (*finish)(ConditionWatch& condition, MutableBytes out) noexcept;
};

/// The only one there is; whoever names it links it.
extern const ListenerOps kMachineListener;

}  // namespace aiot::device
