// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <span>

#include "aiot/dsp/bearing.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot_packages/monitor.hpp"
#include "examples/node/model.hpp"

namespace node {
namespace {

// The package has no network, so no operator is needed.
constexpr aiot::nn::KernelSet kKernels{"none", aiot::nn::WeightLayout::kCanonical, {}};

// One axis at 12.8 kHz. The ring is filled in the time from one window to the next.
constexpr aiot::Shape kShape{.window = 4096,
                             .ring = 2048,
                             .scratch = 4096,
                             .features = 20,
                             .arena = 0,
                             .bearing = aiot::dsp::bearing_floats({.transform = 2048, .slots = 1}),
                             .spectrum = true,
                             .condition = true};
constinit aiot::Storage<kShape> storage;

// What is loud for a machine of 15 to 300 kW on a rigid support: severity after ISO 10816-3, and
// bands from the shaft's lines to the resonances that impacts excite.
constexpr aiot::device::MachineLimits kLimits{
    .bands = {{{10.0F, 100.0F}, {100.0F, 1000.0F}, {1000.0F, 3000.0F}, {3000.0F, 6000.0F}}},
    .levels = {.levels = {{{3.0F, 6.0F}, {6.0F, 12.0F}, {10.0F, 20.0F}, {15.0F, 30.0F}}},
               .bands = 4,
               .persistence = {.votes = 2, .windows = 3, .release = 3}},
    .zones = {1.4F, 2.8F, 4.5F}};

}  // namespace

Model model(std::uint32_t rpm, std::string_view bearing) noexcept {
  aiot::device::MachineConfig machine{.speed_rpm = static_cast<float>(rpm), .limits = &kLimits};
  // Without one that is built in the geometry stays empty, and the device does not start.
  const aiot::dsp::Bearing* const found = aiot::dsp::find_bearing(bearing);
  if (found != nullptr) {
    machine.bearing_name = found->name;
    machine.bearing = found->geometry;
  }
  return {std::as_bytes(std::span{aiot::packages::monitor}), &kKernels, storage, machine};
}

}  // namespace node
