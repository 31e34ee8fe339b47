// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/device/device.hpp"
#include "aiot/record/record.hpp"

namespace aiot::device {

/// Owns the lists that a `record::Context` only points to.
class ContextBuilder {
 public:
  /// What decides on this device, by content. Package and configuration outlive the builder.
  ContextBuilder(const DeviceConfig& config,
                 const model::Package& package,
                 const hal::SensorFormat& format,
                 std::uint32_t boot_count,
                 const Hash256& baseline) noexcept;

  ContextBuilder(const ContextBuilder&) = delete;
  ContextBuilder& operator=(const ContextBuilder&) = delete;

  [[nodiscard]] const record::Context& context() const noexcept { return context_; }

 private:
  StaticVector<std::string_view, record::kMaxLabels> labels_;
  StaticVector<record::FeatureDescription, record::kMaxFeatures> features_;
  std::array<char, 20> version_{};  // "65535.65535.65535" and room
  record::Context context_{};
};

}  // namespace aiot::device
