// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aiot/nn/program.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"
#include "tools/aiot/package_file.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExamples =
    "Shows what a package decides with: the samples it expects, its features with their bands and\n"
    "normalisation, the network's operators, vote, recording policy, and the hashes that records\n"
    "name. Without PACKAGE it shows the one that the command carries.\n"
    "\n"
    "Examples:\n"
    "  aiot model inspect\n"
    "  aiot model inspect models/machine.aipk --json";

constexpr std::array<const char*, 7> kOperators{"unknown",
                                                "fully_connected",
                                                "conv_2d",
                                                "depthwise_conv_2d",
                                                "average_pool_2d",
                                                "max_pool_2d",
                                                "softmax"};

std::string operator_name(std::uint16_t code) {
  return code < kOperators.size() ? kOperators[code] : "operator " + std::to_string(code);
}

std::string shape_of(const nn::TensorInfo& tensor) {
  std::string text = "[";
  for (std::size_t i = 0; i < tensor.rank; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(tensor.dims[i]);
  }
  return text + "]";
}

std::vector<std::string> operators_of(const nn::Network& network) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < network.program.size();) {
    const nn::OpHeader header = nn::instruction_at(network.program, at);
    if (header.words == 0) {
      break;
    }
    names.push_back(operator_name(header.code));
    at += header.words;
  }
  return names;
}

std::vector<std::string> labels_of(const model::Package& package) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < package.labels; ++i) {
    labels.emplace_back(package.label(i));
  }
  return labels;
}

ordered_json tensors_json(std::span<const nn::TensorInfo> tensors) {
  ordered_json list = ordered_json::array();
  for (const nn::TensorInfo& tensor : tensors) {
    list.push_back(
        {{"shape",
          std::vector<std::uint32_t>(tensor.dims.begin(), tensor.dims.begin() + tensor.rank)},
         {"offset", tensor.offset},
         {"bytes", tensor.bytes},
         {"scale", tensor.scale},
         {"zero_point", tensor.zero_point}});
  }
  return list;
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

void print_json(const PackageFile& file) {
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
  json["sensor"] = {{"rate_min_hz", package.sensor.rate_min_hz},
                    {"rate_max_hz", package.sensor.rate_max_hz},
                    {"axes", package.sensor.axes},
                    {"full_scale", package.sensor.full_scale}};
  json["window"] = package.plan.window;
  json["hop"] = package.plan.hop;
  json["features"] = features_json(package.plan);
  if (package.has_network) {
    json["network"] = {{"operators", operators_of(package.network)},
                       {"macs", nn::count_macs(package.network.program)},
                       {"arena_bytes", package.network.arena_bytes},
                       {"weight_bytes", package.network.weights.size()},
                       {"inputs", tensors_json(package.network.inputs)},
                       {"outputs", tensors_json(package.network.outputs)}};
  }
  json["decider"] = {{"votes", package.decider.votes},
                     {"windows", package.decider.windows},
                     {"min_confidence", package.decider.min_confidence / 256.0},
                     {"gap_restarts_vote", package.decider.on_gap == decide::OnGap::kRestart}};
  json["policy"] = {{"heartbeat_windows", package.policy.heartbeat_windows},
                    {"abnormal_windows", package.policy.abnormal_windows},
                    {"change_stream", stream_name(package.policy.change_stream)},
                    {"abnormal_stream", stream_name(package.policy.abnormal_stream)},
                    {"heartbeat_stream", stream_name(package.policy.heartbeat_stream)}};
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
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
    std::printf("  %-8s int8 %s, scale %g, zero point %d\n",
                what,
                shape_of(tensor).c_str(),
                static_cast<double>(tensor.scale),
                static_cast<int>(tensor.zero_point));
  }
}

void print_network(const model::Package& package) {
  if (!package.has_network) {
    std::printf("network     none: features and records only\n");
    return;
  }
  const nn::Network& network = package.network;
  std::printf("network     %s\n", joined(operators_of(network), " -> ").c_str());
  std::printf("            %llu multiply-accumulates, arena %u bytes, weights %zu bytes\n",
              static_cast<unsigned long long>(nn::count_macs(network.program)),
              static_cast<unsigned>(network.arena_bytes),
              network.weights.size());
  print_tensors("input", network.inputs);
  print_tensors("output", network.outputs);
}

std::string every(std::uint32_t windows, Stream stream) {
  return windows == 0
             ? "never"
             : "every " +
                   (windows == 1 ? std::string("window") : std::to_string(windows) + " windows") +
                   " (" + stream_name(stream) + ")";
}

void print_text(const PackageFile& file) {
  const model::Package& package = file.package();
  std::printf("package     %s %s, format %u, %s\n",
              std::string(package.name).c_str(),
              version_text(package.version).c_str(),
              static_cast<unsigned>(package.format),
              size_text(file.bytes().size()).c_str());
  std::printf("hash        %s\n", hex(package.hash).c_str());
  std::printf("made by     %s\n", printable(package.created_by).c_str());
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

ExitCode inspect(const std::string& path, bool json) {
  const auto file = PackageFile::open(path);
  if (!file.ok()) {
    return fail(file.problem().text);
  }
  if (json) {
    print_json(*file);
  } else {
    print_text(*file);
  }
  return ExitCode::kOk;
}

struct InspectOptions {
  std::string path;
  bool json = false;
};

}  // namespace

void add_model(CLI::App& app, ExitCode& exit) {
  CLI::App* const verb = app.add_subcommand("model", "Model packages");
  verb->require_subcommand(1);
  verb->footer("Example:\n  aiot model inspect models/machine.aipk");
  const auto options = std::make_shared<InspectOptions>();
  CLI::App* const show = verb->add_subcommand("inspect", "What a package holds");
  show->footer(kExamples);
  show->add_option("package", options->path, "The package; without it the shipped one")
      ->type_name("PACKAGE");
  show->add_flag("--json", options->json, "One JSON object instead of text");
  show->callback([options, &exit] { exit = inspect(options->path, options->json); });
}

}  // namespace aiot::cli
