// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Recordings and manifests from strangers. The first byte chooses the parser and the options.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "aiot/core/check.hpp"
#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/resample.hpp"
#include "src/toolkit/recording_mat_layout.hpp"

void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::fprintf(stderr, "panic %s:%u\n", file, static_cast<unsigned>(line));
  std::abort();
}

namespace {

using aiot::toolkit::Loaded;
using aiot::toolkit::LoadOptions;
using aiot::toolkit::Recording;

/// What holds for every recording that was accepted, and for what is made of it.
void use(const Loaded<Recording>& loaded) {
  if (!loaded.ok()) {
    AIOT_CHECK(!loaded.problem().text.empty());
    return;
  }
  const Recording& recording = *loaded;
  AIOT_CHECK(recording.axes > 0 && recording.samples.size() % recording.axes == 0);
  std::uint64_t last = 0;
  for (const auto& gap : recording.gaps) {
    AIOT_CHECK(gap.frame >= last && gap.frame <= recording.frames() && gap.lost > 0);
    last = gap.frame;
  }
  (void)recording.stream_frames();
  if (recording.frames() < 4096) {
    (void)aiot::toolkit::decimate(recording, 2);
  }
  if (recording.axes < 256) {
    const auto stream = aiot::toolkit::encode_replay(recording, 0);
    AIOT_CHECK(aiot::toolkit::parse_replay(stream, "again", {}).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const aiot::Bytes bytes(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  LoadOptions options;
  if ((data[0] & 8U) != 0) {
    options.rate_hz = 12800.0;
  }
  options.axes = 1U + (data[0] >> 4U & 3U);
  if ((data[0] & 64U) != 0) {
    options.channel = "1,2";
  }
  switch (data[0] & 7U) {
    case 0:
      use(aiot::toolkit::parse_wav(bytes, "fuzz", options));
      break;
    case 1:
      use(aiot::toolkit::parse_csv(text, "fuzz", options));
      break;
    case 2:
      use(aiot::toolkit::parse_replay(bytes, "fuzz", options));
      break;
    case 3: {
      const auto manifest = aiot::toolkit::parse_manifest(text, "fuzz");
      if (manifest.ok()) {
        for (const auto& row : manifest->rows) {
          (void)aiot::toolkit::snapshots_of(row.note);
        }
      }
      break;
    }
    case 4:
      (void)aiot::toolkit::mat_problem(bytes);
      break;
    default:
      (void)aiot::toolkit::snapshots_of(text);
      break;
  }
  return 0;
}
