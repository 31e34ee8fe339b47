// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aiot/link/mqtt_reason.hpp"
#include "aiot/link/mqtt_sink.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/toolkit/record_archive.hpp"
#include "ports/linux/broker_url.hpp"
#include "ports/linux/key_file.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;
using toolkit::BatchFault;
using toolkit::RecordArchive;

constexpr const char* kExamples =
    "Takes what devices send over a broker: verifies the seal of each batch with the device's "
    "key,\n"
    "its place in the device's chain, keeps every record once in ARCHIVE (SQLite, full sync), and\n"
    "only then tells the device, which may forget it. What does not fit (changed, dropped,\n"
    "reordered, replayed) is told and not taken.\n"
    "\n"
    "KEYS is a folder with a file <device>.key for each device: 32 bytes or 64 hexadecimal digits\n"
    "that only you can read. A device without one is told and not served.\n"
    "\n"
    "Examples:\n"
    "  aiot consume pumps.db --broker mqtts://broker:8883 --ca ca.pem --cert me.pem --key me.key\n"
    "      --keys keys\n"
    "  aiot consume pumps.db --rejoin pump-7:routine    take whatever comes next of that stream\n"
    "  aiot records decode pumps.db";

constexpr int kLoopMs = 200;
constexpr std::size_t kMaxBatchBytes = 256 * 1024;

volatile std::sig_atomic_t stopping = 0;

extern "C" void on_consume_stop(int /*signal*/) {
  stopping = 1;
}

struct ConsumeOptions {
  std::string archive;
  std::string broker;
  std::string prefix = std::string(link::kTopicPrefix);
  std::string keys;
  std::string ca;
  std::string certificate;
  std::string key;
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

struct FreeClient {
  void operator()(mosquitto* client) const noexcept { mosquitto_destroy(client); }
};

/// What happens between the broker and the archive.
class Consumer {
 public:
  Consumer(const ConsumeOptions& options, RecordArchive archive)
      : options_(options), archive_(std::move(archive)) {}

