// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/anomaly_model.hpp"

#include <bit>

#include "aiot/core/crc32.hpp"
#include "finite.hpp"

namespace aiot::decide {
namespace {

constexpr std::uint32_t kMagic = 0x4E41'4941;  // "AIAN"
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 40;
constexpr std::byte kSettled{1};

/// Bounds of what a model may hold, so that no arithmetic with it overflows.
constexpr float kLargestSigma = 1e7F;
constexpr float kSmallestSigma = 1e-6F;

bool is_sigma(float value) noexcept {
  return value >= kSmallestSigma && value <= kLargestSigma;
}

bool is_within(float value, float bound) noexcept {
  return value >= -bound && value <= bound;
}

bool are_parameters_good(const AnomalyModel& model) noexcept {
  return model.features >= 1 && model.features <= kMaxAnomalyFeatures && model.block_length >= 1 &&
         model.block_length <= kMaxBlockLength && is_positive(model.threshold) &&
         model.smooth > 0.0F && model.smooth <= 1.0F && is_sigma(model.clip) &&
         model.drop >= 0.0F && model.drop <= 1.0F && (model.common >> model.features) == 0;
}

class Writer {
 public:
  explicit Writer(std::byte* at) noexcept : at_(at) {}

  void u16(std::uint16_t value) noexcept {
    store_le16(at_, value);
    at_ += sizeof value;
  }

  void u32(std::uint32_t value) noexcept {
    store_le32(at_, value);
    at_ += sizeof value;
  }

  void floats(std::span<const float> values) noexcept {
    for (const float value : values) {
      u32(std::bit_cast<std::uint32_t>(value));
    }
  }

 private:
  std::byte* at_;
};

void read_floats(const std::byte*& at, std::span<float> values) noexcept {
  for (float& value : values) {
    value = std::bit_cast<float>(load_le32(at));
    at += sizeof value;
  }
}

/// All but the numbers: size, version, checksum.
Status verify(Bytes bytes) noexcept {
  if (bytes.size() < kHeaderBytes || load_le32(bytes.data()) != kMagic) {
    return Error::kCorrupt;
  }
  // A newer version may be of any size: it is told apart before anything else is believed.
  if (load_le16(&bytes[4]) > kVersion) {
    return Error::kUnsupported;
  }
  const auto features = std::to_integer<std::uint8_t>(bytes[6]);
  if (load_le16(&bytes[4]) != kVersion || features == 0 ||
      bytes.size() != anomaly_model_bytes(features)) {
    return Error::kCorrupt;
  }
  const std::size_t content = bytes.size() - sizeof(std::uint32_t);
  if (crc32(0, bytes.first(content)) != load_le32(&bytes[content])) {
    return Error::kCorrupt;
  }
  if (features > kMaxAnomalyFeatures) {
    return Error::kUnsupported;
  }
  if ((bytes[7] & ~kSettled) != std::byte{0}) {  // flags that version 1 does not have
    return Error::kCorrupt;
  }
  return {};
}

/// What `verify` let pass.
Status read(Bytes bytes, AnomalyModel& out) noexcept {
  AnomalyModel model;
  model.features = std::to_integer<std::uint8_t>(bytes[6]);
  model.settled = bytes[7] == kSettled;
  model.state = load_le16(&bytes[8]);
  model.common = load_le16(&bytes[10]);
  model.plan = load_le32(&bytes[12]);
  model.windows = load_le32(&bytes[16]);
  model.block_length = load_le32(&bytes[20]);
  const std::byte* at = &bytes[24];
  float parameters[4] = {};
  read_floats(at, parameters);
  model.threshold = parameters[0];
  model.smooth = parameters[1];
  model.clip = parameters[2];
  model.drop = parameters[3];
  read_floats(at, std::span(model.least).first(model.features));
  read_floats(at, std::span(model.mean).first(model.features));
  read_floats(at, std::span(model.sigma).first(model.features));
  read_floats(at, std::span(model.factor).first(packed_size(model.features)));
  if (!check(model).ok()) {
    return Error::kCorrupt;
  }
  out = model;
  return {};
}

}  // namespace

Status check(const AnomalyModel& model) noexcept {
  if (!are_parameters_good(model)) {
    return Error::kInvalidArgument;
  }
  for (std::size_t i = 0; i < model.features; ++i) {
    if (!is_within(model.least[i], kMaxFeatureDb) || !is_within(model.mean[i], kMaxFeatureDb) ||
        !is_sigma(model.sigma[i])) {
      return Error::kInvalidArgument;
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (!is_within(model.factor[packed_index(i, j)], kLargestSigma)) {
        return Error::kInvalidArgument;
      }
    }
    if (!is_sigma(model.factor[packed_index(i, i)])) {
      return Error::kInvalidArgument;
    }
  }
  return {};
}

Result<Bytes> encode(const AnomalyModel& model, MutableBytes out) noexcept {
  AIOT_TRY(check(model));
  const std::size_t size = anomaly_model_bytes(model.features);
  if (out.size() < size) {
    return Error::kNoSpace;
  }
  Writer writer(out.data());
  writer.u32(kMagic);
  writer.u16(kVersion);
  writer.u16(static_cast<std::uint16_t>(model.features | (model.settled ? 0x100U : 0U)));
  writer.u16(model.state);
  writer.u16(model.common);
  writer.u32(model.plan);
  writer.u32(model.windows);
  writer.u32(model.block_length);
  const float parameters[] = {model.threshold, model.smooth, model.clip, model.drop};
  writer.floats(parameters);
  writer.floats(std::span(model.least).first(model.features));
  writer.floats(std::span(model.mean).first(model.features));
  writer.floats(std::span(model.sigma).first(model.features));
  writer.floats(std::span(model.factor).first(packed_size(model.features)));
  writer.u32(crc32(0, out.first(size - sizeof(std::uint32_t))));
  return Bytes{out.first(size)};
}

Status decode(Bytes bytes, AnomalyModel& out) noexcept {
  AIOT_TRY(verify(bytes));
  return read(bytes, out);
}

Status decode(Bytes bytes, std::size_t features, std::uint32_t plan, AnomalyModel& out) noexcept {
  AIOT_TRY(verify(bytes));
  if (std::to_integer<std::size_t>(bytes[6]) != features || load_le32(&bytes[12]) != plan) {
    return Error::kInvalidArgument;
  }
  return read(bytes, out);
}

}  // namespace aiot::decide
