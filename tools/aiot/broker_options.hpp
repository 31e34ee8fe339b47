// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aiot/link/mqtt_client.hpp"
#include "ports/linux/broker_transport.hpp"

namespace aiot::cli {

/// Which broker, and who we are to it.
struct BrokerOptions {
  std::string url;  ///< empty: no broker
  std::string ca;
  std::string certificate;
  std::string key;
  std::vector<std::string> crls;
  std::string user;
  std::string password_file;
  std::string prefix = std::string(link::kTopicPrefix);
};

void add_broker_options(CLI::App& verb, BrokerOptions& options);

/// What is wrong with the combination of options, or nothing.
std::optional<std::string> usage_problem(const BrokerOptions& options);

/// What the name of a device has to be (`link::is_device_name`), as the end of a message.
std::string device_name_rule();

/// The first line of the password file, or nothing when there is none. The problem, or nothing.
std::optional<std::string> read_password(const BrokerOptions& options, std::string& password);

/// Opens the way to that broker. `password`: what the password file holds. The problem, or nothing.
std::optional<std::string> open_broker(const BrokerOptions& options,
                                       linux_port::BrokerTransport& transport,
                                       std::string& password);

}  // namespace aiot::cli
