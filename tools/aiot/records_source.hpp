// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/toolkit/loaded.hpp"

namespace aiot::cli {

/// One record as it was found, or a run of sequences that is missing.
struct FoundRecord {
  std::vector<std::byte> bytes;  ///< empty: missing records
  std::optional<Stream> stream;  ///< where a store kept it; a file does not say
  std::uint64_t sequence = 0;    ///< of a store; missing: the first
  std::uint64_t last = 0;        ///< missing: the last
  bool acknowledged = false;     ///< a store knows that the consumer has it
  std::string sender{};          ///< the device, in an archive; else empty
  std::int64_t received_ms = 0;  ///< Unix time at which an archive got it; 0: not known
};

/// All that a store directory, a file of records or a consumer's archive holds.
struct FoundRecords {
  std::vector<FoundRecord> records;
  std::vector<std::string> damage;  ///< one line for each part that could not be read
};

/// Records of a store directory, stream by stream, with those that were acknowledged and are still
/// there; of a file, a CBOR sequence; or of an archive of `aiot consume`, device by device, those
/// of `sender` only unless that is empty. Damaged parts are stepped over and told. A problem only
/// when there is nothing to read at all.
toolkit::Loaded<FoundRecords> find_records(const std::string& path, const std::string& sender = {});

/// Whether the bytes are one whole record of a kind that this build reads, or of a later kind.
bool is_record(Bytes bytes);

}  // namespace aiot::cli
