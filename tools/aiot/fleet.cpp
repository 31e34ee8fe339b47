// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tools/aiot/fleet.hpp"

#include <array>
#include <string>
#include <vector>

#include "aiot/core/error.hpp"
#include "aiot/core/math.hpp"
#include "aiot/toolkit/random.hpp"
#include "ports/sim/machine.hpp"

namespace aiot::cli {
namespace {

using toolkit::Random;

constexpr std::size_t kStates = 3;    // of speed and load, per condition
constexpr std::size_t kWindows = 10;  // per state
constexpr std::array<float, 6> kRates{10240.0F, 12000.0F, 12800.0F, 16000.0F, 20480.0F, 25600.0F};

enum class Condition : std::uint8_t { kNormal, kImbalance, kOuter, kInner, kBall };

constexpr std::array<Condition, 6> kFaults{Condition::kImbalance,
                                           Condition::kOuter,
                                           Condition::kImbalance,
                                           Condition::kInner,
                                           Condition::kImbalance,
                                           Condition::kBall};

constexpr std::array<sim::BearingGeometry, 3> kBearings{
    sim::BearingGeometry{9.0F, 0.3126F, 1.537F, 1.0F},  // 6205
    sim::BearingGeometry{8.0F, 6.747F, 28.5F, 1.0F},    // 6203
    sim::BearingGeometry{12.0F, 10.0F, 60.0F, 0.98F},   // a larger one, small contact angle
};

/// What makes one machine an individual, beside what the simulation draws from its seed.
struct Individual {
  std::uint64_t seed = 0;
  float rate_hz = 0;
  float shaft_hz = 0;
  float balance = 0;  ///< imbalance of the healthy rotor
  float gain = 0;     ///< sensitivity of the sensor, size of the machine
  float tilt = 0;     ///< what the path to the sensor does to high against low frequencies
  sim::BearingGeometry bearing;
};

float between(Random& random, float low, float high) {
  return static_cast<float>(random.between(static_cast<double>(low), static_cast<double>(high)));
}

/// A factor between 1/8 and 8; ratios are evenly likely, not differences.
float any_gain(Random& random) {
  return math::exp(between(random, -2.08F, 2.08F));
}

Individual draw_individual(Random& random) {
  Individual machine;
  machine.seed = random.next();
  machine.rate_hz = kRates[random.below(kRates.size())];
  machine.shaft_hz = between(random, 18.0F, 50.0F);
  machine.balance = between(random, 0.02F, 0.4F);
  machine.gain = any_gain(random);
  machine.tilt = between(random, -0.8F, 0.8F);
  machine.bearing = kBearings[random.below(kBearings.size())];
  return machine;
}

sim::OperatingPoint draw_state(const Individual& machine, Condition condition, Random& random) {
  sim::OperatingPoint state;
  state.shaft_hz = machine.shaft_hz * between(random, 0.85F, 1.15F);
  state.load = between(random, 0.1F, 1.0F);
  state.imbalance =
      condition == Condition::kImbalance ? between(random, 0.9F, 1.0F) : machine.balance;
  const float severity = between(random, 0.25F, 1.0F);
  state.outer = condition == Condition::kOuter ? severity : 0.0F;
  state.inner = condition == Condition::kInner ? severity : 0.0F;
  state.ball = condition == Condition::kBall ? severity : 0.0F;
  return state;
}

const char* label_of(Condition condition) {
  switch (condition) {
    case Condition::kNormal:
      return "normal";
    case Condition::kImbalance:
      return "imbalance";
    case Condition::kOuter:
    case Condition::kInner:
    case Condition::kBall:
      return "bearing";
  }
  return "";
}

/// y[t] = (x[t] + tilt * x[t - 1]) / 2, rounded: a slope of the spectrum, downwards above 0.
void tilt_spectrum(std::span<std::int16_t> samples, float tilt) {
  float before = 0.0F;
  for (std::int16_t& sample : samples) {
    const auto now = static_cast<float>(sample);
    const float value = 0.5F * (now + tilt * before);
    before = now;
    sample = static_cast<std::int16_t>(value + (value < 0.0F ? -0.5F : 0.5F));
  }
}

/// A recording of `machine` in one state, and its rows.
Status add_state(const Individual& machine,
                 const sim::OperatingPoint& state,
                 std::uint8_t label,
                 std::uint32_t group,
                 const dsp::FeaturePlan& plan,
                 toolkit::Dataset& dataset) {
  sim::Machine simulation({.seed = machine.seed,
                           .rate_hz = machine.rate_hz,
                           .bearing = machine.bearing,
                           .scenario = std::span(&state, 1)});
  std::vector<std::int16_t> samples(plan.window + (kWindows - 1) * plan.hop);
  simulation.skip(plan.window);  // the structure starts at rest
  simulation.generate(samples);
  tilt_spectrum(samples, machine.tilt);
  const toolkit::Signal signal{samples, simulation.scale() * machine.gain, machine.rate_hz};
  const auto added = toolkit::add_windows(dataset, plan, signal, label, group);
  return added.ok() ? Status{} : Status{added.error()};
}

}  // namespace

toolkit::Loaded<toolkit::Dataset> simulate_fleet(const FleetOptions& options,
                                                 const dsp::FeaturePlan& plan,
                                                 const std::function<void(std::size_t)>& progress) {
  toolkit::Dataset dataset;
  dataset.labels = {"normal", "imbalance", "bearing"};
  for (std::size_t m = 0; m < options.machines; ++m) {
    Random random(options.seed, 1000 + m);
    const Individual machine = draw_individual(random);
    const std::uint32_t group =
        toolkit::index_of(dataset.groups, "simulated machine " + std::to_string(m));
    for (const Condition condition : {Condition::kNormal, kFaults[m % kFaults.size()]}) {
      const auto label =
          static_cast<std::uint8_t>(toolkit::index_of(dataset.labels, label_of(condition)));
      for (std::size_t s = 0; s < kStates; ++s) {
        const Status added =
            add_state(machine, draw_state(machine, condition, random), label, group, plan, dataset);
        if (!added.ok()) {
          return toolkit::Problem{
              std::string("a simulated machine does not fit the feature plan: ") +
              to_string(added.error())};
        }
      }
    }
    if (progress) {
      progress(m + 1);
    }
  }
  return dataset;
}

}  // namespace aiot::cli
