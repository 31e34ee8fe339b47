// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/decide/decider.hpp"
#include "aiot/decide/policy.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot/dsp/features.hpp"
#include "aiot/model/package.hpp"
#include "aiot/toolkit/golden.hpp"
#include "aiot/toolkit/program_builder.hpp"

namespace aiot::toolkit {

/// Everything that a package says.
struct PackageSpec {
  std::string name;
  model::Version version;
  model::SensorExpectation sensor;
  std::uint32_t window = 0;  ///< frames
  std::uint32_t hop = 0;     ///< frames
  std::vector<dsp::FeatureSpec> features;
  std::optional<dsp::BearingPlan> bearing;
  std::optional<NetworkSpec> network;
  std::optional<GoldenWindow> golden;  ///< of the network
  std::vector<std::string> labels;
  decide::DeciderConfig decider;  ///< `labels` is ignored: it follows from the list above
  decide::PolicyConfig policy;
  Hash256 training_hash{};  ///< zero: not trained
  std::string created_by;
  std::vector<std::string> training_groups;  ///< names of what the network was trained on
};

/// The bytes of a package, the same for the same `spec` on every machine, or nothing and one line
/// in `problem`. What is returned passes `model::verify` and `model::load`, and a network for the
/// reference kernels gives its golden output.
std::optional<std::vector<std::byte>> write_package(const PackageSpec& spec, std::string& problem);

/// Writes the right hash into the header of `file` (at least model::kHeaderBytes).
void fix_hash(std::vector<std::byte>& file);

/// A copy of `bytes` that begins at a multiple of model::kPackageAlignment, as packages must.
class AlignedBytes {
 public:
  explicit AlignedBytes(Bytes bytes);

  [[nodiscard]] Bytes view() const noexcept;

 private:
  struct alignas(model::kPackageAlignment) Block {
    std::byte bytes[model::kPackageAlignment];
  };

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace aiot::toolkit
