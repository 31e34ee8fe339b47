// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "tools/aiot/analysis_options.hpp"
#include "tools/aiot/broker_options.hpp"
#include "tools/aiot/run_source.hpp"

namespace aiot::cli {

/// What a run is told.
struct RunOptions {
  SourceOptions source;
  std::string package;
  std::string store;
  std::string sink;
  BrokerOptions broker;
  std::string device_key;
  std::string operator_key;
  unsigned patience_s = 30;
  std::string export_path;
  std::string device = "aiot";
  std::string site;
  std::string firmware_version = AIOT_VERSION;
  std::string firmware_hash;
  BearingOptions bearing;
  std::optional<double> rpm;
  std::string baseline;
  std::uint32_t commission = 0;  ///< observations; 0: nothing is learnt
  double pace = 0.0;
  bool json = false;
  bool quiet = false;
};

void add_run_options(CLI::App& verb, RunOptions& options);

/// What is wrong with the combination of options, or nothing.
std::optional<std::string> usage_problem(const RunOptions& options);

}  // namespace aiot::cli
