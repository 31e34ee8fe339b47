// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/sim/machine.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"

namespace aiot::sim {
namespace {

/// Speed and severities follow the scenario in steps of this many samples, counted from the first,
/// so that the result does not depend on the sizes of the calls.
constexpr std::uint64_t kUpdateEvery = 64;

/// Amplitudes below are meant at this speed.
constexpr float kReferenceHz = 30.0F;

constexpr float kTwoPi = 2.0F * math::kPi;

constexpr std::array<OperatingPoint, 4> kDemo = {{
    {.time_s = 0.0F, .shaft_hz = 29.2F, .load = 0.4F},
    {.time_s = 20.0F, .shaft_hz = 29.2F, .load = 0.5F},
    {.time_s = 40.0F, .shaft_hz = 28.8F, .load = 0.5F, .outer = 0.8F},
    {.time_s = 60.0F, .shaft_hz = 28.8F, .load = 0.5F, .outer = 0.8F},
}};

constexpr float mix(float from, float to, float part) noexcept {
  return from + (to - from) * part;
}

/// How much of the load a place at this angle carries: 1 in the middle of the load zone, 0
/// opposite.
float load_zone(std::uint32_t phase) noexcept {
  const float half = 0.5F + 0.5F * math::cos_turn(phase);
  return half * half;
}

/// A part of a turn, 0 <= turns < 1, in units of 2^-32.
std::uint32_t to_phase(float turns) noexcept {
  return static_cast<std::uint32_t>(turns * 0x1p32F);
}

}  // namespace

BearingOrders bearing_orders(const BearingGeometry& geometry) noexcept {
  const float ratio = geometry.ball_diameter / geometry.pitch_diameter * geometry.contact_cos;
  return {
      .cage = 0.5F * (1.0F - ratio),
      .outer = 0.5F * geometry.balls * (1.0F - ratio),
      .inner = 0.5F * geometry.balls * (1.0F + ratio),
      .ball = 0.5F * geometry.pitch_diameter / geometry.ball_diameter * (1.0F - ratio * ratio),
  };
}

std::span<const OperatingPoint> demo_scenario() noexcept {
  return kDemo;
}

Machine::Machine(const MachineConfig& config) noexcept
    : random_(config.seed),
      scenario_(config.scenario),
      rate_hz_(config.rate_hz),
      scale_(config.scale > 0.0F ? config.scale : kDefaultScale),
      cage_order_(bearing_orders(config.bearing).cage) {
  AIOT_CHECK(!config.scenario.empty() && config.rate_hz > 0.0F);
  for (const OperatingPoint& point : config.scenario) {
    AIOT_CHECK(point.shaft_hz >= 0.0F && point.shaft_hz < 0.5F * config.rate_hz);
  }
  const BearingOrders orders = bearing_orders(config.bearing);
  outer_.order = orders.outer;
  inner_.order = orders.inner;
  ball_.order = 2.0F * orders.ball;
  become_individual();
}

/// Draws what distinguishes this machine from others of its type.
void Machine::become_individual() noexcept {
  // Amplitudes of 1x..5x shaft speed in m/s^2; 1x is scaled by the imbalance later.
  constexpr std::array<float, kHarmonics> kTypical = {1.6F, 0.25F, 0.12F, 0.08F, 0.05F};
  for (std::size_t i = 0; i < kHarmonics; ++i) {
    harmonic_gain_[i] = kTypical[i] * uniform(random_, 0.4F, 1.6F);
    harmonic_phase_[i] = random_.next32();
  }
  // One draw a statement: the order in which arguments are evaluated differs between compilers.
  const float first_hz = uniform(random_, 2000.0F, 4500.0F);
  const float first_damping = uniform(random_, 0.015F, 0.05F);
  const float second_hz = uniform(random_, 700.0F, 1600.0F);
  const float second_damping = uniform(random_, 0.03F, 0.08F);
  const float highest = 0.42F * rate_hz_;
  set_mode(modes_[0], std::min(first_hz, highest), first_damping);
  set_mode(modes_[1], std::min(second_hz, 0.5F * highest), second_damping);
  gain_ = uniform(random_, 0.7F, 1.4F);
  impact_gain_ = uniform(random_, 18.0F, 34.0F);
  noise_gain_ = uniform(random_, 0.12F, 0.35F);
  rumble_gain_ = uniform(random_, 0.03F, 0.09F);
  slip_ = uniform(random_, 0.01F, 0.02F);
  shaft_phase_ = random_.next32();
  cage_phase_ = random_.next32();
  outer_.progress = random_.uniform();
  inner_.progress = random_.uniform();
  ball_.progress = random_.uniform();
}

/// `damping`: part of the critical one.
void Machine::set_mode(Mode& mode, float hz, float damping) noexcept {
  const float omega = kTwoPi * hz / rate_hz_;
  const float decay = math::exp(-damping * omega);
  mode.a1 = 2.0F * decay * math::cos(omega);
  mode.a2 = -decay * decay;
  mode.drive = math::sin(omega);
}

void Machine::update_operating_point() noexcept {
  const auto sample_of = [this](const OperatingPoint& point) noexcept {
    return static_cast<std::uint64_t>(point.time_s * rate_hz_);
  };
  while (segment_ + 1 < scenario_.size() && position_ >= sample_of(scenario_[segment_ + 1])) {
    ++segment_;
  }
  const OperatingPoint& from = scenario_[segment_];
  now_ = from;
  const std::uint64_t begin = sample_of(from);
  if (segment_ + 1 < scenario_.size() && position_ > begin) {
    const OperatingPoint& to = scenario_[segment_ + 1];
    const float part =
        static_cast<float>(position_ - begin) / static_cast<float>(sample_of(to) - begin);
    now_.shaft_hz = mix(from.shaft_hz, to.shaft_hz, part);
    now_.load = mix(from.load, to.load, part);
    now_.imbalance = mix(from.imbalance, to.imbalance, part);
    now_.outer = mix(from.outer, to.outer, part);
    now_.inner = mix(from.inner, to.inner, part);
    now_.ball = mix(from.ball, to.ball, part);
  }
  turns_per_sample_ = now_.shaft_hz / rate_hz_;
  shaft_step_ = to_phase(turns_per_sample_);
  cage_step_ = to_phase(turns_per_sample_ * cage_order_);
}

void Machine::generate(std::span<std::int16_t> out) noexcept {
  const float counts = 1.0F / scale_;
  for (std::int16_t& code : out) {
    const float value = next_value() * counts;
    const float rounded = value + (value < 0.0F ? -0.5F : 0.5F);
    code = static_cast<std::int16_t>(std::clamp(rounded, -32768.0F, 32767.0F));
  }
}

void Machine::skip(std::uint64_t samples) noexcept {
  for (; samples > 0; --samples) {
    (void)next_value();
  }
}

/// Acceleration in m/s^2.
float Machine::next_value() noexcept {
  if (position_ % kUpdateEvery == 0) {
    update_operating_point();
  }
  ++position_;
  shaft_phase_ += shaft_step_;
  cage_phase_ += cage_step_;
  const float speed = now_.shaft_hz / kReferenceHz;
  const float bustle = (0.3F + 0.7F * speed) * (0.8F + 0.4F * now_.load);
  // The structure answers to the impacts and to the rumble of all rolling contacts.
  float force = impacts() * speed;
  force += random_.normal() * rumble_gain_ * bustle;
  float value = shaft_harmonics() * speed * speed;
  value += random_.normal() * noise_gain_ * bustle;
  float share = 1.0F;
  for (Mode& mode : modes_) {
    const float y = mode.a1 * mode.y1 + mode.a2 * mode.y2 + mode.drive * force * share;
    mode.y2 = mode.y1;
    mode.y1 = y;
    value += y;
    share *= 0.4F;
  }
  return value * gain_;
}

float Machine::shaft_harmonics() const noexcept {
  float sum = 0.0F;
  std::uint32_t phase = 0;
  for (std::size_t i = 0; i < kHarmonics; ++i) {
    phase += shaft_phase_;
    const float amplitude = harmonic_gain_[i] * (i == 0 ? now_.imbalance : 1.0F);
    sum += amplitude * math::sin_turn(phase + harmonic_phase_[i]);
  }
  return sum;
}

/// Moves a defect on by one sample; true when a contact meets it. The next interval then gets its
/// own pace: rolling elements slip.
bool Machine::meets(Defect& defect) noexcept {
  defect.progress += turns_per_sample_ * defect.order * defect.slip;
  if (defect.progress < 1.0F) {
    return false;
  }
  defect.progress -= 1.0F;
  defect.slip = 1.0F + slip_ * random_.normal();
  defect.second = !defect.second;
  return true;
}

/// Force of the impacts that fall on this sample. The outer race stands still in the load zone, a
/// place on the inner race passes it with the shaft, a ball with the cage; a ball's damage meets
/// the inner and the outer race in turn, and the outer one is farther from the structure's ear.
float Machine::impacts() noexcept {
  const float strength = impact_gain_ * (0.4F + 1.2F * now_.load);
  float force = 0.0F;
  if (meets(outer_)) {
    force += now_.outer * (0.85F + 0.3F * random_.uniform());
  }
  if (meets(inner_)) {
    force += now_.inner * load_zone(shaft_phase_) * (0.85F + 0.3F * random_.uniform());
  }
  if (meets(ball_)) {
    const float side = ball_.second ? 0.8F : 0.45F;
    force += now_.ball * side * load_zone(cage_phase_) * (0.7F + 0.6F * random_.uniform());
  }
  return force * strength;
}

}  // namespace aiot::sim
