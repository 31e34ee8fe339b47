// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "aiot/core/time.hpp"
#include "aiot/device/command_link.hpp"
#include "aiot/device/command_record.hpp"
#include "aiot/device/command_service.hpp"
#include "aiot/device/device.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"
#include "tools/aiot/broker_sink.hpp"

namespace aiot::cli {

/// Commands of an operator to a run. It has no slots: images are not taken.
class RunCommands {
 public:
  /// Finds what earlier commands have set, and puts it into `config`. The problem, or nothing.
  std::optional<std::string> open(hal::FlashRef flash,
                                  const hal::FlashMap& map,
                                  DeviceConfig& config);

  /// The device was started; before the first step of `broker`, which has the operator's key. Both
  /// outlive this.
  void start(Device& device, BrokerSink& broker);

  /// Behind a step of the broker.
  void step(Instant now);

 private:
  device::CommandRecord record_;
  std::optional<device::CommandService> service_;
  std::optional<device::CommandLink> link_;
};

}  // namespace aiot::cli
