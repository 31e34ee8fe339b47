// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace aiot::cli {

/// What the command ends with.
enum class ExitCode : std::uint8_t {
  kOk = 0,
  kBadInput = 1,       ///< a file, a store or the system would not do
  kUsage = 2,          ///< options that make no sense
  kInterrupted = 130,  ///< a signal ended it before the input ended; what was done is kept
};

/// Each verb adds itself to the command line; when it is chosen, it runs and sets `exit`.
void add_run(CLI::App& app, ExitCode& exit);
void add_records(CLI::App& app, ExitCode& exit);
void add_records_compare(CLI::App& records, ExitCode& exit);
void add_records_audit(CLI::App& records, ExitCode& exit);
void add_records_verify(CLI::App& records, ExitCode& exit);
void add_queue(CLI::App& app, ExitCode& exit);
void add_queue_inspect(CLI::App& queue, ExitCode& exit);
void add_queue_verify(CLI::App& queue, ExitCode& exit);
void add_queue_drain(CLI::App& queue, ExitCode& exit);
void add_model(CLI::App& app, ExitCode& exit);
void add_model_inspect(CLI::App& model, ExitCode& exit);
void add_model_compile(CLI::App& model, ExitCode& exit);
void add_model_run(CLI::App& model, ExitCode& exit);
void add_image(CLI::App& app, ExitCode& exit);
void add_image_sign(CLI::App& image, ExitCode& exit);
void add_image_verify(CLI::App& image, ExitCode& exit);
void add_image_inspect(CLI::App& image, ExitCode& exit);
void add_image_send(CLI::App& image, ExitCode& exit);
void add_train(CLI::App& app, ExitCode& exit);
void add_features(CLI::App& app, ExitCode& exit);
void add_diagnose(CLI::App& app, ExitCode& exit);
void add_bearing(CLI::App& app, ExitCode& exit);
void add_evaluate(CLI::App& app, ExitCode& exit);
void add_commission(CLI::App& app, ExitCode& exit);
void add_watch(CLI::App& app, ExitCode& exit);
void add_keys(CLI::App& app, ExitCode& exit);
void add_consume(CLI::App& app, ExitCode& exit);
void add_command(CLI::App& app, ExitCode& exit);

/// Prints "aiot: <problem>" on stderr, where a problem is "what is wrong; what to do" in one line.
ExitCode fail(const std::string& problem);

/// True when somebody watches stderr: it is a terminal.
bool progress_wanted();

}  // namespace aiot::cli
