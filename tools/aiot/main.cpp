// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "aiot/core/check.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::fprintf(stderr,
               "aiot: internal error at %s:%u; please report it\n",
               file,
               static_cast<unsigned>(line));
  std::abort();
}

namespace {

constexpr const char* kAbout =
    "aiot: vibration samples in, small traceable decisions out.\n"
    "Every verb has --help with examples, and --json for programs.";

constexpr const char* kExamples =
    "Examples:\n"
    "  aiot run --simulate                    a machine that develops a bearing fault\n"
    "  aiot run pump.wav --store pump.store   a recording, decisions kept in a store\n"
    "  aiot records decode pump.store         what the store holds\n"
    "  aiot queue drain pump.store -o out     delivers what is not delivered yet\n"
    "  aiot features pump.wav --rpm 1480      levels, severity, largest lines\n"
    "  aiot diagnose pump.wav --rpm 1480 --bearing 6205\n"
    "  aiot commission pump.wav -o pump.aian  how this pump sounds while it is healthy\n"
    "  aiot watch later.wav --baseline pump.aian\n"
    "  aiot keys new fleet                    keys to sign updates with\n"
    "  aiot image sign app.bin -o app.img --key fleet.pem --version 1.2.0\n"
    "Exit codes: 0 done, 1 bad input, 2 wrong usage, 130 interrupted by a signal.";

int wrong_usage(const std::string& what) {
  std::fprintf(stderr, "aiot: %s\n", aiot::cli::printable(what).c_str());
  return static_cast<int>(aiot::cli::ExitCode::kUsage);
}

/// One line instead of CLI11's page; help is no error. `first`: the first argument, or empty.
int usage_error(const CLI::App& app, const CLI::ParseError& error, const std::string& first) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    return app.exit(error);
  }
  if (app.get_subcommands().empty()) {
    return wrong_usage(
        (first.empty() ? std::string("no verb") : "no verb '" + first + "'") +
        "; use run, features, diagnose, bearing, commission, watch, records, queue, model, "
        "train, evaluate, image, keys, consume or command, and see aiot --help");
  }
  std::string verb;
  for (const CLI::App* at = &app; at != nullptr;) {
    const auto chosen = at->get_subcommands();
    at = chosen.empty() ? nullptr : chosen.front();
    verb += at == nullptr ? "" : " " + at->get_name();
  }
  std::string what = error.what();
  what = what.substr(0, what.find('\n'));
  return wrong_usage(what + "; see aiot" + verb + " --help");
}

/// An empty value is most often a variable that is not set; it never means "none".
void refuse_empty_values(CLI::App& app) {
  std::vector<CLI::App*> left{&app};
  while (!left.empty()) {
    CLI::App* const verb = left.back();
    left.pop_back();
    for (CLI::Option* const option : verb->get_options()) {
      option->check([](const std::string& value) {
        return value.empty() ? std::string("the value is empty") : std::string();
      });
    }
    const auto verbs = verb->get_subcommands([](CLI::App*) { return true; });
    left.insert(left.end(), verbs.begin(), verbs.end());
  }
}

/// What was printed has to arrive: a full disk behind a redirection is no success.
aiot::cli::ExitCode finished(aiot::cli::ExitCode exit) {
  const bool printed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (printed || exit != aiot::cli::ExitCode::kOk) {
    return exit;
  }
  return aiot::cli::fail("standard output can not be written; make room where it is redirected to");
}

int run(int argc, char** argv) {
  CLI::App app(kAbout, "aiot");
  app.footer(kExamples);
  app.require_subcommand(1);
  app.set_version_flag("--version", AIOT_VERSION);
  aiot::cli::ExitCode exit = aiot::cli::ExitCode::kOk;
  aiot::cli::add_run(app, exit);
  aiot::cli::add_records(app, exit);
  aiot::cli::add_queue(app, exit);
  aiot::cli::add_consume(app, exit);
  aiot::cli::add_command(app, exit);
  aiot::cli::add_model(app, exit);
  aiot::cli::add_image(app, exit);
  aiot::cli::add_train(app, exit);
  aiot::cli::add_features(app, exit);
  aiot::cli::add_diagnose(app, exit);
  aiot::cli::add_bearing(app, exit);
  aiot::cli::add_evaluate(app, exit);
  aiot::cli::add_commission(app, exit);
  aiot::cli::add_watch(app, exit);
  aiot::cli::add_keys(app, exit);
  refuse_empty_values(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error, argc > 1 ? argv[1] : "");
  }
  return static_cast<int>(finished(exit));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    return static_cast<int>(
        aiot::cli::fail("not enough memory for this input; cut it into pieces"));
  } catch (const std::exception& error) {
    return static_cast<int>(
        aiot::cli::fail(std::string("internal error (") + error.what() + "); please report it"));
  }
}
