// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/run_commands.hpp"

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
  return std::nullopt;
}

void RunCommands::start(Device& device, BrokerSink& broker) {
  device::CommandServiceConfig config;
  config.seal.device = broker.device();
  service_.emplace(device, record_, broker.keys(), config);
  link_.emplace(broker.session(), *service_, broker.clock(), broker.prefix(), broker.device());
  broker.add(link_->inlet());
}

void RunCommands::step(Instant now) {
  if (link_) {
    link_->step(now);
  }
}

}  // namespace aiot::cli
