// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "aiot/toolkit/ed25519.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/image_signer.hpp"
#include "aiot/toolkit/keys.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/package_file.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;
using toolkit::ImageSpec;
using toolkit::Trailer;
using update::ImageType;

constexpr const char* kExamples =
    "IN is a raw binary (objcopy -O binary) or a model package; what is written begins with the\n"
    "header. A model is checked before it is signed, and its version is the package's where none\n"
    "is given. The image is verified once more before it is written. The same input gives the\n"
    "same bytes, but for the random salt of RSA.\n"
    "\n"
    "Examples:\n"
    "  aiot image sign app.bin -o app.img --key fleet.pem --version 1.2.0+7 --product pump-node\n"
    "  aiot image sign pump.aipk -o pump.img --key fleet.pem --type model\n"
    "      --dependency firmware:1.2.0\n"
    "  aiot image sign app.bin -o b.img --key fleet.pem --version 1.3.0 --load-address 0x80000\n"
    "      --security-counter 4\n"
    "  aiot image sign app.bin -o slot.bin --key fleet.pem --version 1.2.0 --slot-size 0x40000\n"
    "      --confirm --align 16\n"
    "  aiot image sign app.bin -o app.img --hash-only --version 1.2.0";

struct SignOptions {
  std::string input;
  std::string output;
  std::string key;
  bool hash_only = false;
  std::string version;
  std::string type = "firmware";
  std::string product;
  std::optional<std::size_t> header_bytes;
  unsigned header_padding = 0;
  std::optional<std::uint32_t> security_counter;
  std::vector<std::string> dependencies;
  std::optional<std::uint32_t> load_address;
  bool not_bootable = false;
  std::size_t slot_bytes = 0;
  bool pad = false;
  bool confirm = false;
  std::optional<std::size_t> alignment;
  bool json = false;
};

ExitCode usage(const std::string& what) {
  (void)fail(what + "; see aiot image sign --help");
  return ExitCode::kUsage;
}

/// "firmware:1.2.0"
std::optional<update::Dependency> parse_dependency(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto type = toolkit::parse_image_type(text.substr(0, colon));
  if (colon == std::string_view::npos || !type) {
    return std::nullopt;
  }
  const auto minimum = toolkit::parse_version(text.substr(colon + 1));
  return minimum ? std::optional(update::Dependency{*type, *minimum}) : std::nullopt;
}

/// Also over links; a file that is not there is no other's.
bool same_file(const std::string& one, const std::string& other) {
  std::error_code unknown;
  return std::filesystem::is_regular_file(one, unknown) &&
         std::filesystem::equivalent(one, other, unknown);
}

/// What contradicts itself, before a file is read; or nothing.
std::optional<std::string> contradiction(const SignOptions& options) {
  if (options.key.empty() == !options.hash_only) {
    return options.hash_only ? "--key and --hash-only exclude each other"
                             : "no key; use --key, or --hash-only for an image without a signature";
  }
  if (options.version.empty() && options.type == "firmware") {
    return "firmware needs a --version";
  }
  if ((options.pad || options.confirm) && options.slot_bytes == 0) {
    return "--pad and --confirm need the --slot-size that they fill";
  }
  for (const std::string& read : {options.input, options.key}) {
    if (same_file(options.output, read)) {
      return "-o names " + printable(read) + ", which is read; name another file";
    }
  }
  if (options.alignment && !options.pad && !options.confirm) {
    return "--align is of a trailer; use it with --pad or --confirm";
  }
  return std::nullopt;
}

