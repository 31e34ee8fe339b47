// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "aiot/record/record.hpp"
#include "ports/sim/random.hpp"

namespace aiot::record {

inline Hash256 hash_of(std::uint8_t value) {
  Hash256 hash;
  hash.fill(static_cast<std::byte>(value));
  return hash;
}

inline constexpr std::string_view kLabels[] = {"normal", "inner_race", "outer_race", "ball"};

inline constexpr FeatureDescription kFeatures[] = {
    {FeatureId::kRms, 0, 0.0F, 0.0F},
    {FeatureId::kVelocityRms, 0, 10.0F, 1000.0F},
    {FeatureId::kBandRms, 2, 500.0F, 2500.5F},
};

/// A context with every element.
inline Context full_context() {
  return {.device = "pump-17",
          .boot_count = 300,
          .firmware_version = "1.2.0",
          .firmware_hash = hash_of(1),
          .package_name = "bearing",
          .package_version = "3",
          .package_hash = hash_of(2),
          .training_hash = hash_of(3),
          .plan_hash = hash_of(4),
          .policy_hash = hash_of(5),
          .labels = kLabels,
          .features = kFeatures,
          .sensor = {.rate_hz = 12000.0F, .scale = 0.0023945F, .axes = 3, .hash = hash_of(6)},
          .site = "hall 3, line B",
          .window = 1024,
          .hop = 512,
          .machine = {.speed_rpm = 1797.0F,
                      .bearing = "6205",
                      .balls = 9,
                      .ball_diameter = 7.94004F,
                      .pitch_diameter = 39.0398F,
                      .contact_angle = 0.25F},
          .baseline_hash = hash_of(7)};
}

/// The full context, each part of it there or not.
inline Context some_context(sim::Random& random) {
  Context context = full_context();
  const std::uint32_t without = random.next32();
  const auto drop = [without](unsigned bit, auto& part) {
    if ((without >> bit & 1U) != 0) {
      part = {};
    }
  };
  drop(0, context.device);
  drop(1, context.firmware_version);
  drop(2, context.firmware_hash);
  drop(3, context.package_name);
  drop(4, context.package_hash);
  drop(5, context.training_hash);
  drop(6, context.plan_hash);
  drop(7, context.policy_hash);
  drop(8, context.labels);
  drop(9, context.features);
  drop(10, context.sensor);
  drop(11, context.sensor.hash);
  drop(12, context.site);
  drop(13, context.window);
  drop(14, context.machine);
  drop(15, context.baseline_hash);
  return context;
}

/// Any time record, numbers of all sizes.
inline TimeRecord any_time(sim::Random& random) {
  TimeRecord record;
  for (std::byte& b : record.context) {
    b = static_cast<std::byte>(random.next32());
  }
  record.stream = static_cast<Stream>(random.below(kStreams));
  record.sequence = random.next64() >> random.below(64);
  record.resume = random.next64() >> random.below(64);
  record.frame = random.next64() >> random.below(64);
  record.unix_ms = (random.next64() >> random.below(64)) % (kMaxUnixMs + 1);
  record.uncertainty_ms = (random.next64() >> random.below(64)) % (kMaxUnixMs + 1);
  record.clock = random.next64() >> random.below(64);
  return record;
}

/// Any decision, with its arrays.
struct AnyDecision {
  std::array<float, kMaxFeatures> features{};
  std::array<Cause, kMaxReasons> reasons{};
  DecisionRecord record;

  explicit AnyDecision(sim::Random& random) {
    for (float& feature : features) {
      feature = sim::uniform(random, -100.0F, 100.0F);
    }
    for (Cause& cause : reasons) {
      cause.reason = static_cast<Reason>(random.below(256));
      for (std::uint32_t numbers = random.below(kMaxReasonNumbers + 1); numbers > 0; --numbers) {
        cause.with(static_cast<float>(random.below(2000)) - 1000.0F);  // exact in 16 bits
      }
    }
    for (std::byte& b : record.context) {
      b = static_cast<std::byte>(random.next32());
    }
    record.stream = static_cast<Stream>(random.below(kStreams));
    record.sequence = random.next64() >> random.below(64);
    record.sample = random.next64() >> random.below(64);
    record.label = static_cast<std::uint8_t>(random.below(256));
    record.confidence = static_cast<std::uint8_t>(random.below(256));
    record.features = std::span(features).first(random.below(kMaxFeatures + 1));
    record.flags = random.next32() >> random.below(32);
    record.reasons = std::span(reasons).first(random.below(kMaxReasons + 1));
  }

  AnyDecision(const AnyDecision&) = delete;
  AnyDecision& operator=(const AnyDecision&) = delete;
};

}  // namespace aiot::record
