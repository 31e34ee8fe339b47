// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/model/package.hpp"

#include <algorithm>
#include <bit>

#include "aiot/crypto/sha256.hpp"
#include "aiot/model/header.hpp"

// The verifier goes before every access; assert() would bring printf into the firmware.
#define FLATBUFFERS_ASSERT(condition) static_cast<void>(0)
#include <flatbuffers/base.h>
// The same number in 32 bits: the verifier divides it for each vector, and a division of 64 bits
// takes a Cortex-M 68 instructions more.
#undef FLATBUFFERS_MAX_BUFFER_SIZE
#define FLATBUFFERS_MAX_BUFFER_SIZE 0x7FFF'FFFFU
#include "aiot_schema/package_generated.h"

// Spans of our structs point into the FlatBuffer: both must have the same bytes.
static_assert(std::endian::native == std::endian::little);

// The sizes of ours are asserted where they are declared.
static_assert(sizeof(aiot::schema::FeatureSpec) == 20 && alignof(aiot::dsp::FeatureSpec) == 4);
static_assert(sizeof(aiot::schema::TensorInfo) == 44 && alignof(aiot::nn::TensorInfo) == 4);
static_assert(sizeof(aiot::schema::VariableInfo) == 12 && alignof(aiot::nn::VariableInfo) == 4);

