// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "aiot/toolkit/record_archive.hpp"
#include "aiot/toolkit/record_consumer.hpp"
#include "ports/linux/key_file.hpp"
#include "tools/aiot/broker_client.hpp"
#include "tools/aiot/broker_options.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;
using toolkit::Intake;
using toolkit::RecordArchive;
using toolkit::RecordConsumer;

constexpr const char* kExamples =
    "Takes what devices send over a broker (MQTT 5): verifies the seal of each batch with the\n"
    "device's key and its place in the device's chain, keeps every record once in ARCHIVE "
    "(SQLite,\n"
    "full sync), and only then tells the device, which may forget it. What does not fit (changed,\n"
    "dropped, reordered, replayed) is told and not taken.\n"
    "\n"
    "KEYS is a folder with a file <device>.key for each device: 32 bytes or 64 hexadecimal digits\n"
    "that only you can read (aiot keys new <device> --kind device). A device without one is told "
    "and\n"
    "not served; a key that is put there later is found.\n"
    "\n"
    "It runs until a signal ends it, and connects again when the connection breaks. On a full "
    "disk\n"
    "nothing is acknowledged, so the devices keep what they have until there is room. A device "
    "that\n"
    "has delivered elsewhere before joins the archive with --rejoin, and so does one whose "
    "records\n"
    "are lost for good: what is missing is then a hole, and shown as one.\n"
    "\n"
    "Exit code 0 when all that came is stored, 1 when not (or when the broker refuses us).\n"
    "\n"
    "Examples:\n"
    "  aiot consume pumps.db --broker mqtts://broker:8883 --ca ca.pem --cert me.pem --key me.key\n"
    "      --keys keys\n"
    "  aiot consume pumps.db --rejoin pump-7:routine    take whatever comes next of that stream\n"
    "  aiot records decode pumps.db";

volatile std::sig_atomic_t g_stop = 0;

extern "C" void on_consume_stop(int /*signal*/) {
  g_stop = 1;
}

struct ConsumeOptions {
  std::string archive;
  BrokerOptions broker;
  std::string keys;
  std::string client = "aiot-consume";
  std::string rejoin;
  unsigned idle_s = 0;
  bool json = false;
};