/// The part of an image's description that stands on the command line.
std::optional<ImageSpec> spec_of(const SignOptions& options, std::string& problem) {
  ImageSpec spec;
  if (!options.version.empty()) {
    const auto version = toolkit::parse_version(options.version);
    if (!version) {
      problem = "'" + options.version + "' is no version; use one like 1.2.3 or 1.2.3+4";
      return std::nullopt;
    }
    spec.version = *version;
  }
  for (const std::string& text : options.dependencies) {
    const auto dependency = parse_dependency(text);
    if (!dependency) {
      problem = "'" + text + "' is no dependency; use one like firmware:1.2.0 or model:2.0.0";
      return std::nullopt;
    }
    spec.dependencies.push_back(*dependency);
  }
  spec.type = toolkit::parse_image_type(options.type);
  const bool model = spec.type == ImageType::kModel;
  // Firmware is what an image without the TLV is.
  spec.type = model ? spec.type : std::nullopt;
  spec.header_bytes = options.header_bytes.value_or(model ? toolkit::kModelHeaderBytes
                                                          : toolkit::kFirmwareHeaderBytes);
  spec.header_padding = static_cast<std::byte>(options.header_padding);
  spec.product = options.product;
  spec.security_counter = options.security_counter;
  spec.load_address = options.load_address;
  spec.bootable = !options.not_bootable;
  spec.slot_bytes = options.slot_bytes;
  spec.trailer = options.confirm ? Trailer::kConfirm : options.pad ? Trailer::kPad : Trailer::kNone;
  spec.alignment = options.alignment.value_or(8);
  return spec;
}

/// What can not be the payload that it is called, or nothing. Sets the version of a model that has
/// none.
std::optional<std::string> payload_problem(const SignOptions& options,
                                           Bytes payload,
                                           ImageSpec& spec) {
  constexpr std::string_view kElf =
      "\x7F"
      "ELF";
  const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  if (spec.type != ImageType::kModel) {
    if (text.starts_with("AIPK")) {
      return options.input + ": is a model package; sign it with --type model";
    }
    // Without an address it may be a program of an operating system.
    return options.load_address && text.starts_with(kElf)
               ? std::optional(options.input +
                               ": is an ELF file, and firmware at an address is a raw binary; make "
                               "one of it with objcopy -O binary")
               : std::nullopt;
  }
  const auto package = PackageFile::from(options.input, payload);
  if (!package.ok()) {
    return package.problem().text;
  }
  if (spec.header_bytes % model::kPackageAlignment != 0) {
    return options.input + ": a package lies at multiples of 16 bytes; choose such a --header-size";
  }
  if (options.version.empty()) {
    const model::Version& version = package->package().version;
    const auto own = toolkit::parse_version(version_text(version));
    if (!own) {
      return options.input + ": version " + version_text(version) +
             " does not fit into an image (255.255.65535 at most); give a --version";
    }
    spec.version = *own;
  }
  return std::nullopt;
}

/// What a verifier says of the image that was made; nothing when it accepts it.
std::optional<std::string> refused(Bytes image,
                                   const ImageSpec& spec,
                                   const toolkit::PrivateKey* key) {
  const std::array schemes{crypto::kP256Scheme, crypto::kRsa2048Scheme, toolkit::kEd25519Scheme};
  std::vector<update::TrustedKey> keys;
  if (key != nullptr) {
    keys.push_back({key->kind(), key->public_key().encoding});
  }
  update::VerifyPolicy policy;
  policy.keys = keys;
  policy.schemes = schemes;
  policy.signature =
      key == nullptr ? update::SignatureRule::kHashOnly : update::SignatureRule::kRequired;
  policy.slot_address = spec.load_address;
  policy.boot = update::BootRule::kNeedNot;
  std::array<std::byte, 1024> buffer{};
  const update::ImageVerdict verdict = update::verify_image(image, policy, buffer);
  return verdict.ok() ? std::nullopt : std::optional<std::string>(to_string(verdict.fault));
}