namespace aiot::model {
namespace {

using Strings = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

/// A vector of structs in the FlatBuffer as a span of the struct that has the same bytes.
template <class T, class Stored>
std::span<const T> as_span(const flatbuffers::Vector<Stored>* vector) noexcept {
  if (vector == nullptr) {
    return {};
  }
  return {static_cast<const T*>(static_cast<const void*>(vector->Data())), vector->size()};
}

std::string_view as_text(const flatbuffers::String* text) noexcept {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

bool is_aligned(const void* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address) % kPackageAlignment == 0;
}

/// Names go into records and onto terminals: printable ASCII is valid UTF-8 and harmless there.
bool is_name(std::string_view text, std::size_t shortest, std::size_t longest) noexcept {
  return text.size() >= shortest && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// False for what is not a number as well.
constexpr bool in_range(float value, float lo, float hi) noexcept {
  return value >= lo && value <= hi;
}

/// Also reads the header into `header`.
Problem check_header(Bytes file, Header& header) noexcept {
  if (file.size() < kHeaderBytes) {
    return Problem::kTooShort;
  }
  header = read_header(file);
  if (header.magic != kPackageMagic) {
    return Problem::kMagic;
  }
  if (header.format == 0 || header.format > kFormatVersion) {
    return Problem::kNewerFormat;
  }
  if (header.length != file.size()) {
    return Problem::kLength;
  }
  if (header.requirements != 0) {
    return Problem::kRequirement;
  }
  if (header.layout > static_cast<std::uint16_t>(nn::WeightLayout::kArmPlain)) {
    return Problem::kLayout;
  }
  return header.reserved_zero ? Problem::kNone : Problem::kReserved;
}

Problem read_identity(const schema::Package& body, Package& out) noexcept {
  out.name = as_text(body.name());
  out.created_by = as_text(body.created_by());
  if (const schema::Version* version = body.version(); version != nullptr) {
    out.version = {version->major(), version->minor(), version->patch()};
  }
  if (const schema::Hash* hash = body.training_hash(); hash != nullptr) {
    const Bytes stored{reinterpret_cast<const std::byte*>(hash), out.training_hash.size()};
    std::copy(stored.begin(), stored.end(), out.training_hash.begin());
  }
  out.training_groups = as_span<std::uint64_t>(body.training_groups());
  if (reinterpret_cast<std::uintptr_t>(out.training_groups.data()) % alignof(std::uint64_t) != 0) {
    return Problem::kStructure;  // the verifier looks at the alignment of the length only
  }
  const bool names_ok =
      is_name(out.name, 1, kMaxNameBytes) && is_name(out.created_by, 0, kMaxCreatedByBytes);
  return names_ok ? Problem::kNone : Problem::kName;
}

Problem read_sensor(const schema::Sensor* sensor, Package& out) noexcept {
  constexpr float kMaxRateHz = 1e7F;
  constexpr float kMaxFullScale = 1e9F;
  if (sensor == nullptr) {
    return Problem::kSensor;
  }
  out.sensor = {sensor->rate_min_hz(), sensor->rate_max_hz(), sensor->axes(), sensor->full_scale()};
  const bool ok = out.sensor.rate_min_hz > 0.0F &&
                  in_range(out.sensor.rate_max_hz, out.sensor.rate_min_hz, kMaxRateHz) &&
                  in_range(out.sensor.full_scale, 0.0F, kMaxFullScale);
  return ok ? Problem::kNone : Problem::kSensor;
}

Problem read_plan(const schema::Package& body, Package& out) noexcept {
  const schema::Plan* plan = body.plan();
  if (plan == nullptr) {
    return body.network() == nullptr ? Problem::kEmpty : Problem::kNone;
  }
  const Problem problem = read_sensor(body.sensor(), out);
  if (problem != Problem::kNone) {
    return problem;
  }
  out.has_plan = true;
  out.plan = {
      as_span<dsp::FeatureSpec>(plan->features()), plan->window(), plan->hop(), out.sensor.axes};
  // A band may lie beyond half of a low rate: the plan has to hold at both ends of the range.
  const bool plan_ok = dsp::check(out.plan, out.sensor.rate_min_hz).ok() &&
                       dsp::check(out.plan, out.sensor.rate_max_hz).ok();
  return plan_ok ? Problem::kNone : Problem::kPlan;
}

/// A bearing is heard in windows that overlap by half.
Problem read_bearing(const schema::Bearing* stored, Package& out) noexcept {
  if (stored == nullptr) {
    return out.has_plan && dsp::needs_evidence(out.plan) ? Problem::kBearing : Problem::kNone;
  }
  out.has_bearing = true;
  out.bearing = {stored->transform(), stored->slots(), stored->averages()};
  const bool ok = dsp::check(out.bearing).ok() && out.has_plan &&
                  out.plan.window >= dsp::kMinOctaveWindow && 2 * out.plan.hop == out.plan.window;
  return ok ? Problem::kNone : Problem::kBearing;
}

Problem read_labels(const schema::Package& body, Package& out) noexcept {
  const Strings* labels = body.labels();
  const std::size_t count = labels == nullptr ? 0 : labels->size();
  const bool normal_ok = count == 0 ? body.normal_label() == 0 : body.normal_label() < count;
  if (count > decide::kMaxLabels || !normal_ok) {
    return Problem::kLabels;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto* label = labels->Get(static_cast<flatbuffers::uoffset_t>(i));
    if (!is_name(as_text(label), 1, kMaxLabelBytes)) {
      return Problem::kLabels;
    }
  }
  out.labels = static_cast<std::uint8_t>(count);
  out.normal_label = body.normal_label();
  out.label_table = labels;
  return Problem::kNone;
}

/// One int8 vector of `size` elements.
bool is_vector(std::span<const nn::TensorInfo> tensors, std::size_t size) noexcept {
  return tensors.size() == 1 && tensors[0].type == nn::ElementType::kInt8 &&
         tensors[0].bytes == size;
}

Problem read_network(const schema::Network& stored, std::uint16_t layout, Package& out) noexcept {
  nn::Network& network = out.network;
  network.program = as_span<std::uint32_t>(stored.program());
  network.weights = as_span<std::byte>(stored.weights());
  if (network.weights.empty()) {
    network.weights = {};  // FlatBuffers do not align what is empty
  }
  network.inputs = as_span<nn::TensorInfo>(stored.inputs());
  network.outputs = as_span<nn::TensorInfo>(stored.outputs());
  network.variables = as_span<nn::VariableInfo>(stored.variables());
  network.arena_bytes = stored.arena_bytes();
  network.layout = static_cast<nn::WeightLayout>(layout);
  if (!is_aligned(network.weights.data()) ||
      nn::diagnose_structure(network).problem != nn::Problem::kNone) {
    return Problem::kNetwork;
  }
  if (out.has_plan && !is_vector(network.inputs, out.plan.features.size())) {
    return Problem::kInput;
  }
  if ((out.has_plan || out.labels != 0) && !is_vector(network.outputs, out.labels)) {
    return Problem::kOutput;
  }
  out.has_network = true;
  return Problem::kNone;
}

/// Tensors are checked by now: each lies in the arena, so the sum of a few fits.
std::uint64_t total_bytes(std::span<const nn::TensorInfo> tensors) noexcept {
  std::uint64_t bytes = 0;
  for (const nn::TensorInfo& tensor : tensors) {
    bytes += tensor.bytes;
  }
  return bytes;
}

Problem read_golden(const schema::Golden* stored, Package& out) noexcept {
  if (stored == nullptr) {
    return Problem::kNone;
  }
  out.golden_table = stored;
  const Golden golden = out.golden();
  const bool ok = out.has_network && golden.input.size() == total_bytes(out.network.inputs) &&
                  golden.output.size() == total_bytes(out.network.outputs);
  return ok ? Problem::kNone : Problem::kGolden;
}

Problem read_decider(const schema::Decider* stored, Package& out) noexcept {
  if (stored != nullptr) {
    out.decider.votes = stored->votes();
    out.decider.windows = stored->windows();
    out.decider.min_confidence = stored->min_confidence();
    out.decider.on_gap = static_cast<decide::OnGap>(stored->on_gap());
  }
  out.decider.labels = out.has_network ? out.labels : std::uint8_t{0};
  out.decider.normal_label = out.has_network ? out.normal_label : std::uint8_t{0};
  return decide::check(out.decider).ok() ? Problem::kNone : Problem::kDecider;
}

Problem read_policy(const schema::Policy* stored, Package& out) noexcept {
  if (stored != nullptr) {
    out.policy = {stored->heartbeat_windows(),
                  stored->abnormal_windows(),
                  static_cast<decide::Changes>(stored->changes()),
                  static_cast<Stream>(stored->change_stream()),
                  static_cast<Stream>(stored->abnormal_stream()),
                  static_cast<Stream>(stored->heartbeat_stream())};
  }
  return decide::check(out.policy).ok() ? Problem::kNone : Problem::kPolicy;
}

Problem read_body(const schema::Package& body, std::uint16_t layout, Package& out) noexcept {
  Problem problem = read_identity(body, out);
  if (problem == Problem::kNone) {
    problem = read_plan(body, out);
  }
  if (problem == Problem::kNone) {
    problem = read_bearing(body.bearing(), out);
  }
  if (problem == Problem::kNone) {
    problem = read_labels(body, out);
  }
  if (problem == Problem::kNone && body.network() != nullptr) {
    problem = read_network(*body.network(), layout, out);
  }
  if (problem == Problem::kNone) {
    problem = read_decider(body.decider(), out);
  }
  if (problem == Problem::kNone) {
    problem = read_policy(body.policy(), out);
  }
  return problem == Problem::kNone ? read_golden(body.golden(), out) : problem;
}

Problem read_package(Bytes file, Package& out) noexcept {
  Header header;
  const Problem problem = check_header(file, header);
  if (problem != Problem::kNone) {
    return problem;
  }
  if (!is_aligned(file.data())) {
    return Problem::kAlignment;
  }
  const Bytes body = file.subspan(kHeaderBytes);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(body.data());
  constexpr flatbuffers::uoffset_t kMaxDepth = 8;
  constexpr flatbuffers::uoffset_t kMaxTables = 64;
  flatbuffers::Verifier verifier(bytes, body.size(), kMaxDepth, kMaxTables);
  if (!verifier.VerifyBuffer<schema::Package>(nullptr)) {
    return Problem::kStructure;
  }
  out.format = header.format;
  const Bytes hash = file.subspan(kHashOffset, out.hash.size());
  std::copy(hash.begin(), hash.end(), out.hash.begin());
  return read_body(*schema::GetPackage(bytes), header.layout, out);
}

Problem check_hash(Bytes file) noexcept {
  const Hash256 hash = compute_hash(file);
  return std::equal(hash.begin(), hash.end(), file.begin() + kHashOffset) ? Problem::kNone
                                                                          : Problem::kHash;
}

Problem verify_package(Bytes file) noexcept {
  // A file of a newer format may still be intact, so the hash goes before what it asks for.
  Header header;
  const Problem problem = check_header(file, header);
  switch (problem) {
    case Problem::kTooShort:
    case Problem::kMagic:
    case Problem::kNewerFormat:
    case Problem::kLength:
      return problem;
    default:
      return check_hash(file);
  }
}

}  // namespace

Hash256 compute_hash(Bytes file) noexcept {
  crypto::Sha256 hash;
  hash.update(file.first(kHashOffset));
  hash.update(file.subspan(kHeaderBytes));
  return hash.finish();
}

std::uint64_t group_id(std::string_view name) noexcept {
  crypto::Sha256 hash;
  hash.update(as_bytes(name.data(), name.size()));
  const Hash256 digest = hash.finish();
  return load_le64(digest.data());
}

Status verify(Bytes file) noexcept {
  const Problem problem = verify_package(file);
  return problem == Problem::kNone ? Status{} : Status{to_error(problem)};
}

Result<Package> load(Bytes file) noexcept {
  Package package;
  const Problem problem = read_package(file, package);
  if (problem != Problem::kNone) {
    return to_error(problem);
  }
  return package;
}

Problem diagnose(Bytes file) noexcept {
  const Problem problem = verify_package(file);
  Package package;
  return problem == Problem::kNone ? read_package(file, package) : problem;
}

std::string_view Package::label(std::size_t index) const noexcept {
  if (index >= labels) {
    return {};
  }
  return as_text(
      static_cast<const Strings*>(label_table)->Get(static_cast<flatbuffers::uoffset_t>(index)));
}

Golden Package::golden() const noexcept {
  if (golden_table == nullptr) {
    return {};
  }
  const auto* const table = static_cast<const schema::Golden*>(golden_table);
  return {as_span<std::byte>(table->input()), as_span<std::byte>(table->output())};
}

}  // namespace aiot::model
