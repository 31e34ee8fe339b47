// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/keys.hpp"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "aiot/toolkit/files.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExamples =
    "Examples:\n"
    "  aiot keys new fleet --kind p256    writes fleet.pem and fleet.pub.pem\n"
    "  aiot keys new pump-7 --kind device writes pump-7.key, which device and consumer share\n"
    "  aiot keys show fleet.pub.pem       its kind, and the hash that images name it by";

constexpr const char* kNewExamples =
    "Writes NAME.pem, the private key as PKCS#8 that only you may read, and NAME.pub.pem, the\n"
    "public key as SubjectPublicKeyInfo. A file that is there already is never overwritten.\n"
    "Devices check p256; rsa2048 and ed25519 are for boot loaders that use them.\n"
    "Of kind device there is one file, NAME.key: 32 random bytes as hexadecimal digits. A device\n"
    "seals its batches with it (aiot run --device-key), the consumer has a copy (aiot consume "
    "--keys).\n"
    "\n"
    "Examples:\n"
    "  aiot keys new fleet\n"
    "  aiot keys new keys/pump-7 --kind device\n"
    "  aiot keys new bench/ed --kind ed25519 --json";

constexpr const char* kShowExamples =
    "Shows a private or public key of P-256, RSA-2048 or Ed25519, in PEM or DER. Nothing secret "
    "is\n"
    "printed. The encoding of --json is what boot loaders are built with.\n"
    "\n"
    "Examples:\n"
    "  aiot keys show fleet.pub.pem\n"
    "  aiot keys show fleet.pem --json | jq -r .key_hash";

struct NewOptions {
  std::string name;
  std::string kind = "p256";
  bool json = false;
};

ExitCode make_device_key(const NewOptions& options) {
  if (const auto problem = toolkit::write_device_key(options.name)) {
    return fail(problem->text);
  }
  const std::string path = options.name + ".key";
  if (options.json) {
    const ordered_json value{{"kind", options.kind}, {"key", path}};
    std::printf("%s\n", value.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
  } else {
    std::printf("%s  key of a device: keep it secret, device and consumer have the same\n",
                printable(path).c_str());
  }
  return ExitCode::kOk;
}

ExitCode make(const NewOptions& options) {
  if (options.kind == "device") {
    return make_device_key(options);
  }
  const auto kind = toolkit::parse_key_kind(options.kind);
  const auto key = toolkit::generate_key(*kind);
  if (!key.ok()) {
    return fail(key.problem().text);
  }
  if (const auto problem = toolkit::write_key_pair(options.name, *key)) {
    return fail(problem->text);
  }
  const std::string hash = hex(toolkit::key_hash(key->public_key()));
  if (options.json) {
    const ordered_json value{{"kind", options.kind},
                             {"private", options.name + ".pem"},
                             {"public", options.name + ".pub.pem"},
                             {"key_hash", hash}};
    std::printf("%s\n", value.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
    return ExitCode::kOk;
  }
  const std::string name = printable(options.name);
  std::printf("%s.pem      private key, %s: keep it secret, and keep a copy\n",
              name.c_str(),
              options.kind.c_str());
  std::printf("%s.pub.pem  public key, for who verifies\n", name.c_str());
  std::printf("key hash %s\n", hash.c_str());
  return ExitCode::kOk;
}

struct ShowOptions {
  std::string path;
  bool json = false;
};

ExitCode show(const ShowOptions& options) {
  const auto content = toolkit::read_file(options.path);
  if (!content.ok()) {
    return fail(content.problem().text);
  }
  const auto key = toolkit::parse_public_key(*content, options.path);
  if (!key.ok()) {
    return fail(key.problem().text);
  }
  const char* const part =
      toolkit::parse_private_key(*content, options.path).ok() ? "private" : "public";
  const char* const kind = toolkit::key_kind_name(key->kind);
  const std::string hash = hex(toolkit::key_hash(*key));
  if (options.json) {
    const ordered_json value{{"file", options.path},
                             {"kind", kind},
                             {"part", part},
                             {"key_hash", hash},
                             {"encoding", hex(key->encoding)}};
    std::printf("%s\n", value.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
    return ExitCode::kOk;
  }
  std::printf("kind      %s, %s key\n", kind, part);
  std::printf("key hash  %s\n", hash.c_str());
  return ExitCode::kOk;
}

void add_keys_new(CLI::App& keys, ExitCode& exit) {
  const auto options = std::make_shared<NewOptions>();
  CLI::App* const verb = keys.add_subcommand("new", "Make a pair of keys, or a device's key");
  verb->footer(kNewExamples);
  verb->add_option("name", options->name, "Files are NAME.pem and NAME.pub.pem, or NAME.key")
      ->type_name("NAME")
      ->required();
  verb->add_option("--kind", options->kind, "Algorithm of the key")
      ->type_name("KIND")
      ->check(CLI::IsMember({"p256", "rsa2048", "ed25519", "device"}))
      ->capture_default_str();
  verb->add_flag("--json", options->json, "One JSON object instead of text");
  verb->callback([options, &exit] { exit = make(*options); });
}

void add_keys_show(CLI::App& keys, ExitCode& exit) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App* const verb = keys.add_subcommand("show", "What a key file holds");
  verb->footer(kShowExamples);
  verb->add_option("file", options->path, "A private or public key")->type_name("FILE")->required();
  verb->add_flag("--json", options->json, "One JSON object instead of text");
  verb->callback([options, &exit] { exit = show(*options); });
}

}  // namespace

void add_keys(CLI::App& app, ExitCode& exit) {
  CLI::App* const keys = app.add_subcommand("keys", "Keys of images, operators and devices");
  keys->require_subcommand(1);
  keys->footer(kExamples);
  add_keys_new(*keys, exit);
  add_keys_show(*keys, exit);
}

}  // namespace aiot::cli
