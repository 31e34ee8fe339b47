// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aiot/link/commands.hpp"
#include "aiot/toolkit/image_signer.hpp"
#include "aiot/update/audit_log.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/installer.hpp"
#include "ports/linux/key_file.hpp"
#include "tools/aiot/audit_source.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;
using update::AuditEntry;
using update::AuditFault;
using update::AuditKind;
using update::AuditReport;
using update::AuditSeal;

constexpr const char* kListExamples =
    "What happened to the images and keys of a device, oldest first; nothing is checked.\n"
    "\n"
    "Examples:\n"
    "  aiot records audit pump.store\n"
    "  aiot records audit flash.bin --json | jq 'select(.what == \"return\")'";

constexpr const char* kVerifyExamples =
    "Checks that no sealed entry of the audit log was deleted, changed or moved, and that its end\n"
    "was not cut off: the boot record beside it knows the newest seal. Entries behind the newest\n"
    "seal can be cut off without a trace. The log wraps, so it is told from where it is complete.\n"
    "The exit code is 0 when all is as it was written and 1 when it is not.\n"
    "\n"
    "The device's key is a file of 32 bytes or 64 hexadecimal digits that only its owner can "
    "read.\n"
    "Without it the log can be shown (aiot records audit), but anybody could have written it.\n"
    "\n"
    "Examples:\n"
    "  aiot records verify pump.store --device-key pump.key\n"
    "  aiot records verify flash.bin --device-key pump.key\n"
    "  aiot records verify audit.bin --audit 0:16384 --boot-record none --seal 41 \\\n"
    "                      --device-key pump.key";

const char* type_words(std::uint8_t type) {
  switch (type) {
    case static_cast<std::uint8_t>(update::ImageType::kFirmware):
      return "firmware";
    case static_cast<std::uint8_t>(update::ImageType::kModel):
      return "model";
    default:
      return nullptr;
  }
}

const char* slot_words(std::uint8_t slot) {
  constexpr std::array<const char*, update::kSlots> kNames = {"A", "B"};
  return slot < kNames.size() ? kNames[slot] : nullptr;
}

std::string kind_words(AuditKind kind) {
  const char* const words = to_string(kind);
  return words != nullptr ? words : "kind " + std::to_string(static_cast<unsigned>(kind));
}

/// What the code of an entry says; empty when it says nothing.
std::string code_words(const AuditEntry& entry) {
  switch (entry.kind) {
    case AuditKind::kVerdict: {
      if (entry.code == 0) {
        return "accepted";
      }
      const auto fault = static_cast<update::InstallFault>(entry.code & 0xFFU);
      const auto image = static_cast<update::ImageFault>(entry.code >> 8U & 0xFFU);
      return std::string("refused: ") +
             (image != update::ImageFault::kNone ? to_string(image) : to_string(fault));
    }
    case AuditKind::kReturn:
      return to_string(static_cast<update::Cause>(entry.code & 0xFFU));
    case AuditKind::kRefused: {
      const link::CommandAnswer answer =
          link::answer_of(0, static_cast<std::uint16_t>(entry.code & 0xFFFFU));
      return answer.error != Error::kNone ? to_string(answer.error) : to_string(answer.fault);
    }
    case AuditKind::kCommand: {
      const char* const verb = link::to_string(static_cast<link::CommandVerb>(entry.code & 0xFFU));
      return verb != nullptr ? verb : "verb " + std::to_string(entry.code);
    }
    default:
      return entry.code == 0 ? std::string() : "code " + std::to_string(entry.code);
  }
}

bool is_zero(const update::ImageId& id) {
  return id == update::ImageId{};
}

/// JSON of a word that may be missing.
ordered_json word(const char* text) {
  return text != nullptr ? ordered_json(text) : ordered_json();
}

