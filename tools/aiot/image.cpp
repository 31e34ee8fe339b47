// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aiot image send node.img --device /dev/ttyACM0   offers an image to a device and sends it";

}  // namespace

void add_image(CLI::App& app, ExitCode& exit) {
  CLI::App* const image = app.add_subcommand("image", "Firmware and packages as signed images");
  image->require_subcommand(1);
  image->footer(kExamples);
  add_image_send(*image, exit);
}

}  // namespace aiot::cli