void print_signed(const SignOptions& options,
                  const ImageSpec& spec,
                  Bytes image,
                  const toolkit::PrivateKey* key) {
  const std::string version = toolkit::version_text(spec.version);
  const char* const kind = key == nullptr ? "none" : toolkit::key_kind_name(key->kind());
  if (options.json) {
    ordered_json value{{"file", options.output},
                       {"bytes", image.size()},
                       {"type", options.type},
                       {"version", version},
                       {"signature", kind}};
    value["key_hash"] =
        key == nullptr ? ordered_json() : ordered_json(hex(toolkit::key_hash(key->public_key())));
    std::printf("%s\n", value.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
    return;
  }
  std::printf("%s: %s %s, %zu bytes, %s\n",
              printable(options.output).c_str(),
              options.type.c_str(),
              version.c_str(),
              image.size(),
              key == nullptr ? "hash only, not signed"
                             : (std::string("signed with ") + kind + " key " +
                                hex(toolkit::key_hash(key->public_key())).substr(0, 16))
                                   .c_str());
}

ExitCode sign(const SignOptions& options) {
  if (const auto problem = contradiction(options)) {
    return usage(*problem);
  }
  std::string problem;
  auto spec = spec_of(options, problem);
  if (!spec) {
    return usage(problem);
  }
  const auto payload = toolkit::read_file(options.input);
  if (!payload.ok()) {
    return fail(payload.problem().text);
  }
  if (const auto unfit = payload_problem(options, *payload, *spec)) {
    return fail(*unfit);
  }
  std::optional<toolkit::PrivateKey> key;
  if (!options.hash_only) {
    auto loaded = toolkit::read_private_key(options.key);
    if (!loaded.ok()) {
      return fail(loaded.problem().text);
    }
    key.emplace(std::move(*loaded));
  }
  const toolkit::PrivateKey* const signer = key ? &*key : nullptr;
  const auto image = toolkit::sign_image(*payload, *spec, signer);
  if (!image.ok()) {
    return fail(options.input + ": " + image.problem().text);
  }
  if (const auto reason = refused(*image, *spec, signer)) {
    return fail(options.input + ": the image would not be accepted: " + *reason);
  }
  if (const auto unwritten = write_file(options.output, *image)) {
    return fail(*unwritten);
  }
  print_signed(options, *spec, *image, signer);
  return ExitCode::kOk;
}

}  // namespace

void add_image_sign(CLI::App& image, ExitCode& exit) {
  const auto options = std::make_shared<SignOptions>();
  CLI::App* const verb = image.add_subcommand("sign", "Make a signed image");
  verb->footer(kExamples);
  verb->add_option("input", options->input, "Raw binary or model package")
      ->type_name("IN")
      ->required();
  verb->add_option("-o,--output", options->output, "Image to write")->type_name("OUT")->required();
  verb->add_option("--key", options->key, "Private key (aiot keys new)")->type_name("KEY.pem");
  verb->add_flag("--hash-only", options->hash_only, "No signature; for trusted ways only");
  verb->add_option("--version", options->version, "Like 1.2.3 or 1.2.3+4")->type_name("VERSION");
  verb->add_option("--type", options->type, "What the image is")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"firmware", "model"}))
      ->capture_default_str();
  verb->add_option("--product", options->product, "Product (hardware) that it is made for")
      ->type_name("NAME");
  verb->add_option("--header-size",
                   options->header_bytes,
                   "Bytes in front of the payload; 512, or 32 for a model")
      ->type_name("BYTES")
      ->check(CLI::Range(32, 65535));
  verb->add_option("--header-padding",
                   options->header_padding,
                   "Fills the header behind its 32 bytes; 255 as imgtool does")
      ->type_name("BYTE")
      ->check(CLI::Range(0, 255))
      ->capture_default_str();
  verb->add_option("--security-counter",
                   options->security_counter,
                   "Devices that confirmed a higher one refuse the image")
      ->type_name("N");
  verb->add_option("--dependency",
                   options->dependencies,
                   "Least version of the other image, like firmware:1.2.0")
      ->type_name("TYPE:VERSION")
      ->take_all();
  verb->add_option(
          "--load-address", options->load_address, "Address of the only slot that it runs in")
      ->type_name("ADDRESS");
  verb->add_flag("--non-bootable", options->not_bootable, "Marks it as not to be started");
  verb->add_option("--slot-size", options->slot_bytes, "Bytes of the slot; must be enough")
      ->type_name("BYTES");
  CLI::Option* const pad =
      verb->add_flag("--pad", options->pad, "Fill the slot, with a trailer that asks for a trial");
  verb->add_flag("--confirm", options->confirm, "Fill the slot, with a trailer that is confirmed")
      ->excludes(pad);
  verb->add_option("--align", options->alignment, "Write alignment of the trailer; 8")
      ->type_name("8|16|32")
      ->check(CLI::IsMember({8, 16, 32}));
  verb->add_flag("--json", options->json, "One JSON object instead of text");
  verb->callback([options, &exit] { exit = sign(*options); });
}

}  // namespace aiot::cli
