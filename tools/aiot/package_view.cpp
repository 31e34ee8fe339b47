// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/package_view.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aiot/device/golden.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/nn/program.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"
#include "tools/aiot/instruction_text.hpp"
#include "tools/aiot/network_file.hpp"
#include "tools/aiot/network_view.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

std::vector<std::string> operators_of(const nn::Network& network) {
  std::vector<std::string> names;
  for (const InstructionText& text : instructions_of(network)) {
    names.push_back(text.name);
  }
  return names;
}

/// Multiply-accumulates; of a package with features as its model card counts them, pools and
/// softmax as their elements.
std::uint64_t all_macs_of(const model::Package& package) {
  const nn::Network& network = package.network;
  const bool checked = nn::Executor::check(network, nn::ref::kernels, network.arena_bytes).ok();
  return package.has_plan && checked ? nn::count_macs(network.program) : macs_of(network);
}

std::vector<std::string> labels_of(const model::Package& package) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < package.labels; ++i) {
    labels.emplace_back(package.label(i));
  }
  return labels;
}

ordered_json features_json(const dsp::FeaturePlan& plan) {
  ordered_json list = ordered_json::array();
  for (const dsp::FeatureSpec& spec : plan.features) {
    list.push_back({{"name", name(spec.id)},
                    {"unit", unit(spec.id)},
                    {"axis", spec.axis},
                    {"lo_hz", spec.lo_hz},
                    {"hi_hz", spec.hi_hz},
                    {"transform", spec.transform == dsp::Transform::kLog ? "log" : "linear"},
                    {"offset", spec.offset},
                    {"scale", spec.scale}});
  }
  return list;
}

void print_features(const dsp::FeaturePlan& plan) {
  for (const dsp::FeatureSpec& spec : plan.features) {
    const std::string title = title_of({spec.id, spec.axis, spec.lo_hz, spec.hi_hz}, plan.axes);
    std::printf("  %-28s %-6s  (%s - %g) * %g\n",
                title.c_str(),
                unit(spec.id),
                spec.transform == dsp::Transform::kLog ? "ln x" : "x",
                static_cast<double>(spec.offset),
                static_cast<double>(spec.scale));
  }
}

void print_tensors(const char* what, std::span<const nn::TensorInfo> tensors) {
  for (const nn::TensorInfo& tensor : tensors) {
    std::printf("  %-8s %s, scale %g, zero point %d\n",
                what,
                type_and_shape(tensor).c_str(),
                static_cast<double>(tensor.scale),
                static_cast<int>(tensor.zero_point));
  }
}

/// Whether the network gives its golden output on this machine; "" where it has no kernels for it.
std::string golden_verdict(const model::Package& package) {
  const nn::KernelSet* const kernels = find_kernels(package.network.layout);
  if (kernels == nullptr ||
      !nn::Executor::check(package.network, *kernels, package.network.arena_bytes).ok()) {
    return "";
  }

  struct alignas(nn::kAlignment) Block {
    std::byte bytes[nn::kAlignment];
  };

  std::vector<Block> arena(package.network.arena_bytes / sizeof(Block) + 1);
  nn::Executor executor(package.network, *kernels, std::as_writable_bytes(std::span(arena)));
  return device::check_golden(package, executor) == device::GoldenCheck::kEqual ? "holds"
                                                                                : "does not hold";
}

void print_golden(const model::Package& package) {
  if (package.golden_table == nullptr) {
    std::printf("golden      none\n");
    return;
  }
  const model::Golden golden = package.golden();
  const std::string verdict = golden_verdict(package);
  std::printf("golden      %s in, %s out%s\n",
              counted(golden.input.size(), "byte").c_str(),
              counted(golden.output.size(), "byte").c_str(),
              verdict.empty() ? ", not run: no kernels for it here" : (", " + verdict).c_str());
}

ordered_json golden_json(const model::Package& package) {
  if (package.golden_table == nullptr) {
    return nullptr;
  }
  const model::Golden golden = package.golden();
  const std::string verdict = golden_verdict(package);
  return {{"input", hex(golden.input)},
          {"output", hex(golden.output)},
          {"holds", verdict.empty() ? ordered_json(nullptr) : ordered_json(verdict == "holds")}};
}

void print_network(const model::Package& package) {
  if (!package.has_network) {
    std::printf("network     none: features and records only\n");
    return;
  }
  const nn::Network& network = package.network;
  std::printf("network     %s\n", joined(operators_of(network), " -> ").c_str());
  std::printf("            %llu multiply-accumulates, arena %u bytes, weights %zu bytes\n",
              static_cast<unsigned long long>(all_macs_of(package)),
              static_cast<unsigned>(network.arena_bytes),
              network.weights.size());
  print_tensors("input", network.inputs);
  print_tensors("output", network.outputs);
  print_golden(package);
}

std::string every(std::uint32_t windows, Stream stream) {
  return windows == 0
             ? "never"
             : "every " +
                   (windows == 1 ? std::string("window") : std::to_string(windows) + " windows") +
                   " (" + stream_name(stream) + ")";
}

