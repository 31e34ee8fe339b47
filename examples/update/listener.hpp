// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "aiot/core/time.hpp"
#include "examples/update/broker.hpp"

namespace gateway {

struct ListenConfig {
  std::string folder;
  BrokerAccess broker;
  std::string operator_key;  ///< file of the public key that commands are verified with
  /// The system's clock is right within so much, whatever the kernel knows of it. Empty: within
  /// what the kernel says; a clock that nothing synchronises is none.
  std::optional<aiot::Duration> clock_error;
};

/// Takes images that an operator offers and sends over a broker, until SIGTERM or SIGINT: beside
/// the app, which goes on as it is. What was installed is tried at the next start. The exit code.
int listen(const ListenConfig& config);

}  // namespace gateway
