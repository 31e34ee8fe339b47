// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "aiot/crypto/sha256.hpp"
#include "aiot/decide/policy_bytes.hpp"
#include "aiot/link/commands.hpp"
#include "aiot/link/image_sender.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/update/image.hpp"
#include "aiot/update/installer.hpp"
#include "ports/linux/clock.hpp"
#include "tools/aiot/broker_options.hpp"
#include "tools/aiot/command_keys.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/operator_client.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using link::Command;
using link::CommandAnswer;
using link::CommandFault;
using link::CommandVerb;
using link::ImageSendState;
using nlohmann::ordered_json;

constexpr Duration kRest = Duration::from_ms(5);
constexpr Duration kRepeat = Duration::from_s(5);  // until an unanswered command is said again

constexpr const char* kExamples =
    "A command is signed with the operator's key, is for one device, counts until it expires, and\n"
    "is carried out once: its counter has to be above that of every command before, and is the\n"
    "Unix time in milliseconds when none is given. The device answers; a command whose answer is\n"
    "lost is said again and gets the same answer. A device that is away finds the command at the\n"
    "broker when it comes back.\n"
    "\n"
    "Exit code 0 when it was carried out, 1 when not.\n"
    "\n"
    "Examples:\n"
    "  aiot keys new operator                          operator.pem, and operator.pub.pem for "
    "devices\n"
    "  aiot command request-context --device pump-7 --operator-key operator.pem\n"
    "      --device-key keys/pump-7.key --broker mqtts://broker:8883 --ca ca.pem --cert me.pem "
    "--key me.key\n"
    "  aiot command set-policy --heartbeat 600 --abnormal 10 ...    what is recorded\n"
    "  aiot command set-policy --package ...                        as its package says\n"
    "  aiot command commission 1200 ...                             learns the machine anew\n"
    "  aiot command offer-image pump.img ...                        and sends it until it is "
    "there";

volatile std::sig_atomic_t g_stop = 0;

extern "C" void on_command_stop(int /*signal*/) {
  g_stop = 1;
}

struct CommandOptions {
  BrokerOptions broker;
  std::string device;
  std::string operator_key;
  std::string device_key;
  std::uint64_t expires_s = 300;
  std::uint64_t counter = 0;
  unsigned timeout_s = 0;
  unsigned patience_s = 600;
  bool json = false;
  std::string image;               // offer-image
  std::uint32_t observations = 0;  // commission
  decide::PolicyConfig policy{};   // set-policy
  std::string changes = "all";
  std::string change_stream = "urgent";
  std::string abnormal_stream = "urgent";
  std::string heartbeat_stream = "routine";
  std::optional<std::uint32_t> heartbeat;  // windows
  std::optional<std::uint32_t> abnormal;   // windows

  [[nodiscard]] bool policy_complete() const { return heartbeat && abnormal; }

  bool package_policy = false;
};

std::int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Not the last word: the device will know the time when its consumer has told it.
bool is_early(CommandFault fault) noexcept {
  return fault == CommandFault::kNoTime || fault == CommandFault::kTimeUncertain;
}

/// One run of the verb.
class CommandRun {
 public:
  CommandRun(const CommandOptions& options, CommandVerb verb) : options_(options), verb_(verb) {}

  ExitCode run() {
    if (auto problem = prepare()) {
      return fail(*problem);
    }
    stop_on_signals();
    std::optional<std::string> problem = converse();
    if (!problem && verb_ == CommandVerb::kOfferImage) {
      problem = send_image();
    }
    client_.close(clock_.now());
    progress_.clear();
    if (g_stop != 0 && !problem) {
      return ExitCode::kInterrupted;
    }
    if (problem) {
      print_json(*problem);
      return fail(*problem);
    }
    print_json({});
    print_text();
    return ExitCode::kOk;
  }

 private:
  static void stop_on_signals() {
    struct sigaction action {};

    action.sa_handler = on_command_stop;
    (void)::sigaction(SIGINT, &action, nullptr);
    (void)::sigaction(SIGTERM, &action, nullptr);
  }

  std::optional<std::string> prepare() {
    if (auto problem = keys_.load_private(options_.operator_key)) {
      return problem;
    }
    if (auto problem = keys_.load_device(options_.device_key)) {
      return problem;
    }
    if (verb_ == CommandVerb::kOfferImage) {
      if (auto problem = load_image()) {
        return problem;
      }
    }
    if (auto problem = client_.open(options_.broker, options_.device, keys_)) {
      return problem;
    }
    return sign();
  }

