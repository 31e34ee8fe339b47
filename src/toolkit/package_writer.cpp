// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/package_writer.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "aiot/model/header.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot_schema/package_generated.h"

namespace aiot::toolkit {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

/// A vector of our structs as the FlatBuffer's structs, which have the same bytes.
template <class Stored, class T>
flatbuffers::Offset<flatbuffers::Vector<const Stored*>> put_structs(Builder& builder,
                                                                    const std::vector<T>& values) {
  static_assert(sizeof(Stored) == sizeof(T));
  const void* data = values.data();
  return builder.CreateVectorOfStructs(static_cast<const Stored*>(data), values.size());
}

flatbuffers::Offset<schema::Network> put_network(Builder& builder, const NetworkSpec& network) {
  const auto program = builder.CreateVector(network.program);
  builder.ForceVectorAlignment(network.weights.size(), 1, nn::kAlignment);
  const auto weights = builder.CreateVector(
      reinterpret_cast<const std::uint8_t*>(network.weights.data()), network.weights.size());
  const auto inputs = put_structs<schema::TensorInfo>(builder, network.inputs);
  const auto outputs = put_structs<schema::TensorInfo>(builder, network.outputs);
  const auto variables = put_structs<schema::VariableInfo>(builder, network.variables);
  return schema::CreateNetwork(
      builder, program, weights, inputs, outputs, variables, network.arena_bytes);
}

flatbuffers::Offset<schema::Plan> put_plan(Builder& builder, const PackageSpec& spec) {
  const auto features = put_structs<schema::FeatureSpec>(builder, spec.features);
  return schema::CreatePlan(builder, spec.window, spec.hop, features);
}

flatbuffers::Offset<schema::Policy> put_policy(Builder& builder,
                                               const decide::PolicyConfig& policy) {
  return schema::CreatePolicy(builder,
                              policy.heartbeat_windows,
                              policy.abnormal_windows,
                              static_cast<std::uint8_t>(policy.changes),
                              static_cast<std::uint8_t>(policy.change_stream),
                              static_cast<std::uint8_t>(policy.abnormal_stream),
                              static_cast<std::uint8_t>(policy.heartbeat_stream));
}

flatbuffers::Offset<schema::Golden> put_golden(Builder& builder, const GoldenWindow& golden) {
  const auto put = [&builder](const std::vector<std::byte>& bytes) {
    return builder.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  };
  const auto input = put(golden.input);
  const auto output = put(golden.output);
  return schema::CreateGolden(builder, input, output);
}

schema::Hash to_schema(const Hash256& hash) {
  std::array<std::uint8_t, 32> bytes{};
  std::memcpy(bytes.data(), hash.data(), hash.size());
  return schema::Hash(flatbuffers::make_span(bytes));
}

/// Rising and without repetition; nothing for no names, so that the field stays absent.
flatbuffers::Offset<flatbuffers::Vector<std::uint64_t>> put_groups(
    Builder& builder, const std::vector<std::string>& names) {
  std::set<std::uint64_t> ids;
  for (const std::string& name : names) {
    ids.insert(model::group_id(name));
  }
  if (ids.empty()) {
    return {};
  }
  return builder.CreateVector(std::vector<std::uint64_t>(ids.begin(), ids.end()));
}

void put_package(Builder& builder, const PackageSpec& spec) {
  const auto name = builder.CreateString(spec.name);
  const auto created_by = builder.CreateString(spec.created_by);
  const auto labels = builder.CreateVectorOfStrings(spec.labels);
  const auto decider = schema::CreateDecider(builder,
                                             spec.decider.votes,
                                             spec.decider.windows,
                                             spec.decider.min_confidence,
                                             static_cast<std::uint8_t>(spec.decider.on_gap));
  const auto policy = put_policy(builder, spec.policy);
  flatbuffers::Offset<schema::Sensor> sensor;
  flatbuffers::Offset<schema::Plan> plan;
  if (!spec.features.empty()) {
    sensor = schema::CreateSensor(builder,
                                  spec.sensor.rate_min_hz,
                                  spec.sensor.rate_max_hz,
                                  spec.sensor.axes,
                                  spec.sensor.full_scale);
    plan = put_plan(builder, spec);
  }
  flatbuffers::Offset<schema::Network> network;
  if (spec.network) {
    network = put_network(builder, *spec.network);
  }
  flatbuffers::Offset<schema::Bearing> bearing;
  if (spec.bearing) {
    bearing = schema::CreateBearing(
        builder, spec.bearing->transform, spec.bearing->slots, spec.bearing->averages);
  }
  flatbuffers::Offset<schema::Golden> golden;
  if (spec.golden) {
    golden = put_golden(builder, *spec.golden);
  }
  const auto groups = put_groups(builder, spec.training_groups);
  const schema::Version version(spec.version.major, spec.version.minor, spec.version.patch);
  const schema::Hash training = to_schema(spec.training_hash);
  const bool trained = spec.training_hash != Hash256{};
  builder.Finish(schema::CreatePackage(builder,
                                       name,
                                       &version,
                                       sensor,
                                       plan,
                                       network,
                                       labels,
                                       spec.decider.normal_label,
                                       decider,
                                       policy,
                                       trained ? &training : nullptr,
                                       created_by,
                                       {},
                                       golden,
                                       bearing,
                                       groups));
}

std::vector<std::byte> with_header(const Builder& builder, nn::WeightLayout layout) {
  std::vector<std::byte> file(model::kHeaderBytes + builder.GetSize());
  store_le32(&file[model::kMagicOffset], model::kPackageMagic);
  store_le16(&file[model::kFormatOffset], model::kFormatVersion);
  store_le16(&file[model::kLayoutOffset], static_cast<std::uint16_t>(layout));
  store_le32(&file[model::kLengthOffset], static_cast<std::uint32_t>(file.size()));
  std::memcpy(&file[model::kHeaderBytes], builder.GetBufferPointer(), builder.GetSize());
  fix_hash(file);
  return file;
}

bool golden_holds(const PackageSpec& spec) {
  if (!spec.golden) {
    return true;
  }
  const auto window = golden_window(*spec.network, spec.golden->input);
  return window && window->output == spec.golden->output;
}

/// What a device with all reference kernels would object to; "" if nothing.
std::string objection(const PackageSpec& spec, const std::vector<std::byte>& file) {
  const AlignedBytes aligned(file);
  const model::Problem problem = model::diagnose(aligned.view());
  if (problem != model::Problem::kNone) {
    return model::to_string(problem);
  }
  const auto package = model::load(aligned.view());
  if (!package->has_network || package->network.layout != nn::WeightLayout::kCanonical) {
    return "";
  }
  const nn::Network& network = package->network;
  const nn::Diagnosis diagnosis =
      nn::Executor::diagnose(network, nn::ref::kernels, network.arena_bytes);
  if (diagnosis.problem == nn::Problem::kNone) {
    return golden_holds(spec) ? "" : "golden window: the network does not give that output";
  }
  return std::string(nn::to_string(diagnosis.problem)) + " (instruction " +
         std::to_string(diagnosis.instruction) + ", operator code " +
         std::to_string(diagnosis.code) + ")";
}

}  // namespace

void fix_hash(std::vector<std::byte>& file) {
  const Hash256 hash = model::compute_hash(file);
  std::copy(
      hash.begin(), hash.end(), file.begin() + static_cast<std::ptrdiff_t>(model::kHashOffset));
}

std::optional<std::vector<std::byte>> write_package(const PackageSpec& spec, std::string& problem) {
  Builder builder;
  put_package(builder, spec);
  std::vector<std::byte> file =
      with_header(builder, spec.network ? spec.network->layout : nn::WeightLayout::kCanonical);
  problem = objection(spec, file);
  if (!problem.empty()) {
    return std::nullopt;
  }
  return file;
}

AlignedBytes::AlignedBytes(Bytes bytes)
    : blocks_(bytes.size() / sizeof(Block) + 1), size_(bytes.size()) {
  if (!bytes.empty()) {
    std::memcpy(blocks_.data(), bytes.data(), bytes.size());
  }
}

Bytes AlignedBytes::view() const noexcept {
  return {reinterpret_cast<const std::byte*>(blocks_.data()), size_};
}

}  // namespace aiot::toolkit
