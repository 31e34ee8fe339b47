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
#include "aiot/update/audit_keeper.hpp"
#include "aiot/update/audit_log.hpp"
#include "aiot/update/boot_record.hpp"
#include "tools/aiot/broker_sink.hpp"

namespace aiot::cli {

/// Commands of an operator to a run. It has no slots: images are not taken. What was carried out or
/// refused goes into the audit log of the store, sealed with the device's key.
class RunCommands {
 public:
  RunCommands() = default;
  RunCommands(const RunCommands&) = delete;
  RunCommands& operator=(const RunCommands&) = delete;

  /// Finds what earlier commands have set, and puts it into `config`. The problem, or nothing.
  std::optional<std::string> open(hal::FlashRef flash,
                                  const hal::FlashMap& map,
                                  DeviceConfig& config);

  /// The device was started; before the first step of `broker`, which has the operator's key. Both
  /// outlive this.
  void start(Device& device, BrokerSink& broker);

  /// Behind a step of the broker.
  void step(Instant now);

  /// Seals what waits for it.
  void close(Instant now);

  // For the command service: an entry of the audit log.
  void tell(const update::AuditEntry& entry, Instant now);

 private:
  void complain(Status told);

  hal::FlashMap map_{};
  std::optional<hal::FlashRef> flash_;
  update::BootRecord boot_;
  update::AuditLog log_;
  update::AuditKeeper keeper_{log_, boot_};
  bool complained_ = false;
  device::CommandRecord record_;
  std::optional<device::CommandService> service_;
  std::optional<device::CommandLink> link_;
};

}  // namespace aiot::cli