  std::optional<std::string> load_image() {
    auto file = toolkit::read_file(options_.image);
    if (!file.ok()) {
      return file.problem().text;
    }
    image_ = std::move(*file);
    offer_.resize(link::ImageSender::kMaxOffer);
    const Result<std::size_t> cut = update::make_offer(image_, offer_);
    if (!cut.ok()) {
      return printable(options_.image) +
             (cut.error() == Error::kNoSpace
                  ? ": its TLVs have more than 1024 bytes; sign it with fewer or smaller keys"
                  : ": is no image, or is cut; make one with aiot image sign");
    }
    offer_.resize(*cut);
    return std::nullopt;
  }

  std::optional<std::string> sign() {
    const std::string source =
        options_.broker.prefix + "/" + options_.device + "/" + std::string(link::leaf::kImageIn);
    Command command;
    command.device = options_.device;
    command.counter =
        options_.counter != 0 ? options_.counter : static_cast<std::uint64_t>(unix_ms());
    command.expires_unix_s = static_cast<std::uint64_t>(unix_ms()) / 1000 + options_.expires_s;
    command.verb = verb_;
    const auto policy = decide::encode_policy(options_.policy);
    command.policy = options_.package_policy ? Bytes(decide::kPackagePolicy) : Bytes(policy);
    command.observations = options_.observations;
    if (verb_ == CommandVerb::kOfferImage) {
      command.image = {source, image_.size(), crypto::sha256(image_)};
    }
    message_.resize(link::kCommandBytes + link::kMaxDeviceBytes + link::kMaxImageName +
                    decide::kPolicyBytes);
    const Result<Bytes> sealed = link::seal_command(command, keys_, message_);
    if (!sealed.ok()) {
      return "the command can not be signed (" + std::string(to_string(sealed.error())) +
             "); check --device, which is UTF-8 of 1 to 64 bytes, and --expires";
    }
    message_.resize(sealed->size());
    counter_ = command.counter;
    return std::nullopt;
  }

  void round() {
    client_.step(clock_.now());
    client_.wait(kRest);
  }