void print_json(const AuditEntry& entry, bool sealed) {
  const ordered_json value{
      {"kind", "entry"},
      {"sequence", entry.sequence},
      {"what", kind_words(entry.kind)},
      {"boot", entry.boot},
      {"time_s",
       entry.time_us == 0 ? ordered_json()
                          : ordered_json(static_cast<double>(entry.time_us) / 1e6)},
      {"type", word(type_words(entry.type))},
      {"slot", word(slot_words(entry.slot))},
      {"version", toolkit::version_text(entry.version)},
      {"id", hex(entry.id)},
      {"code", entry.code},
      {"text", code_words(entry)},
      {"sealed", sealed}};
  std::printf("%s\n", value.dump().c_str());
}

void print_text(const AuditEntry& entry, bool sealed) {
  const char* const type = type_words(entry.type);
  const char* const slot = slot_words(entry.slot);
  std::string text =
      right(std::to_string(entry.sequence), 6) + right(std::to_string(entry.boot), 6) +
      right(entry.time_us == 0 ? "-" : printed("%.3f", static_cast<double>(entry.time_us) / 1e6),
            12) +
      "  " + left(kind_words(entry.kind), 16) + left(type != nullptr ? type : "-", 9) +
      left(slot != nullptr ? slot : "-", 5);
  const bool about_image = entry.version != update::Version{} || type != nullptr;
  text += left(about_image ? toolkit::version_text(entry.version) : "-", 12) +
          left(is_zero(entry.id) ? "-" : hex(entry.id).substr(0, 12), 13);
  text += " " + code_words(entry) + (sealed ? "" : " (not sealed)");
  text.erase(text.find_last_not_of(' ') + 1);
  std::printf("%s\n", text.c_str());
}

void print_seal(const AuditSeal& seal) {
  const ordered_json value{{"kind", "seal"},
                           {"number", seal.number},
                           {"first", seal.first},
                           {"next", seal.next},
                           {"complete_from", seal.complete_from},
                           {"keys", hex(seal.keys)},
                           {"chain", hex(seal.chain)}};
  std::printf("%s\n", value.dump().c_str());
}

ExitCode fail_open(const AuditSource& source) {
  (void)fail(source.problem());
  return source.usage() ? ExitCode::kUsage : ExitCode::kBadInput;
}

/// One past the last entry that is sealed.
std::uint32_t sealed_below(const store::FrameLog& log) {
  std::vector<std::byte> buffer(log.max_payload());
  store::FrameCursor cursor;
  std::uint32_t below = 0;
  while (log.advance(cursor, buffer).ok()) {
    const auto seal = update::decode_seal(Bytes(buffer).first(cursor.length));
    below = seal.ok() ? seal->next : below;
  }
  return below;
}

ExitCode list(const AuditOptions& options) {
  AuditSource source;
  if (!source.open(options)) {
    return fail_open(source);
  }
  const store::FrameLog& log = source.log();
  const std::uint32_t sealed = sealed_below(log);
  std::vector<std::byte> buffer(log.max_payload());
  store::FrameCursor cursor;
  std::uint64_t entries = 0;
  std::uint64_t seals = 0;
  std::uint64_t strange = 0;
  const Painter paint(1);
  for (Status read = log.advance(cursor, buffer); read.ok(); read = log.advance(cursor, buffer)) {
    const Bytes frame = Bytes(buffer).first(cursor.length);
    const auto entry = update::decode_entry(frame);
    const auto seal = update::decode_seal(frame);
    if (entry.ok()) {
      if (++entries == 1 && !options.json) {
        std::printf("%s\n",
                    paint(Colour::kStrong,
                          "     #  boot      time s  what            type     slot "
                          "version     id            result")
                        .c_str());
      }
      (options.json ? print_json : print_text)(*entry, entry->sequence < sealed);
    } else if (seal.ok()) {
      ++seals;
      if (options.json) {
        print_seal(*seal);
      }
    } else {
      ++strange;
    }
  }
  if (!options.json) {
    std::printf("%s%s, %s\n",
                entries > 0 ? "\n" : "",
                counted(entries, "entry", "entries").c_str(),
                counted(seals, "seal").c_str());
  }
  if (strange > 0) {
    return fail(options.path + ": " + counted(strange, "frame") +
                " of the audit log not of a format that is known here; take it for tampered with");
  }
  return ExitCode::kOk;
}

