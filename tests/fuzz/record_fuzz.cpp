// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary bytes through the readers of records. A decision or time that was read is written and
// read again with the same result; a file that is cut is measured without a word of complaint.

#include <array>
#include <cstdint>
#include <cstdlib>

#include "aiot/record/float16.hpp"
#include "aiot/record/record.hpp"

namespace aiot::record {
namespace {

void expect(bool ok) {
  if (!ok) {
    std::abort();
  }
}

void check_decision(const DecisionView& view) {
  std::array<float, kMaxFeatures> features{};
  if (view.features() > features.size()) {
    return;
  }
  for (std::size_t i = 0; i < view.features(); ++i) {
    features[i] = view.feature(i);
  }
  const DecisionRecord record{.context = view.header.context,
                              .stream = view.header.stream,
                              .sequence = view.header.sequence,
                              .sample = view.sample,
                              .label = view.label,
                              .confidence = view.confidence,
                              .features = std::span(features).first(view.features()),
                              .flags = view.flags,
                              .reasons = {view.reasons.begin(), view.reasons.size()}};
  std::array<std::byte, max_decision_bytes(kMaxFeatures)> buffer{};
  const Result<Bytes> bytes = encode(record, buffer);
  expect(bytes.ok());
  const Result<DecisionView> again = decode_decision(*bytes);
  expect(again.ok() && again->sample == view.sample && again->label == view.label);
  expect(again->features() == view.features() && again->reasons.size() == view.reasons.size());
  for (std::size_t i = 0; i < view.reasons.size(); ++i) {
    expect(again->reasons[i].reason == view.reasons[i].reason &&
           again->reasons[i].numbers.size() == view.reasons[i].numbers.size());
  }
  for (std::size_t i = 0; i < view.features(); ++i) {
    expect(to_float16(again->feature(i)) == to_float16(view.feature(i)));
  }
}

void check_context(const ContextView& view) {
  Context content = view.content;
  content.labels = {view.labels.begin(), view.labels.size()};
  content.features = {view.features.begin(), view.features.size()};
  static std::array<std::byte, 1 << 20> buffer;
  const Result<Bytes> bytes = encode(
      ContextRecord{
          view.header.context, view.header.stream, view.header.sequence, view.start, content},
      buffer);
  if (bytes.ok()) {
    expect(decode_context(*bytes).ok());
  }
}

void check_time(const TimeRecord& time) {
  std::array<std::byte, kMaxTimeBytes> buffer{};
  const Result<Bytes> bytes = encode(time, buffer);
  expect(bytes.ok());
  const Result<TimeRecord> again = decode_time(*bytes);
  expect(again.ok() && again->context == time.context && again->stream == time.stream &&
         again->sequence == time.sequence && again->resume == time.resume &&
         again->frame == time.frame && again->unix_ms == time.unix_ms &&
         again->uncertainty_ms == time.uncertainty_ms && again->clock == time.clock);
}

void run(Bytes input) {
  const bool is_record = decode_header(input).ok();
  const Result<DecisionView> decision = decode_decision(input);
  const Result<ContextView> context = decode_context(input);
  const Result<GapRecord> gap = decode_gap(input);
  const Result<TimeRecord> time = decode_time(input);
  (void)resume_point(input);
  expect(decision.ok() + context.ok() + gap.ok() + time.ok() <= (is_record ? 1 : 0));
  if (time.ok()) {
    check_time(*time);
  }
  if (decision.ok()) {
    check_decision(*decision);
  }
  if (context.ok()) {
    check_context(*context);
  }
  const Result<std::size_t> whole = whole_records(input);
  if (whole.ok()) {
    expect(*whole <= input.size());
    expect(*whole_records(input.first(*whole)) == *whole);
  }
}

}  // namespace
}  // namespace aiot::record

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aiot::record::run({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
