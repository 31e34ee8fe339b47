// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "context.hpp"

#include <array>
#include <bit>

#include "aiot/core/math.hpp"
#include "aiot/crypto/sha256.hpp"

namespace aiot::device {
namespace {

/// Little-endian numbers into a hash, so that it is the same on every machine.
class Fingerprint {
 public:
  Fingerprint& add(std::uint32_t value) noexcept {
    std::array<std::byte, 4> bytes{};
    store_le32(bytes.data(), value);
    hash_.update(bytes);
    return *this;
  }

  Fingerprint& add(float value) noexcept { return add(std::bit_cast<std::uint32_t>(value)); }

  Hash256 finish() noexcept { return hash_.finish(); }

 private:
  crypto::Sha256 hash_;
};

Hash256 hash_plan(const dsp::FeaturePlan& plan) noexcept {
  Fingerprint hash;
  hash.add(plan.window).add(plan.hop).add(plan.axes);
  for (const dsp::FeatureSpec& spec : plan.features) {
    hash.add(static_cast<std::uint32_t>(spec.id))
        .add(std::uint32_t{spec.axis})
        .add(static_cast<std::uint32_t>(spec.transform))
        .add(spec.lo_hz)
        .add(spec.hi_hz)
        .add(spec.offset)
        .add(spec.scale);
  }
  return hash.finish();
}

Hash256 hash_policy(const decide::DeciderConfig& decider,
                    const decide::PolicyConfig& policy) noexcept {
  Fingerprint hash;
  hash.add(std::uint32_t{decider.votes})
      .add(std::uint32_t{decider.windows})
      .add(std::uint32_t{decider.min_confidence})
      .add(std::uint32_t{decider.labels})
      .add(std::uint32_t{decider.normal_label})
      .add(static_cast<std::uint32_t>(decider.on_gap))
      .add(policy.heartbeat_windows)
      .add(policy.abnormal_windows)
      .add(static_cast<std::uint32_t>(policy.changes))
      .add(static_cast<std::uint32_t>(policy.change_stream))
      .add(static_cast<std::uint32_t>(policy.abnormal_stream))
      .add(static_cast<std::uint32_t>(policy.heartbeat_stream));
  return hash.finish();
}

Hash256 hash_sensor(const hal::SensorFormat& format) noexcept {
  return Fingerprint{}
      .add(format.rate_hz)
      .add(format.scale)
      .add(std::uint32_t{format.axes})
      .add(std::uint32_t{format.bits})
      .finish();
}

char* put_decimal(char* out, std::uint16_t value) noexcept {
  std::uint16_t divisor = 10000;
  while (divisor > 1 && value / divisor == 0) {
    divisor /= 10;
  }
  for (; divisor > 0; divisor /= 10) {
    *out++ = static_cast<char>('0' + value / divisor % 10);
  }
  return out;
}

/// "major.minor.patch"
std::string_view put_version(std::span<char> out, const model::Version& version) noexcept {
  char* end = put_decimal(out.data(), version.major);
  *end++ = '.';
  end = put_decimal(end, version.minor);
  *end++ = '.';
  end = put_decimal(end, version.patch);
  return {out.data(), static_cast<std::size_t>(end - out.data())};
}

record::MachineDescription machine_of(const MachineConfig& machine) noexcept {
  constexpr float kRadians = math::kPi / 180.0F;
  return {.speed_rpm = machine.speed_rpm,
          .bearing = machine.bearing_name,
          .balls = machine.bearing.balls,
          .ball_diameter = machine.bearing.ball_diameter,
          .pitch_diameter = machine.bearing.pitch_diameter,
          .contact_angle = machine.bearing.contact_deg * kRadians};
}

}  // namespace

ContextBuilder::ContextBuilder(const DeviceConfig& config,
                               const model::Package& package,
                               const hal::SensorFormat& format,
                               std::uint32_t boot_count,
                               const Hash256& baseline) noexcept {
  for (std::size_t i = 0; i < package.labels; ++i) {
    AIOT_CHECK(labels_.push_back(package.label(i)));
  }
  for (const dsp::FeatureSpec& spec : package.plan.features) {
    AIOT_CHECK(features_.push_back({spec.id, spec.axis, spec.lo_hz, spec.hi_hz}));
  }
  context_ = {.device = config.device_id,
              .boot_count = boot_count,
              .firmware_version = config.firmware_version,
              .firmware_hash = config.firmware_hash,
              .package_name = package.name,
              .package_version = put_version(version_, package.version),
              .package_hash = package.hash,
              .training_hash = package.training_hash,
              .plan_hash = hash_plan(package.plan),
              .policy_hash = hash_policy(package.decider, package.policy),
              .labels = {labels_.begin(), labels_.size()},
              .features = {features_.begin(), features_.size()},
              .sensor = {.rate_hz = format.rate_hz,
                         .scale = format.scale,
                         .axes = format.axes,
                         .hash = hash_sensor(format)},
              .site = config.site,
              .window = package.plan.window,
              .hop = package.plan.hop,
              .machine = machine_of(config.machine),
              .baseline_hash = baseline};
}

}  // namespace aiot::device