std::int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void print_line(const ordered_json& value) {
  std::printf("%s\n", value.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
  if (std::fflush(stdout) != 0) {
    g_stop = 1;  // nobody reads on
  }
}

/// The keys of devices, from a folder.
class KeyFolder {
 public:
  explicit KeyFolder(std::string path) : path_(std::move(path)) {}

  std::optional<hal::KeyStoreRef> find(const std::string& device, std::string& problem) {
    const auto known = keys_.find(device);
    if (known != keys_.end()) {
      return hal::KeyStoreRef(*known->second);
    }
    auto key = std::make_unique<linux_port::KeyFile>();
    // The name is from a topic: it must not lead out of the folder.
    if (device.empty() || device[0] == '.' || device.find_first_of("/\\") != std::string::npos ||
        device.find('\0') != std::string::npos) {
      problem = "device '" + device + "' has no name that a key file can have; rename it";
      return std::nullopt;
    }
    if (!key->load(path_ + "/" + device + ".key", message_).ok()) {
      problem = "device '" + device + "' is not served: " + message_;
      return std::nullopt;
    }
    return hal::KeyStoreRef(*keys_.emplace(device, std::move(key)).first->second);
  }

 private:
  std::string path_;
  std::string message_;
  std::map<std::string, std::unique_ptr<linux_port::KeyFile>> keys_;
};

/// One run of the verb.
class Consume {
 public:
  Consume(const ConsumeOptions& options, RecordArchive archive)
      : options_(options), archive_(std::move(archive)), keys_(options.keys) {}

  ExitCode run() {
    if (auto problem = broker_.open(options_.broker, options_.client, consumer_.filter())) {
      return fail(*problem);
    }
    stop_on_signals();
    bool useful = true;
    while (g_stop == 0 && useful && !is_idle()) {
      useful = broker_.step();
      wonder();
    }
    broker_.close();
    progress_.clear();
    end();
    const toolkit::ConsumerStats stats = consumer_.stats();
    return useful && broker_.was_connected() && stats.strange == 0 && stats.pending == 0
               ? ExitCode::kOk
               : ExitCode::kBadInput;
  }

 private:
  static void stop_on_signals() {
    struct sigaction action {};

    action.sa_handler = on_consume_stop;
    (void)::sigaction(SIGINT, &action, nullptr);
    (void)::sigaction(SIGTERM, &action, nullptr);
    // A broker that is gone, or a reader of our output, is an error and not the end.
    action.sa_handler = SIG_IGN;
    (void)::sigaction(SIGPIPE, &action, nullptr);
  }

  [[nodiscard]] bool is_idle() const {
    return options_.idle_s != 0 &&
           BrokerClient::Clock::now() - broker_.heard() > std::chrono::seconds(options_.idle_s);
  }

  /// Says once that nothing has come: a broker may grant a subscription that its rules deny.
  void wonder() {
    constexpr std::chrono::seconds kSilence{15};
    if (!wondered_ && !heard_any_ && broker_.was_connected() &&
        BrokerClient::Clock::now() - broker_.heard() > kSilence) {
      wondered_ = true;
      tell("nothing has come on " + consumer_.filter() +
           " yet; if devices send, check that the broker's access rules let this client read it");
    }
  }

  void tell(const std::string& text) {
    progress_.clear();
    (void)fail(text);
  }

  void receive(std::string_view topic, Bytes message) {
    heard_any_ = true;
    const toolkit::IntakeResult result = consumer_.take(topic, message, unix_ms());
    if (result.reply) {
      broker_.publish(result.reply->topic, result.reply->bytes);
    }
    if (!result.words.empty()) {
      tell(result.words);
    }
    if (options_.json && result.what != Intake::kOtherTopic) {
      print(result);
    }
    if (progress_.enabled()) {
      progress_.show(counted(consumer_.stats().records, "new record"));
    }
  }

  static void print(const toolkit::IntakeResult& result) {
    ordered_json line{
        {"kind", "batch"}, {"device", result.device}, {"outcome", toolkit::to_string(result.what)}};
    if (result.reply) {
      line["stream"] = stream_name(result.ack.stream);
      line["last"] = result.ack.last;
      line["new"] = result.stored;
    } else if (result.fault != toolkit::BatchFault::kNone) {
      line["fault"] = to_string(result.fault);
    }
    print_line(line);
  }

  /// What the archive holds, and what became of the messages.
  void end() const {
    for (const toolkit::ArchivedStream& stream : archive_.streams()) {
      if (options_.json) {
        print_line({{"kind", "stream"},
                    {"device", stream.device},
                    {"stream", stream_name(stream.stream)},
                    {"first", stream.begin},
                    {"last", stream.last},
                    {"records", stream.records},
                    {"given_up", stream.gaps},
                    {"missing", stream.holes}});
        continue;
      }
      std::printf(
          "%s %s: %s, up to %llu%s%s\n",
          printable(stream.device).c_str(),
          stream_name(stream.stream),
          counted(stream.records, "record").c_str(),
          static_cast<unsigned long long>(stream.last),
          stream.gaps == 0 ? "" : (", " + std::to_string(stream.gaps) + " given up").c_str(),
          stream.holes == 0 ? "" : (", " + std::to_string(stream.holes) + " MISSING").c_str());
    }
    const toolkit::ConsumerStats stats = consumer_.stats();
    ordered_json counts;
    std::string text = counted(stats.of(Intake::kStored), "batch", "batches") + " stored with " +
                       counted(stats.records, "new record");
    for (std::size_t i = 0; i < toolkit::kIntakes; ++i) {
      const auto what = static_cast<Intake>(i);
      counts[to_string(what)] = stats.of(what);
      if (what != Intake::kStored && stats.of(what) != 0) {
        text += ", " + std::to_string(stats.of(what)) + " " + to_string(what);
      }
    }
    if (options_.json) {
      print_line({{"kind", "end"}, {"new_records", stats.records}, {"messages", counts}});
    } else {
      std::printf("%s\n", text.c_str());
    }
  }

  const ConsumeOptions& options_;
  RecordArchive archive_;
  KeyFolder keys_;
  RecordConsumer consumer_{archive_,
                           [this](const std::string& device, std::string& problem) {
                             return keys_.find(device, problem);
                           },
                           options_.broker.prefix};
  Progress progress_;
  bool heard_any_ = false;  // a message
  bool wondered_ = false;
  BrokerClient broker_{[this](const std::string& text) { tell(text); },
                       [this](std::string_view topic, Bytes message) { receive(topic, message); }};
};

/// "pump-7:routine"
ExitCode rejoin(const ConsumeOptions& options, RecordArchive& archive) {
  const std::size_t colon = options.rejoin.rfind(':');
  for (std::size_t i = 0; colon != std::string::npos && colon > 0 && i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    if (options.rejoin.substr(colon + 1) == stream_name(stream)) {
      if (!archive.rejoin(options.rejoin.substr(0, colon), stream)) {
        return fail(options.archive + ": " + archive.problem() + "; make room or mend the disk");
      }
      std::printf("the next batch of %s is taken whatever it follows\n",
                  printable(options.rejoin).c_str());
      return ExitCode::kOk;
    }
  }
  (void)fail("--rejoin takes DEVICE:STREAM, as pump-7:routine");
  return ExitCode::kUsage;
}

ExitCode consume(const ConsumeOptions& options) {
  if (!options.keys.empty() && !std::filesystem::is_directory(options.keys)) {
    return fail(printable(options.keys) +
                ": no such folder; make it, and put a file <device>.key into it for each device");
  }
  if (options.rejoin.empty() && (options.broker.url.empty() || options.keys.empty())) {
    (void)fail("needs --broker and --keys; see aiot consume --help");
    return ExitCode::kUsage;
  }
  if (auto problem = usage_problem(options.broker)) {
    (void)fail(*problem + "; see aiot consume --help");
    return ExitCode::kUsage;
  }
  auto archive = RecordArchive::open(options.archive);
  if (!archive.ok()) {
    return fail(archive.problem().text);
  }
  return options.rejoin.empty() ? Consume(options, std::move(*archive)).run()
                                : rejoin(options, *archive);
}

}  // namespace

void add_consume(CLI::App& app, ExitCode& exit) {
  const auto options = std::make_shared<ConsumeOptions>();
  CLI::App* const verb = app.add_subcommand("consume", "Take records from a broker, and keep them");
  verb->footer(kExamples);
  verb->add_option("archive", options->archive, "SQLite file; made when it is not there")
      ->type_name("ARCHIVE")
      ->required();
  add_broker_options(*verb, options->broker);
  verb->add_option("--keys", options->keys, "Folder with the devices' keys")->type_name("KEYS");
  verb->add_option("--client", options->client, "Name at the broker, which no other client has")
      ->capture_default_str();
  verb->add_option("--idle", options->idle_s, "Ends after so many seconds without a message; 0: no")
      ->type_name("S")
      ->capture_default_str();
  verb->add_option("--rejoin", options->rejoin, "Accept the next batch whatever it follows; ends")
      ->type_name("DEVICE:STREAM");
  verb->add_flag("--json", options->json, "JSON lines instead of text");
  verb->callback([options, &exit] { exit = consume(*options); });
}

}  // namespace aiot::cli