void print_identity(const PackageFile& file) {
  const model::Package& package = file.package();
  std::printf("package     %s %s, format %u, %s\n",
              std::string(package.name).c_str(),
              version_text(package.version).c_str(),
              static_cast<unsigned>(package.format),
              size_text(file.bytes().size()).c_str());
  std::printf("hash        %s\n", hex(package.hash).c_str());
  std::printf("made by     %s\n", printable(package.created_by).c_str());
}

void print_plan(const model::Package& package) {
  std::printf("training    %s\n",
              package.training_hash == Hash256{} ? "none" : hex(package.training_hash).c_str());
  std::printf(
      "sensor      %g to %g Hz, %s%s\n",
      static_cast<double>(package.sensor.rate_min_hz),
      static_cast<double>(package.sensor.rate_max_hz),
      counted(package.sensor.axes, "axis", "axes").c_str(),
      package.sensor.full_scale > 0.0F
          ? printed(", full scale %g m/s^2", static_cast<double>(package.sensor.full_scale)).c_str()
          : "");
  std::printf("windows     %u samples, one every %u\n",
              static_cast<unsigned>(package.plan.window),
              static_cast<unsigned>(package.plan.hop));
  std::printf("features    %zu, in physical units, then normalised\n",
              package.plan.features.size());
  print_features(package.plan);
  print_network(package);
  std::printf("labels      %s (normal: %s)\n",
              joined(labels_of(package), ", ").c_str(),
              std::string(package.label(package.normal_label)).c_str());
  std::printf(
      "vote        %u of %u windows, each with %.0f %% or more; a gap %s\n",
      static_cast<unsigned>(package.decider.votes),
      static_cast<unsigned>(package.decider.windows),
      package.decider.min_confidence * 100.0 / 256.0,
      package.decider.on_gap == decide::OnGap::kRestart ? "restarts it" : "keeps the votes");
  std::printf("records     while abnormal %s, heartbeat %s\n",
              every(package.policy.abnormal_windows, package.policy.abnormal_stream).c_str(),
              every(package.policy.heartbeat_windows, package.policy.heartbeat_stream).c_str());
}

void print_network_package(const model::Package& package) {
  const nn::Network& network = package.network;
  if (package.labels != 0) {
    std::printf("labels      %s\n", joined(labels_of(package), ", ").c_str());
  }
  std::printf("packed for  %s\n", targets_of(network.layout).c_str());
  std::printf("constants   %s bytes, program %s bytes\n",
              grouped(network.weights.size()).c_str(),
              grouped(network.program.size_bytes()).c_str());
  print_ports(network);
  print_golden(package);
  std::printf("\n");
  print_instructions(network, nullptr);
  std::printf("\narena       %s bytes, alive (#) during the instructions\n",
              grouped(network.arena_bytes).c_str());
  print_arena(network, nullptr);
}

void add_plan_json(const model::Package& package, ordered_json& json) {
  json["sensor"] = {{"rate_min_hz", package.sensor.rate_min_hz},
                    {"rate_max_hz", package.sensor.rate_max_hz},
                    {"axes", package.sensor.axes},
                    {"full_scale", package.sensor.full_scale}};
  json["window"] = package.plan.window;
  json["hop"] = package.plan.hop;
  json["features"] = features_json(package.plan);
}

void add_decisions_json(const model::Package& package, ordered_json& json) {
  json["decider"] = {{"votes", package.decider.votes},
                     {"windows", package.decider.windows},
                     {"min_confidence", package.decider.min_confidence / 256.0},
                     {"gap_restarts_vote", package.decider.on_gap == decide::OnGap::kRestart}};
  json["policy"] = {{"heartbeat_windows", package.policy.heartbeat_windows},
                    {"abnormal_windows", package.policy.abnormal_windows},
                    {"change_stream", stream_name(package.policy.change_stream)},
                    {"abnormal_stream", stream_name(package.policy.abnormal_stream)},
                    {"heartbeat_stream", stream_name(package.policy.heartbeat_stream)}};
}

}  // namespace

void print_package(const PackageFile& file) {
  print_identity(file);
  if (file.package().has_plan) {
    print_plan(file.package());
  } else {
    print_network_package(file.package());
  }
}

void print_package_json(const PackageFile& file) {
  const model::Package& package = file.package();
  ordered_json json{{"file", file.name()},
                    {"bytes", file.bytes().size()},
                    {"format", package.format},
                    {"name", package.name},
                    {"version", version_text(package.version)},
                    {"hash", hex(package.hash)},
                    {"created_by", package.created_by},
                    {"training_hash", hex(package.training_hash)},
                    {"labels", labels_of(package)},
                    {"normal", package.label(package.normal_label)}};
  if (package.has_plan) {
    add_plan_json(package, json);
  }
  if (package.has_network) {
    const nn::Network& network = package.network;
    json["network"] = {{"operators", operators_of(network)},
                       {"macs", all_macs_of(package)},
                       {"arena_bytes", network.arena_bytes},
                       {"weight_bytes", network.weights.size()},
                       {"program_bytes", network.program.size_bytes()},
                       {"targets", targets_of(network.layout)},
                       {"inputs", ports_json(network.inputs)},
                       {"outputs", ports_json(network.outputs)},
                       {"instructions", instructions_json(network, nullptr)},
                       {"arena", arena_json(network, nullptr)},
                       {"golden", golden_json(package)}};
  }
  add_decisions_json(package, json);
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

}  // namespace aiot::cli
