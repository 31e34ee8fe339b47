// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary bytes as the model of an anomaly detector. The checksum is put right in a copy, so that
// what stands behind it is reached: a model that is read is written back to the same bytes, and no
// features make the monitor say what is not a number.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "aiot/core/crc32.hpp"
#include "aiot/decide/anomaly.hpp"

namespace aiot::decide {
namespace {

void expect(bool ok) {
  if (!ok) {
    std::abort();
  }
}

void watch(const AnomalyModel& model, Bytes input) {
  AnomalyMonitor monitor(model, {});
  std::array<float, kMaxAnomalyFeatures> features{};
  for (std::uint32_t window = 0; window < 64; ++window) {
    for (std::size_t i = 0; i < model.features; ++i) {
      const auto byte = std::to_integer<int>(input[(window * 31 + i) % input.size()]);
      features.at(i) = (byte % 3 == 0 ? 7e3F : 0.5F) * static_cast<float>(byte - 128);
    }
    const auto verdict = monitor.update(std::span(features).first(model.features));
    expect(verdict.ok() && verdict->score >= 0.0F);
    expect(verdict->top[0].feature < model.features);
  }
}

void run(Bytes input) {
  AnomalyModel model;
  if (!decode(input, model).ok()) {
    expect(model.features == 0);
    return;
  }
  std::array<std::byte, kMaxAnomalyModelBytes> buffer{};
  const Result<Bytes> bytes = encode(model, buffer);
  expect(bytes.ok() && std::equal(bytes->begin(), bytes->end(), input.begin(), input.end()));
  watch(model, input);
}

}  // namespace
}  // namespace aiot::decide

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const aiot::Bytes input{reinterpret_cast<const std::byte*>(data), size};
  aiot::decide::run(input);
  constexpr std::size_t kCrcBytes = 4;
  std::array<std::byte, 2048> copy{};
  if (size > kCrcBytes && size <= copy.size()) {
    std::copy(input.begin(), input.end(), copy.begin());
    const std::size_t content = size - kCrcBytes;
    aiot::store_le32(&copy.at(content), aiot::crc32(0, input.first(content)));
    aiot::decide::run(aiot::Bytes{copy}.first(size));
  }
  return 0;
}
