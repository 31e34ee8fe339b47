// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aiot model inspect models/machine.aipk\n"
    "  aiot model compile keywords.tflite -o keywords.aipk --target arm-m4\n"
    "  aiot model run keywords.tflite --input in.bin --output out.bin";

}  // namespace

void add_model(CLI::App& app, ExitCode& exit) {
  CLI::App* const model = app.add_subcommand("model", "Model packages and .tflite networks");
  model->require_subcommand(1);
  model->footer(kExamples);
  add_model_inspect(*model, exit);
  add_model_compile(*model, exit);
  add_model_run(*model, exit);
}

}  // namespace aiot::cli
