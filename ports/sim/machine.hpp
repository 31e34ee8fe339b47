// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ports/sim/random.hpp"

namespace aiot::sim {

/// A rolling bearing, outer race fixed. Diameters in any one unit.
struct BearingGeometry {
  float balls = 9.0F;
  float ball_diameter = 0.3126F;
  float pitch_diameter = 1.537F;
  float contact_cos = 1.0F;  ///< cosine of the contact angle
};

/// Events per revolution of the shaft.
struct BearingOrders {
  float cage = 0.0F;   ///< FTF
  float outer = 0.0F;  ///< BPFO
  float inner = 0.0F;  ///< BPFI
  float ball = 0.0F;   ///< BSF, one side of a ball; a defect meets a race twice per spin
};

BearingOrders bearing_orders(const BearingGeometry& geometry) noexcept;

/// How the machine runs from `time_s` on; between two points everything changes linearly, before
/// the first and after the last it stays.
struct OperatingPoint {
  float time_s = 0.0F;
  float shaft_hz = 29.95F;  ///< 0..half the sample rate
  float load = 0.5F;        ///< 0..1
  float imbalance = 0.2F;   ///< 0..1
  float outer = 0.0F;       ///< severity of a defect of the outer race, 0 (none) .. 1 (severe)
  float inner = 0.0F;
  float ball = 0.0F;
};

struct MachineConfig {
  std::uint64_t seed = 1;  ///< an individual machine: resonance, damping, noise, harmonics, gain
  float rate_hz = 12800.0F;
  float scale = 0.0F;  ///< m/s^2 per count; 0: +-16 g over 16 bits
  BearingGeometry bearing{};
  std::span<const OperatingPoint>
      scenario;  ///< ascending times, at least one; outlives the machine
};

/// m/s^2 per count of a 16-bit code over +-16 g.
inline constexpr float kDefaultScale = 16.0F * 9.80665F / 32768.0F;

/// Healthy for 20 s, then a defect of the outer race grows until 40 s and stays until 60 s.
std::span<const OperatingPoint> demo_scenario() noexcept;

/// A rotating machine with a rolling bearing, seen by one accelerometer: shaft harmonics, impacts
/// of bearing defects with slip that excite a damped resonance, load zone, speed and load changes,
/// noise. The same seed and scenario give the same samples on every machine, whatever the sizes of
/// the calls. No heap.
class Machine {
 public:
  explicit Machine(const MachineConfig& config) noexcept;

  /// The next `out.size()` samples, saturated at the ends of int16.
  void generate(std::span<std::int16_t> out) noexcept;

  /// As `generate`, without the samples; it takes as long.
  void skip(std::uint64_t samples) noexcept;

  [[nodiscard]] float rate_hz() const noexcept { return rate_hz_; }

  [[nodiscard]] float scale() const noexcept { return scale_; }

  /// Index of the next sample.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

 private:
  static constexpr std::size_t kHarmonics = 5;
  static constexpr std::size_t kModes = 2;

  /// A damaged place that rolling contacts meet again and again.
  struct Defect {
    float order = 0.0F;     // meetings per revolution of the shaft
    float progress = 0.0F;  // part of the way to the next meeting
    float slip = 1.0F;      // pace of the current interval, about 1
    bool second = false;    // the other race of a ball's two
  };

  /// A damped mode of the structure as a two-pole resonator; an impulse of 1 rings from about 1.
  struct Mode {
    float a1 = 0.0F;
    float a2 = 0.0F;
    float drive = 0.0F;
    float y1 = 0.0F;
    float y2 = 0.0F;
  };

  void become_individual() noexcept;
  void set_mode(Mode& mode, float hz, float damping) noexcept;
  void update_operating_point() noexcept;
  [[nodiscard]] float next_value() noexcept;
  [[nodiscard]] float shaft_harmonics() const noexcept;
  [[nodiscard]] bool meets(Defect& defect) noexcept;
  [[nodiscard]] float impacts() noexcept;

  Random random_;
  std::span<const OperatingPoint> scenario_;
  float rate_hz_;
  float scale_;
  std::uint64_t position_ = 0;
  std::size_t segment_ = 0;  // the point of the scenario that is behind us
  OperatingPoint now_;

  // The individual: drawn once from the seed.
  std::array<float, kHarmonics> harmonic_gain_{};
  std::array<std::uint32_t, kHarmonics> harmonic_phase_{};
  std::array<Mode, kModes> modes_{};
  float gain_ = 1.0F;
  float impact_gain_ = 0.0F;
  float noise_gain_ = 0.0F;
  float rumble_gain_ = 0.0F;
  float slip_ = 0.0F;

  // The motion.
  float cage_order_;
  float turns_per_sample_ = 0.0F;
  std::uint32_t shaft_phase_ = 0;  // 2^32 = one turn
  std::uint32_t shaft_step_ = 0;
  std::uint32_t cage_phase_ = 0;
  std::uint32_t cage_step_ = 0;
  Defect outer_;
  Defect inner_;
  Defect ball_;
};

}  // namespace aiot::sim
