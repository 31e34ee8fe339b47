// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aiot/toolkit/ed25519.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/image_signer.hpp"
#include "aiot/toolkit/keys.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExamples =
    "Judges an image, or a slot that begins with one, as a device does that trusts these keys:\n"
    "structure, hash, signature, and whether it may be started. A trailer is not looked at. The\n"
    "exit code is 0 when it is accepted and 1 when it is not; the reason is one line on stderr.\n"
    "Without --slot-address, images that are made for one address are refused.\n"
    "\n"
    "Examples:\n"
    "  aiot image verify app.img --key fleet.pub.pem\n"
    "  aiot image verify b.img --key fleet.pub.pem --key old.pub.pem --slot-address 0x80000\n"
    "  aiot image verify app.img --key fleet.pub.pem --stored-counter 4 --json\n"
    "  aiot image verify app.img --hash-only    whole, but from whom?";

struct VerifyOptions {
  std::string path;
  std::vector<std::string> keys;
  bool hash_only = false;
  std::optional<std::uint32_t> stored_counter;
  std::optional<std::uint32_t> slot_address;
  bool json = false;
};

void print_json(const VerifyOptions& options, const update::ImageVerdict& verdict) {
  ordered_json value{{"file", options.path}, {"accepted", verdict.ok()}};
  value["reason"] = verdict.ok() ? ordered_json() : ordered_json(to_string(verdict.fault));
  if (verdict.ok()) {
    const update::Image& image = verdict.image;
    value["type"] = toolkit::image_type_name(image.type);
    value["version"] = toolkit::version_text(image.header.version);
    value["product"] = image.product.empty() ? ordered_json() : ordered_json(image.product.view());
    value["security_counter"] = image.counter ? ordered_json(*image.counter) : ordered_json();
    value["hash"] = hex(image.hash);
    value["bytes"] = image.size_bytes;
    value["signature_checked"] = !options.hash_only;
  }
  std::printf("%s\n", value.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
}

void print_accepted(const VerifyOptions& options, const update::Image& image) {
  const std::string product =
      image.product.empty() ? "" : " for " + std::string(image.product.view());
  std::printf("%s: accepted, %s %s%s%s\n",
              printable(options.path).c_str(),
              toolkit::image_type_name(image.type),
              toolkit::version_text(image.header.version).c_str(),
              product.c_str(),
              options.hash_only ? "; whole, but signatures were not looked at" : "");
}

ExitCode verify(const VerifyOptions& options) {
  if (options.keys.empty() == !options.hash_only) {
    (void)fail(
        options.hash_only
            ? "--key and --hash-only exclude each other; see aiot image verify --help"
            : "no key; use --key with a public key, or --hash-only to look at the hash alone");
    return ExitCode::kUsage;
  }
  std::vector<toolkit::PublicKey> keys;
  for (const std::string& path : options.keys) {
    const auto key = toolkit::read_public_key(path);
    if (!key.ok()) {
      return fail(key.problem().text);
    }
    keys.push_back(*key);
  }
  const auto image = toolkit::read_file(options.path);
  if (!image.ok()) {
    return fail(image.problem().text);
  }
  std::vector<update::TrustedKey> trusted;
  trusted.reserve(keys.size());
  for (const toolkit::PublicKey& key : keys) {
    trusted.push_back({key.kind, key.encoding});
  }
  const std::array schemes{crypto::kP256Scheme, crypto::kRsa2048Scheme, toolkit::kEd25519Scheme};
  update::VerifyPolicy policy;
  policy.keys = trusted;
  policy.schemes = schemes;
  policy.signature =
      options.hash_only ? update::SignatureRule::kHashOnly : update::SignatureRule::kRequired;
  policy.stored_counter = options.stored_counter;
  policy.slot_address = options.slot_address;
  std::array<std::byte, 1024> buffer{};
  const update::ImageVerdict verdict = update::verify_image(*image, policy, buffer);
  if (options.json) {
    print_json(options, verdict);
  } else if (verdict.ok()) {
    print_accepted(options, verdict.image);
  }
  return verdict.ok() ? ExitCode::kOk
                      : fail(printable(options.path) + ": rejected: " + to_string(verdict.fault));
}

}  // namespace

void add_image_verify(CLI::App& image, ExitCode& exit) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* const verb = image.add_subcommand("verify", "Would a device accept this image?");
  verb->footer(kExamples);
  verb->add_option("file", options->path, "Image, or content of a slot")
      ->type_name("FILE")
      ->required();
  verb->add_option("--key", options->keys, "Public key that is trusted; may be repeated")
      ->type_name("KEY.pem")
      ->take_all();
  verb->add_flag("--hash-only", options->hash_only, "Do not look at signatures");
  verb->add_option("--stored-counter",
                   options->stored_counter,
                   "Security counter of the device: demands one that is not lower")
      ->type_name("N");
  verb->add_option("--slot-address", options->slot_address, "Where the slot lies")
      ->type_name("ADDRESS");
  verb->add_flag("--json", options->json, "One JSON object instead of text");
  verb->callback([options, &exit] { exit = verify(*options); });
}

}  // namespace aiot::cli
