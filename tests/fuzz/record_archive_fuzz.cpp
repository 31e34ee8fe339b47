// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A consumer's archive and a device that has a good key and sends anything: whatever it is, every
// sequence number is a record, a gap or a hole, and what was acknowledged is there. The input is a
// row of batches: a control byte (bit 0: follows the last acknowledgement, bit 1: rejoined before,
// bits 2 and 3: stream), first, last, 2 bytes of length, payload.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "aiot/record/record.hpp"
#include "aiot/toolkit/record_archive.hpp"

namespace {

using namespace aiot;

#define REQUIRE(claim)                                         \
  do {                                                         \
    if (!(claim)) {                                            \
      std::fprintf(stderr, "line %d: %s\n", __LINE__, #claim); \
      std::abort();                                            \
    }                                                          \
  } while (false)

constexpr std::size_t kHead = 5;
constexpr std::size_t kMaxBatches = 16;

void require_that_all_is_accounted_for(const toolkit::RecordArchive& archive) {
  std::uint64_t records = 0;
  for (const toolkit::ArchivedStream& stream : archive.streams()) {
    REQUIRE(stream.begin <= stream.last);
    REQUIRE(stream.records + stream.gaps + stream.holes == stream.last - stream.begin + 1);
    records += stream.records;
  }
  archive.visit([&](const toolkit::ArchivedRecord& record) {
    const auto header = record::decode_header(record.payload);
    REQUIRE(header.ok() && header->stream == record.stream);
    REQUIRE(header->sequence == record.sequence);
    --records;
    return true;
  });
  REQUIRE(records == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto opened = toolkit::RecordArchive::open(":memory:");
  REQUIRE(opened.ok());
  toolkit::RecordArchive& archive = *opened;
  std::array<BatchHash, kStreams> acknowledged{};
  std::span<const std::uint8_t> input(data, size);
  for (std::size_t i = 0; i < kMaxBatches && input.size() >= kHead; ++i) {
    const std::uint8_t control = input[0];
    const auto index = std::min<std::size_t>((control >> 2U) & 3U, kStreams - 1);
    const auto stream = static_cast<Stream>(index);
    const std::size_t length =
        std::min<std::size_t>(input[3] + 256U * input[4], input.size() - kHead);
    hal::Batch batch{.stream = stream, .first = input[1], .last = input[2]};
    batch.payload = std::as_bytes(input.subspan(kHead, length));
    if ((control & 1U) != 0) {
      batch.previous = acknowledged[index];
    }
    if ((control & 2U) != 0) {
      REQUIRE(archive.rejoin("d", stream));
    }
    const toolkit::BatchReceipt receipt = archive.take("d", batch, 1);
    REQUIRE(receipt.fault != toolkit::BatchFault::kDisk);
    if (receipt.fault == toolkit::BatchFault::kNone) {
      REQUIRE(receipt.ack.last == batch.last && receipt.ack.stream == stream);
      acknowledged[index] = receipt.ack.hash;
      REQUIRE(archive.take("d", batch, 1).fault == toolkit::BatchFault::kNone);
    }
    require_that_all_is_accounted_for(archive);
    input = input.subspan(kHead + length);
  }
  return 0;
}
