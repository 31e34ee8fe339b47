// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/run_commands.hpp"

#include <cstdio>

#include "aiot/core/error.hpp"

namespace aiot::cli {

std::optional<std::string> RunCommands::open(hal::FlashRef flash,
                                             const hal::FlashMap& map,
                                             DeviceConfig& config) {
  if (map.commands.size == 0) {
    return "the store was made before there were commands; use another --store";
  }
  if (const Status mounted = record_.mount(flash, map.commands); !mounted.ok()) {
    return std::string("what commands have set can not be read (") + to_string(mounted.error()) +
           "); restore the store, or use another --store";
  }
  config.policy = record_.state().policy;
  flash_ = flash;
  map_ = map;
  return std::nullopt;
}

void RunCommands::start(Device& device, BrokerSink& broker) {
  device::CommandServiceConfig config;
  config.seal.device = broker.device();
  config.witness = device::witness_of(*this);
  // Behind the start of the device, which has counted this boot.
  Status mounted = boot_.mount(*flash_, map_.boot_record);
  if (mounted.ok()) {
    mounted = log_.mount(*flash_, map_.audit, broker.keys(), boot_.state().seal);
  }
  complain(mounted);
  service_.emplace(device, record_, broker.keys(), config);
  link_.emplace(broker.session(), *service_, broker.clock(), broker.prefix(), broker.device());
  broker.add(link_->inlet());
}

void RunCommands::step(Instant now) {
  if (link_) {
    link_->step(now);
    if (log_.mounted()) {
      complain(keeper_.service(now));
    }
  }
}

void RunCommands::close(Instant now) {
  if (log_.mounted()) {
    complain(keeper_.service(now + update::AuditKeeper::kIdle));
  }
}

void RunCommands::tell(const update::AuditEntry& entry, Instant now) {
  if (log_.mounted()) {
    complain(keeper_.append(entry, now));
  }
}

/// Once: commands are carried out all the same.
void RunCommands::complain(Status told) {
  if (!told.ok() && !complained_) {
    complained_ = true;
    std::fprintf(stderr,
                 "aiot: the audit log of the store takes nothing (%s), commands go on without it; "
                 "check the disk of the store\n",
                 to_string(told.error()));
  }
}

}  // namespace aiot::cli
