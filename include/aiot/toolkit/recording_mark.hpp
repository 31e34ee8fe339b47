// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "aiot/core/identity.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"

namespace aiot::toolkit {

/// Sequence at which something begins in each stream.
using StreamBegin = std::array<std::uint64_t, kStreams>;

/// Which recording the newest run of a store is of, and where it began (SPEC, recording mark).
struct RecordingMark {
  Hash256 identity{};
  StreamBegin begin{};
};

/// What the records of a run are made of: the samples, their format, and the package by its hash.
Hash256 recording_identity(const Recording& recording, const Hash256& package);

/// The mark of a store directory; nothing when there is none or it can not be read.
std::optional<RecordingMark> read_recording_mark(const std::filesystem::path& directory);

/// Replaces the mark, durable when it returns. The problem, or nothing.
std::optional<Problem> write_recording_mark(const std::filesystem::path& directory,
                                            const RecordingMark& mark);

/// Where a run of `recording` began in the store `directory`, whose flash and map are given, for
/// `DeviceConfig::replay_begin`. When the last run was of the same recording and package, that is
/// where it began, and the new run goes on behind its last record; otherwise it begins here, and
/// the store is marked so. To be called before the device starts, by the only one who writes.
Loaded<StreamBegin> begin_recording(const std::filesystem::path& directory,
                                    hal::FlashRef flash,
                                    const hal::FlashMap& map,
                                    const Recording& recording,
                                    const Hash256& package);

}  // namespace aiot::toolkit
