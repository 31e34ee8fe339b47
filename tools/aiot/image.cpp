// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aiot image sign app.bin -o app.img --key fleet.pem --version 1.2.0 --product pump-node\n"
    "  aiot image verify app.img --key fleet.pub.pem\n"
    "  aiot image inspect app.img\n"
    "  aiot image send app.img --device /dev/ttyACM0";

}  // namespace

void add_image(CLI::App& app, ExitCode& exit) {
  CLI::App* const image =
      app.add_subcommand("image", "Signed images of firmware and models, in MCUboot's format");
  image->require_subcommand(1);
  image->footer(kExamples);
  add_image_sign(*image, exit);
  add_image_verify(*image, exit);
  add_image_inspect(*image, exit);
  add_image_send(*image, exit);
}

}  // namespace aiot::cli
