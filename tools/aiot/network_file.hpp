// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiot/nn/executor.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/graph.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tools/aiot/package_file.hpp"

namespace aiot::cli {

/// What a file says that it is, by its first bytes.
enum class FileKind : std::uint8_t { kPackage, kTflite };

/// The content of a file that holds a network.
struct ModelFile {
  std::string name;
  FileKind kind{};
  std::vector<std::byte> content;
};

/// Problems: the file can not be read, or is neither of the two.
toolkit::Loaded<ModelFile> read_model(const std::string& path);

/// A .tflite file: what is in it, and what the compiler makes of it.
struct TfliteFile {
  toolkit::graph::Graph graph;
  toolkit::CompiledNetwork compiled;
};

/// Problems begin with the file's name.
toolkit::Loaded<TfliteFile> open_tflite(const ModelFile& file,
                                        const toolkit::CompileOptions& options);

/// What `--target` takes, and the target of a name that has passed it.
std::vector<std::string> target_list();

/// "arm-m0, arm-m3": the targets whose packages have this layout.
std::string targets_of(nn::WeightLayout layout);

/// The kernel sets that this machine can run, by name: what `--kernels` takes.
std::vector<std::string> kernel_list();

/// The kernel set called `name`, or null.
const nn::KernelSet* find_kernels(const std::string& name);

/// The kernel set of this machine for weights in `layout`, or null.
const nn::KernelSet* find_kernels(nn::WeightLayout layout);

/// "int8 [1, 49, 10, 1]"
std::string type_and_shape(const nn::TensorInfo& tensor);

}  // namespace aiot::cli
