// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "aiot/dsp/features.hpp"
#include "aiot/toolkit/dataset.hpp"
#include "aiot/toolkit/loaded.hpp"

namespace aiot::cli {

struct FleetOptions {
  std::uint64_t seed = 1;
  std::size_t machines = 480;
};

/// Windows of simulated machines, classes `normal`, `imbalance` and `bearing`. Each machine is an
/// individual (structure, noise, harmonics, sensor gain, sample rate) and a group of its own. It is
/// seen healthy and with one fault, in several states of speed and load each.
/// `progress` is called with the number of machines that are done; it may be empty.
/// The same options give the same dataset on every computer.
toolkit::Loaded<toolkit::Dataset> simulate_fleet(const FleetOptions& options,
                                                 const dsp::FeaturePlan& plan,
                                                 const std::function<void(std::size_t)>& progress);

}  // namespace aiot::cli