  ExitCode run() {
    linux_port::BrokerUrl url;
    std::string message;
    if (!linux_port::parse_broker_url(options_.broker, url, message).ok()) {
      return fail(message);
    }
    mosquitto_lib_init();
    client_.reset(mosquitto_new(options_.client.c_str(), false, this));
    if (client_ == nullptr) {
      return fail("no memory for the client; close other programs");
    }
    mosquitto_int_option(client_.get(), MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    if (url.scheme == linux_port::Scheme::kMqtts) {
      const auto or_null = [](const std::string& text) {
        return text.empty() ? nullptr : text.c_str();
      };
      const int code = mosquitto_tls_set(client_.get(),
                                         or_null(options_.ca),
                                         nullptr,
                                         or_null(options_.certificate),
                                         or_null(options_.key),
                                         nullptr);
      if (code != MOSQ_ERR_SUCCESS) {
        return fail(std::string("certificates: ") + mosquitto_strerror(code) +
                    "; check --ca, --cert and --key");
      }
    }
    mosquitto_connect_v5_callback_set(
        client_.get(), [](mosquitto*, void* self, int reason, int, const mosquitto_property*) {
          static_cast<Consumer*>(self)->connected(reason);
        });
    mosquitto_subscribe_v5_callback_set(
        client_.get(),
        [](mosquitto*, void* self, int, int, const int* granted, const mosquitto_property*) {
          static_cast<Consumer*>(self)->subscribed(granted[0]);
        });
    mosquitto_message_v5_callback_set(
        client_.get(),
        [](mosquitto*, void* self, const mosquitto_message* arrived, const mosquitto_property*) {
          static_cast<Consumer*>(self)->received(*arrived);
        });
    (void)std::signal(SIGINT, on_consume_stop);
    (void)std::signal(SIGTERM, on_consume_stop);
    return loop(url);
  }

 private:
  ExitCode loop(const linux_port::BrokerUrl& url) {
    constexpr int kKeepAliveS = 30;
    int code = mosquitto_connect_bind_v5(
        client_.get(), url.host.c_str(), url.port, kKeepAliveS, nullptr, nullptr);
    heard_ = std::chrono::steady_clock::now();
    while (stopping == 0 && !given_up_) {
      if (code != MOSQ_ERR_SUCCESS) {
        tell(linux_port::endpoint(url.host, url.port) + ": " + mosquitto_strerror(code) +
             "; trying again");
        (void)::usleep(1'000'000);
        code = mosquitto_reconnect(client_.get());
        continue;
      }
      code = mosquitto_loop(client_.get(), kLoopMs, 1);
      const auto silent = std::chrono::steady_clock::now() - heard_;
      if (options_.idle_s != 0 && silent > std::chrono::seconds(options_.idle_s)) {
        break;
      }
    }
    mosquitto_disconnect(client_.get());
    summary();
    return given_up_ || faults_ != 0 ? ExitCode::kBadInput : ExitCode::kOk;
  }

  void connected(int reason) {
    if (reason != 0) {
      given_up_ = true;
      (void)fail(std::string("the broker refuses the connection: ") +
                 link::mqtt::to_string(static_cast<link::mqtt::ReasonCode>(reason)) +
                 "; check certificate and access rules");
      return;
    }
    const std::string filter = options_.prefix + "/+/batch";
    mosquitto_subscribe_v5(client_.get(), nullptr, filter.c_str(), 1, 0, nullptr);
  }

  void subscribed(int granted) {
    if (granted >= 0x80) {
      given_up_ = true;
      (void)fail("the broker does not grant the subscription; check its access rules");
    }
  }

  void received(const mosquitto_message& message) {
    heard_ = std::chrono::steady_clock::now();
    const std::string topic = message.topic;
    const std::size_t begin = options_.prefix.size() + 1;
    const std::size_t end = topic.rfind('/');
    if (end == std::string::npos || end <= begin) {
      return;
    }
    const std::string device = topic.substr(begin, end - begin);
    const Bytes bytes{static_cast<const std::byte*>(message.payload),
                      static_cast<std::size_t>(message.payloadlen)};
    linux_port::KeyFile* const key = key_of(device);
    if (key == nullptr) {
      return;
    }
    const link::SealConfig seal{.device = device};
    const link::OpenedBatch opened = link::open_batch(bytes, seal, *key, scratch_);
    if (!opened.ok()) {
      ++faults_;
      tell(printable(device) + ": " + link::to_string(opened.fault) + "; not taken");
      return;
    }
    const toolkit::BatchReceipt receipt = archive_.take(device, opened.batch, unix_ms());
    if (receipt.fault != BatchFault::kNone) {
      ++faults_;
      tell(printable(device) + ": " + to_string(receipt.fault) + " (" + receipt.detail +
           "); not taken");
      return;
    }
    stored_ += receipt.stored;
    acknowledge(device, seal, *key, receipt.ack);
  }

  void acknowledge(const std::string& device,
                   const link::SealConfig& seal,
                   linux_port::KeyFile& key,
                   const hal::BatchAck& ack) {
    std::array<std::byte, link::kMaxReplyBytes> memory{};
    const auto sealed = link::seal_ack({ack, unix_ms()}, seal, key, memory);
    if (!sealed.ok()) {
      return;
    }
    const std::string topic = options_.prefix + "/" + device + "/ack";
    mosquitto_publish_v5(client_.get(),
                         nullptr,
                         topic.c_str(),
                         static_cast<int>(sealed->size()),
                         sealed->data(),
                         1,
                         false,
                         nullptr);
  }

  /// The key of a device; null, and told once, when there is none.
  linux_port::KeyFile* key_of(const std::string& device) {
    const auto found = keys_.find(device);
    if (found != keys_.end()) {
      return found->second.get();
    }
    auto key = std::make_unique<linux_port::KeyFile>();
    std::string message;
    const bool name_is_safe = device.find('/') == std::string::npos && device[0] != '.';
    if (!name_is_safe || !key->load(options_.keys + "/" + device + ".key", message).ok()) {
      ++faults_;
      tell(printable(device) + ": " + (message.empty() ? "not a name for a key file" : message));
      key.reset();
    }
    return keys_.emplace(device, std::move(key)).first->second.get();
  }

  void tell(const std::string& text) const { std::fprintf(stderr, "aiot: %s\n", text.c_str()); }

  void summary() const {
    for (const toolkit::ArchivedStream& stream : archive_.streams()) {
      if (options_.json) {
        const ordered_json line{{"device", stream.device},
                                {"stream", stream_name(stream.stream)},
                                {"begin", stream.begin},
                                {"last", stream.last},
                                {"records", stream.records},
                                {"gaps", stream.gaps},
                                {"holes", stream.holes}};
        std::printf("%s\n",
                    line.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
      } else {
        std::printf("%s %s: %llu records up to %llu, %llu given up, %llu missing\n",
                    printable(stream.device).c_str(),
                    stream_name(stream.stream),
                    static_cast<unsigned long long>(stream.records),
                    static_cast<unsigned long long>(stream.last),
                    static_cast<unsigned long long>(stream.gaps),
                    static_cast<unsigned long long>(stream.holes));
      }
    }
  }

  const ConsumeOptions& options_;
  RecordArchive archive_;
  std::unique_ptr<mosquitto, FreeClient> client_;
  std::map<std::string, std::unique_ptr<linux_port::KeyFile>> keys_;
  std::vector<std::byte> scratch_ = std::vector<std::byte>(kMaxBatchBytes);
  std::chrono::steady_clock::time_point heard_;
  std::uint64_t stored_ = 0;
  std::uint64_t faults_ = 0;
  bool given_up_ = false;
};

/// "pump-7:routine"
ExitCode rejoin(const ConsumeOptions& options, RecordArchive& archive) {
  const std::size_t colon = options.rejoin.rfind(':');
  for (std::size_t i = 0; colon != std::string::npos && i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    if (options.rejoin.substr(colon + 1) == stream_name(stream)) {
      if (archive.rejoin(options.rejoin.substr(0, colon), stream)) {
        std::printf("the next batch of %s is taken whatever it follows\n", options.rejoin.c_str());
        return ExitCode::kOk;
      }
      return fail(printable(options.rejoin) + ": the archive has no such stream");
    }
  }
  (void)fail("--rejoin takes DEVICE:STREAM, as pump-7:routine");
  return ExitCode::kUsage;
}

ExitCode consume(const ConsumeOptions& options) {
  auto archive = RecordArchive::open(options.archive);
  if (!archive.ok()) {
    return fail(archive.problem().text);
  }
  if (!options.rejoin.empty()) {
    return rejoin(options, *archive);
  }
  if (options.broker.empty() || options.keys.empty()) {
    (void)fail("needs --broker and --keys; see aiot consume --help");
    return ExitCode::kUsage;
  }
  return Consumer(options, std::move(*archive)).run();
}

}  // namespace

void add_consume(CLI::App& app, ExitCode& exit) {
  const auto options = std::make_shared<ConsumeOptions>();
  CLI::App* const verb = app.add_subcommand("consume", "Take records from a broker, and keep them");
  verb->footer(kExamples);
  verb->add_option("archive", options->archive, "SQLite file; made when it is not there")
      ->type_name("ARCHIVE")
      ->required();
  verb->add_option("--broker", options->broker, "mqtts://host[:port] or mqtt://host[:port]")
      ->type_name("URL");
  verb->add_option("--keys", options->keys, "Folder with the devices' keys")->type_name("KEYS");
  verb->add_option("--ca", options->ca, "Certificates that the broker's is verified with")
      ->type_name("FILE");
  verb->add_option("--cert", options->certificate, "Own certificate")->type_name("FILE");
  verb->add_option("--key", options->key, "Own private key")->type_name("FILE");
  verb->add_option("--prefix", options->prefix, "Begin of the topics")->capture_default_str();
  verb->add_option("--client", options->client, "Name at the broker")->capture_default_str();
  verb->add_option(
          "--idle", options->idle_s, "Ends after so many seconds without a message; 0: never")
      ->capture_default_str();
  verb->add_option("--rejoin", options->rejoin, "Accept the next batch whatever it follows")
      ->type_name("DEVICE:STREAM");
  verb->add_flag("--json", options->json, "JSON lines instead of text");
  verb->callback([options, &exit] { exit = consume(*options); });
}

}  // namespace aiot::cli
