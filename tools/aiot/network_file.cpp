// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/network_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "aiot/model/header.hpp"
#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/files.hpp"

namespace aiot::cli {

namespace {

constexpr std::array<const nn::KernelSet*, 2> kKernels{&nn::ref::kernels, &nn::plain::kernels};

}  // namespace

toolkit::Loaded<ModelFile> read_model(const std::string& path) {
  auto content = toolkit::read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  constexpr std::size_t kIdentifierEnd = 8;
  if (content->size() >= kIdentifierEnd && std::memcmp(&(*content)[4], "TFL3", 4) == 0) {
    return ModelFile{path, FileKind::kTflite, std::move(*content)};
  }
  if (content->size() >= 4 && load_le32(content->data()) == model::kPackageMagic) {
    return ModelFile{path, FileKind::kPackage, std::move(*content)};
  }
  return toolkit::Problem{path +
                          ": neither a .tflite file (TFL3 at byte 4) nor a package (AIPK at byte "
                          "0); check that it is whole and the file that is meant"};
}

toolkit::Loaded<TfliteFile> open_tflite(const ModelFile& file,
                                        const toolkit::CompileOptions& options) {
  auto graph = toolkit::read_tflite(file.content);
  if (!graph.ok()) {
    return toolkit::Problem{file.name + ": " + graph.problem().text};
  }
  auto compiled = toolkit::compile_tflite(file.content, options);
  if (!compiled.ok()) {
    return toolkit::Problem{file.name + ": " + compiled.problem().text};
  }
  return TfliteFile{std::move(*graph), std::move(*compiled)};
}

std::vector<std::string> target_list() {
  const auto names = toolkit::target_names();
  return {names.begin(), names.end()};
}

std::string targets_of(nn::WeightLayout layout) {
  std::string text;
  for (const std::string_view name : toolkit::target_names()) {
    const toolkit::Target* const target = toolkit::find_target(name);
    if (target != nullptr && target->layout() == layout) {
      text += (text.empty() ? "" : ", ") + std::string(name);
    }
  }
  return text;
}

std::vector<std::string> kernel_list() {
  std::vector<std::string> names;
  names.reserve(kKernels.size());
  for (const nn::KernelSet* const kernels : kKernels) {
    names.emplace_back(kernels->name);
  }
  return names;
}

const nn::KernelSet* find_kernels(const std::string& name) {
  const auto found = std::find_if(kKernels.begin(), kKernels.end(), [&name](const auto* kernels) {
    return kernels->name == name;
  });
  return found == kKernels.end() ? nullptr : *found;
}

const nn::KernelSet* find_kernels(nn::WeightLayout layout) {
  const auto found = std::find_if(kKernels.begin(), kKernels.end(), [layout](const auto* kernels) {
    return kernels->layout == layout;
  });
  return found == kKernels.end() ? nullptr : *found;
}

std::string type_and_shape(const nn::TensorInfo& tensor) {
  return std::string(toolkit::graph::name_of(tensor.type)) + " " +
         toolkit::graph::text_of({tensor.dims.begin(), tensor.dims.begin() + tensor.rank});
}

}  // namespace aiot::cli