struct VerifyOptions : AuditOptions {
  std::string key;
  std::uint32_t seal = 0;
};

/// Where a fault is, as "entry 7".
std::string place(const AuditReport& report) {
  const std::string at = std::to_string(report.at);
  switch (report.fault) {
    case AuditFault::kEntryAltered:
      return "under seal " + at;
    case AuditFault::kSealLost:
    case AuditFault::kSealForged:
      return "seal " + at;
    case AuditFault::kEndLost:
      return "seal " + at + " is known, the log ends at " +
             (report.newest_seal == 0 ? "none" : std::to_string(report.newest_seal));
    case AuditFault::kRead:
      return "after " + counted(report.at, "entry", "entries");
    default:
      return "entry " + at;
  }
}

ExitCode verify(const VerifyOptions& options) {
  linux_port::KeyFile keys;
  std::string message;
  if (!keys.load(options.key, message).ok()) {
    return fail(message);
  }
  AuditSource source;
  if (!source.open(options)) {
    return fail_open(source);
  }
  const std::uint32_t known = std::max(options.seal, source.known_seal());
  const AuditReport report = update::verify_audit(source.log(), hal::KeyStoreRef(keys), known);
  const bool good = report.fault == AuditFault::kNone;
  if (options.json) {
    const ordered_json value{
        {"kind", "audit"},
        {"good", good},
        {"fault", good ? ordered_json() : ordered_json(to_string(report.fault))},
        {"at", good ? ordered_json() : ordered_json(report.at)},
        {"complete_from", report.complete_from},
        {"entries", report.entries},
        {"unchecked", report.unchecked},
        {"unsealed", report.unsealed},
        {"seals", report.seals},
        {"newest_seal", report.newest_seal},
        {"known_seal", known}};
    std::printf("%s\n", value.dump().c_str());
  }
  if (!good) {
    return fail(options.path +
                ": the audit log is not as it was written: " + to_string(report.fault) + " (" +
                place(report) + "); do not trust it, look at the device");
  }
  if (!options.json) {
    const Painter paint(1);
    std::string text = counted(report.entries, "entry", "entries") + ", " +
                       counted(report.seals, "seal") + ", complete from entry " +
                       std::to_string(report.complete_from) + ": nothing was changed";
    if (report.unchecked > 0) {
      text += "; " + std::to_string(report.unchecked) + " older than that, not checked";
    }
    if (report.unsealed > 0) {
      text += "; " + std::to_string(report.unsealed) + " not sealed yet";
    }
    std::printf("%s\n", paint(Colour::kGood, text).c_str());
    if (known == 0) {
      std::printf(
          "the newest seal, %u, is known from nowhere else: the end may have been cut off\n",
          report.newest_seal);
    }
  }
  return ExitCode::kOk;
}

}  // namespace

void add_records_audit(CLI::App& records, ExitCode& exit) {
  const auto options = std::make_shared<AuditOptions>();
  CLI::App* const verb = records.add_subcommand("audit", "Show the audit log of a device");
  verb->footer(kListExamples);
  add_audit_options(*verb, *options);
  verb->callback([options, &exit] { exit = list(*options); });
}

void add_records_verify(CLI::App& records, ExitCode& exit) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* const verb =
      records.add_subcommand("verify", "Was the audit log of a device tampered with?");
  verb->footer(kVerifyExamples);
  verb->add_option("--device-key", options->key, "File with the device's key")
      ->type_name("FILE")
      ->required();
  verb->add_option("--seal", options->seal, "Number of a seal that is known to have been made");
  add_audit_options(*verb, *options);
  verb->callback([options, &exit] { exit = verify(*options); });
}

}  // namespace aiot::cli