  /// Says the command until it is answered. The problem, or nothing.
  std::optional<std::string> converse() {
    const unsigned limit_s =
        options_.timeout_s != 0 ? options_.timeout_s : static_cast<unsigned>(options_.expires_s);
    const Instant end = clock_.now() + Duration::from_s(limit_s);
    Instant next = clock_.now();
    std::uint64_t heard_on = 0;  // connection on which the command was said
    while (g_stop == 0) {
      round();
      const Instant now = clock_.now();
      if (auto problem = client_.hopeless()) {
        return problem;
      }
      if (client_.ready() && (now >= next || heard_on != client_.connections()) &&
          client_.say(message_)) {
        next = now + kRepeat;
        heard_on = client_.connections();
        progress_.show("waiting for the answer of " + options_.device);
      }
      const std::optional<CommandAnswer> answer = client_.take_answer();
      if (answer && answer->counter == counter_) {
        answer_ = answer;
        if (!is_early(answer->fault)) {
          return judge(*answer);
        }
      }
      if (now >= end) {
        return silence(limit_s);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string silence(unsigned limit_s) const {
    if (answer_) {
      return *judge(*answer_);
    }
    const std::string problem = client_.problem();
    return !problem.empty()
               ? problem
               : options_.device + " has not answered within " + std::to_string(limit_s) +
                     " s; it may be away, or have no operator's key (aiot run --operator-key)";
  }

  [[nodiscard]] std::optional<std::string> judge(const CommandAnswer& answer) const {
    const std::string device = printable(options_.device);
    if (answer.error != Error::kNone) {
      return device + " could not do it: " + to_string(answer.error) + "; " + advice(answer.error);
    }
    switch (answer.fault) {
      case CommandFault::kNone:
        return std::nullopt;
      case CommandFault::kReplayed:
        return device + " refuses the command: " + to_string(answer.fault) +
               "; give a larger --counter, and check the clock of this machine";
      case CommandFault::kExpired:
        return device + " refuses the command: " + to_string(answer.fault) +
               "; give it longer with --expires, and check the clock of this machine";
      case CommandFault::kNoTime:
      case CommandFault::kTimeUncertain:
        return device + " refuses the command (its consumer tells it the time, or NTP does): " +
               to_string(answer.fault);
      default:
        return device + " refuses the command: " + to_string(answer.fault) +
               "; check --device, --prefix and the version of its firmware";
    }
  }

  [[nodiscard]] std::string advice(Error error) const {
    switch (error) {
      case Error::kUnsupported:
        return verb_ == CommandVerb::kOfferImage   ? "it takes no images over a broker"
               : verb_ == CommandVerb::kCommission ? "it has no room for a baseline"
                                                   : "its firmware is older than this command";
      case Error::kInvalidArgument:
        return "it does not have all of the streams, see aiot command set-policy --help";
      case Error::kWrongState:
        return "a restart has ended it, say it again";
      default:
        return "look at its events, and say it again";
    }
  }

  /// Serves the image until the device has it. The problem, or nothing.
  std::optional<std::string> send_image() {
    link::ImageSendConfig config;
    config.attempts =
        1 + options_.patience_s / static_cast<unsigned>(config.longest_timeout.us / 1'000'000);
    sender_.emplace(offer_, image_, std::random_device{}(), clock_.now(), config);
    while (g_stop == 0 && sender_->state() < ImageSendState::kDone) {
      round();
      (void)client_.take_answer();
      bool moved = true;
      while (moved) {
        const auto offset = sender_->offset();
        const std::size_t left = sender_->output().size();
        (void)sender_->exchange(client_.images(), clock_.now());
        moved = sender_->offset() != offset || sender_->output().size() != left;
      }
      show_progress();
    }
    return g_stop != 0 || sender_->state() == ImageSendState::kDone ? std::nullopt
                                                                    : image_problem();
  }

  void show_progress() {
    if (!progress_.enabled()) {
      return;
    }
    switch (sender_->state()) {
      case ImageSendState::kHello:
        progress_.show("waiting for the device");
        break;
      case ImageSendState::kOffer:
        progress_.show("the device looks at the offer");
        break;
      case ImageSendState::kFinish:
        progress_.show("the device verifies the image");
        break;
      default:
        progress_.show(size_text(sender_->offset()) + " of " + size_text(image_.size()));
        break;
    }
  }

  [[nodiscard]] std::optional<std::string> image_problem() const {
    const std::string device = printable(options_.device);
    switch (sender_->problem()) {
      case link::ImageSendProblem::kRefused:
        if (sender_->reason() == static_cast<std::uint8_t>(update::InstallFault::kInstalled)) {
          return std::nullopt;  // it was there when we came back
        }
        return device + " refuses the image: " + update::reason_text(sender_->reason()) +
               "; make one that fits";
      case link::ImageSendProblem::kDeviceFailed:
        return device + " failed: " + to_string(static_cast<Error>(sender_->reason())) +
               "; offer the image again";
      case link::ImageSendProblem::kOfferTooLarge:
        return "the signatures of the image are too large for " + device + ", which takes " +
               std::to_string(sender_->room()) + " bytes; sign it with a smaller key";
      case link::ImageSendProblem::kNoProgress:
        return device + " begins again and again; look why it restarts";
      case link::ImageSendProblem::kNoAnswer:
        return device + " has not gone on for " + std::to_string(options_.patience_s) +
               " s; offer the image again, it goes on where it is";
      default:
        return device + " speaks another version of the protocol; use the aiot of its firmware";
    }
  }

  void print_json(const std::string& problem) const {
    if (!options_.json) {
      return;
    }
    ordered_json line{
        {"device", options_.device},
        {"verb", to_string(verb_)},
        {"counter", counter_},
        {"done", problem.empty()},
        {"result", answer_ ? ordered_json(link::result_of(*answer_)) : ordered_json()},
        {"text", problem}};
    if (sender_) {
      line["bytes"] = image_.size();
      line["resumed_from"] = sender_->resumed_from();
      line["repetitions"] = sender_->repetitions();
    }
    std::printf("%s\n", line.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
  }

  void print_text() const {
    if (options_.json) {
      return;
    }
    std::string text = printable(options_.device) + ": " + to_string(verb_) + " done";
    if (sender_) {
      text += sender_->state() == ImageSendState::kDone
                  ? ", sent from byte " + std::to_string(sender_->resumed_from()) +
                        " on, verified and installed by the device"
                  : ", the image is installed";
    }
    std::printf("%s\n", text.c_str());
  }

  const CommandOptions& options_;
  CommandVerb verb_;
  CommandKeys keys_;
  linux_port::MonotonicClock clock_;
  Progress progress_;
  OperatorClient client_{[](const std::string&) {}};
  std::vector<std::byte> image_;
  std::vector<std::byte> offer_;
  std::vector<std::byte> message_;
  std::uint64_t counter_ = 0;
  std::optional<CommandAnswer> answer_;
  std::optional<link::ImageSender> sender_;
};

Stream stream_of(const std::string& name) {
  std::size_t i = 0;
  while (i + 1 < kStreams && name != stream_name(static_cast<Stream>(i))) {
    ++i;
  }
  return static_cast<Stream>(i);
}

ExitCode command(CommandOptions& options, CommandVerb verb) {
  if (auto problem = usage_problem(options.broker)) {
    (void)fail(*problem + "; see aiot command " + to_string(verb) + " --help");
    return ExitCode::kUsage;
  }
  if (!link::is_device_name(options.device)) {
    (void)fail("--device has to be " + device_name_rule());
    return ExitCode::kUsage;
  }
  if (verb == CommandVerb::kSetPolicy && !options.package_policy && !options.policy_complete()) {
    (void)fail(
        "a policy replaces the whole one before: say --heartbeat N and --abnormal N (0: none), or "
        "--package; see aiot command set-policy --help");
    return ExitCode::kUsage;
  }
  options.policy.changes = options.changes == "none"       ? decide::Changes::kNone
                           : options.changes == "abnormal" ? decide::Changes::kToAbnormal
                                                           : decide::Changes::kAll;
  options.policy.heartbeat_windows = options.heartbeat.value_or(0);
  options.policy.abnormal_windows = options.abnormal.value_or(0);
  options.policy.change_stream = stream_of(options.change_stream);
  options.policy.abnormal_stream = stream_of(options.abnormal_stream);
  options.policy.heartbeat_stream = stream_of(options.heartbeat_stream);
  return CommandRun(options, verb).run();
}

void add_common_options(CLI::App& verb, CommandOptions& options) {
  add_broker_options(verb, options.broker);
  verb.get_option("--broker")->required();
  verb.add_option("--device", options.device, "Who is told")->type_name("NAME")->required();
  verb.add_option("--operator-key",
                  options.operator_key,
                  "The operator's P-256 key that commands are signed with; only you can read it")
      ->type_name("PEM")
      ->required();
  verb.add_option("--device-key",
                  options.device_key,
                  "The device's key that its answers are sealed with; only you can read it")
      ->type_name("FILE")
      ->required();
  verb.add_option(
          "--expires", options.expires_s, "Seconds until the command does not count any more")
      ->type_name("S")
      ->capture_default_str()
      ->check(CLI::Range(1U, 31'536'000U));
  verb.add_option("--counter",
                  options.counter,
                  "Above that of every command before; without: Unix time in milliseconds")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  verb.add_option("--timeout",
                  options.timeout_s,
                  "Seconds to wait for the answer; without: until the command expires")
      ->type_name("S")
      ->check(CLI::Range(1U, 31'536'000U));
  verb.add_flag("--json", options.json, "Prints one JSON object");
}

void add_policy_options(CLI::App& verb, CommandOptions& options) {
  const CLI::IsMember streams({"urgent", "routine", "bulk"});
  CLI::Option* const package =
      verb.add_flag("--package", options.package_policy, "As the model package says");
  const auto add = [&](const char* name, auto& value, const char* what) {
    return verb.add_option(name, value, what)->excludes(package);
  };
  add("--heartbeat", options.heartbeat, "A record at least each so many windows; 0: none")
      ->type_name("N");
  add("--abnormal", options.abnormal, "While abnormal, a record each so many windows; 0: none")
      ->type_name("N");
  add("--changes", options.changes, "Which changes of the label are recorded")
      ->check(CLI::IsMember({"none", "abnormal", "all"}))
      ->capture_default_str();
  add("--change-stream", options.change_stream, "Where changes go")
      ->check(streams)
      ->capture_default_str();
  add("--abnormal-stream", options.abnormal_stream, "Where records of an abnormal machine go")
      ->check(streams)
      ->capture_default_str();
  add("--heartbeat-stream", options.heartbeat_stream, "Where heartbeats go")
      ->check(streams)
      ->capture_default_str();
}

}  // namespace

void add_command(CLI::App& app, ExitCode& exit) {
  CLI::App* const command_verb = app.add_subcommand("command", "Tell a device what to do");
  command_verb->footer(kExamples);
  command_verb->require_subcommand(1);
  const auto add = [&](CommandVerb verb, const char* what) {
    const auto options = std::make_shared<CommandOptions>();
    CLI::App* const sub = command_verb->add_subcommand(to_string(verb), what);
    sub->callback([options, verb, &exit] { exit = command(*options, verb); });
    add_common_options(*sub, *options);
    return std::pair{sub, options};
  };
  const auto [image, image_options] =
      add(CommandVerb::kOfferImage, "An image to install, and sends it");
  image->add_option("FILE", image_options->image, "The image")->required();
  image
      ->add_option("--patience",
                   image_options->patience_s,
                   "Seconds without progress until the transfer is given up")
      ->type_name("S")
      ->capture_default_str()
      ->check(CLI::Range(8U, 1'000'000U));
  const auto [policy, policy_options] = add(CommandVerb::kSetPolicy, "What is worth a record");
  add_policy_options(*policy, *policy_options);
  (void)add(CommandVerb::kRequestContext, "To record again what decides");
  const auto [commission, commission_options] =
      add(CommandVerb::kCommission, "To learn how the machine sounds while it is healthy");
  commission
      ->add_option("N", commission_options->observations, "Windows, or snapshots, to learn from")
      ->required()
      ->check(CLI::Range(6U, 1'000'000U));
}

}  // namespace aiot::cli
