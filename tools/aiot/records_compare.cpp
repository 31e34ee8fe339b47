// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "aiot/record/record.hpp"
#include "aiot/toolkit/record_archive.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/records_source.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

constexpr const char* kHelp =
    "Each of A and B is a store directory, a file of records or an archive of `aiot consume`, "
    "which\n"
    "has to hold one device only, or --device says which. Records are matched by stream and\n"
    "sequence, whatever the order in which they were delivered; one that was delivered twice "
    "counts\n"
    "once. Exit code 0: every record is in both, byte for byte; 1: not.\n"
    "\n"
    "Example:\n"
    "  aiot records compare host.cbor board.cbor";

using Identity = std::pair<unsigned, std::uint64_t>;  // stream, sequence
using Records = std::map<Identity, std::vector<std::byte>>;

struct Comparison {
  std::size_t equal = 0;
  std::size_t different = 0;
  std::size_t only_a = 0;
  std::size_t only_b = 0;
  std::string first;  ///< the first record that is not in both
};

toolkit::Loaded<Records> records_in(const std::string& path, const std::string& device) {
  auto found = find_records(path, toolkit::RecordArchive::is_archive(path) ? device : "");
  if (!found.ok()) {
    return found.problem();
  }
  for (const FoundRecord& record : found->records) {
    if (record.sender != found->records.front().sender) {
      return toolkit::Problem{path + ": holds several devices; name one with --device"};
    }
  }
  if (!found->damage.empty()) {
    return toolkit::Problem{path + ": " + found->damage.front()};
  }
  Records records;
  for (FoundRecord& record : found->records) {
    const auto header = record::decode_header(record.bytes);
    if (!header.ok()) {
      return toolkit::Problem{path +
                              ": holds something that is no record; see aiot records decode"};
    }
    const Identity identity{static_cast<unsigned>(header->stream), header->sequence};
    const auto [known, added] = records.try_emplace(identity, record.bytes);
    if (!added && known->second != record.bytes) {
      return toolkit::Problem{path + ": " + stream_name(header->stream) + " " +
                              std::to_string(identity.second) +
                              " is there twice with different bytes; see aiot records decode"};
    }
  }
  return records;
}

void note(Comparison& result, const Identity& identity, const char* what) {
  if (result.first.empty()) {
    result.first = std::string(stream_name(static_cast<Stream>(identity.first))) + " " +
                   std::to_string(identity.second) + " " + what;
  }
}

Comparison compare(const Records& a, const Records& b) {
  Comparison result;
  for (const auto& [identity, bytes] : a) {
    const auto other = b.find(identity);
    if (other == b.end()) {
      ++result.only_a;
      note(result, identity, "is in the first only");
    } else if (other->second != bytes) {
      ++result.different;
      note(result, identity, "differs");
    } else {
      ++result.equal;
    }
  }
  result.only_b = b.size() - result.equal - result.different;
  for (const auto& [identity, bytes] : b) {
    if (a.find(identity) == a.end()) {
      note(result, identity, "is in the second only");
    }
  }
  return result;
}

void print(const Comparison& result, bool json) {
  if (json) {
    const nlohmann::ordered_json line{
        {"equal", result.equal},
        {"different", result.different},
        {"only_a", result.only_a},
        {"only_b", result.only_b},
        {"first_difference",
         result.first.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(result.first)}};
    std::printf("%s\n", line.dump().c_str());
  } else if (result.first.empty()) {
    std::printf("%s, equal byte for byte\n", counted(result.equal, "record").c_str());
  } else {
    std::printf("%zu equal, %zu different, %zu in the first only, %zu in the second only\n",
                result.equal,
                result.different,
                result.only_a,
                result.only_b);
  }
}

struct CompareOptions {
  std::string a;
  std::string b;
  std::string device;
  bool json = false;
};

ExitCode run(const CompareOptions& options) {
  const auto a = records_in(options.a, options.device);
  const auto b = records_in(options.b, options.device);
  if (!a.ok() || !b.ok()) {
    return fail((a.ok() ? b : a).problem().text);
  }
  const Comparison result = compare(*a, *b);
  print(result, options.json);
  return result.first.empty() ? ExitCode::kOk
                              : fail(result.first + "; see both with aiot records decode");
}

}  // namespace

void add_records_compare(CLI::App& records, ExitCode& exit) {
  const auto options = std::make_shared<CompareOptions>();
  CLI::App* const verb =
      records.add_subcommand("compare", "Whether two places hold the same records, byte for byte");
  verb->footer(kHelp);
  verb->add_option("a", options->a, "Store directory, file of records, or archive")
      ->type_name("A")
      ->required();
  verb->add_option("b", options->b, "Store directory, file of records, or archive")
      ->type_name("B")
      ->required();
  verb->add_option("--device", options->device, "Of an archive: the records of this device only")
      ->type_name("NAME");
  verb->add_flag("--json", options->json, "One JSON object instead of text");
  verb->callback([options, &exit] { exit = run(*options); });
}

}  // namespace aiot::cli
