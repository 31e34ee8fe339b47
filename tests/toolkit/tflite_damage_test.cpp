// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Damaged .tflite files, one by one: the compiler refuses them with a message or makes a network
// that runs inside of its memory. The sanitizers watch; AIOT_FULL=1 damages every model.

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tests/support/run_network.hpp"
#include "tests/support/test.hpp"
#include "tests/support/tflite_models.hpp"

namespace aiot::test {
namespace {

/// Models that are damaged in every run: one of each kind, small.
bool is_chosen(const std::string& name) {
  for (const char* const chosen : {"CONV_2D_1x5_per_tensor", "STRIDED_SLICE", "two_in_three_out"}) {
    if (name == chosen) {
      return true;
    }
  }
  return std::getenv("AIOT_FULL") != nullptr;
}

std::vector<NamedModel> chosen_models() {
  std::vector<NamedModel> chosen;
  for (const auto& models : {one_operator_models(), several_operator_models()}) {
    for (const NamedModel& model : models) {
      if (is_chosen(model.name)) {
        chosen.push_back(model);
      }
    }
  }
  return chosen;
}

/// "" when the compiler refused it or made a network that runs; else what went wrong.
std::string failure_of(const std::vector<std::byte>& file) {
  constexpr std::uint32_t kMaxArena = 1U << 20U;
  constexpr std::uint64_t kMaxMacs = 1U << 22U;
  const auto compiled = toolkit::compile_tflite(file, {});
  if (!compiled.ok()) {
    const std::string& text = compiled.problem().text;
    return text.empty() || text.find('\n') != std::string::npos ? "message: " + text : "";
  }
  const nn::Network network = view_of(compiled->network);
  const nn::Diagnosis diagnosis =
      nn::Executor::diagnose(network, nn::ref::kernels, network.arena_bytes);
  if (diagnosis.problem != nn::Problem::kNone) {
    return nn::to_string(diagnosis.problem);
  }
  if (network.arena_bytes > kMaxArena || nn::count_macs(network.program) > kMaxMacs) {
    return "";
  }
  const std::vector<std::byte> input(tensor_bytes(network.inputs), std::byte{0x80});
  return run_network(network, nn::ref::kernels, input) ? "" : "does not run";
}

TEST(TfliteDamage, EveryTruncationIsRefused) {
  for (const NamedModel& model : chosen_models()) {
    for (std::size_t length = 0; length < model.file.size(); ++length) {
      const std::vector<std::byte> cut(model.file.begin(),
                                       model.file.begin() + static_cast<std::ptrdiff_t>(length));
      ASSERT_EQ(failure_of(cut), "") << model.name << " cut to " << length << " bytes";
    }
  }
}

TEST(TfliteDamage, EveryFlippedBitIsSurvived) {
  for (const NamedModel& model : chosen_models()) {
    std::vector<std::byte> file = model.file;
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
      const std::byte mask{static_cast<unsigned char>(1U << bit % 8)};
      file[bit / 8] ^= mask;
      ASSERT_EQ(failure_of(file), "") << model.name << " with bit " << bit << " flipped";
      file[bit / 8] ^= mask;
    }
  }
}

TEST(TfliteDamage, NoFileIsNoModel) {
  EXPECT_FALSE(toolkit::compile_tflite({}, {}).ok());
  const std::vector<std::byte> zeros(1000);
  EXPECT_FALSE(toolkit::compile_tflite(zeros, {}).ok());
}

TEST(TfliteDamage, WhatTheWriterMakesIsCompiledForEveryTarget) {
  for (const auto& models : {one_operator_models(), several_operator_models()}) {
    for (const NamedModel& model : models) {
      for (const std::string_view target : toolkit::target_names()) {
        const auto compiled =
            toolkit::compile_tflite(model.file, {toolkit::find_target(target), false});
        ASSERT_TRUE(compiled.ok()) << model.name << ": " << compiled.problem().text;
        toolkit::PackageSpec spec;
        spec.name = model.name;
        spec.network = compiled->network;
        std::string problem;
        EXPECT_TRUE(toolkit::write_package(spec, problem)) << model.name << ": " << problem;
      }
    }
  }
}

}  // namespace
}  // namespace aiot::test
