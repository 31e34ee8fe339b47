// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aiot queue inspect pump.store            what is stored, delivered, dropped\n"
    "  aiot queue verify pump.store             reads all of it: is anything damaged?\n"
    "  aiot queue drain pump.store -o out.cbor  delivers what is not delivered yet";

}  // namespace

void add_queue(CLI::App& app, ExitCode& exit) {
  CLI::App* const queue = app.add_subcommand("queue", "The records that a store keeps");
  queue->require_subcommand(1);
  queue->footer(kExamples);
  add_queue_inspect(*queue, exit);
  add_queue_verify(*queue, exit);
  add_queue_drain(*queue, exit);
}

}  // namespace aiot::cli
