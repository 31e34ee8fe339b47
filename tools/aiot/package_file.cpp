// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/package_file.hpp"

#include <cstring>
#include <utility>

#include "aiot/toolkit/files.hpp"

namespace aiot::cli {

toolkit::Loaded<PackageFile> PackageFile::open(const std::string& path) {
  if (path.empty()) {
    PackageFile file;
    file.name_ = "the shipped package";
    file.bytes_ = shipped_package();
    return checked(std::move(file));
  }
  const auto content = toolkit::read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  return from(path, *content);
}

toolkit::Loaded<PackageFile> PackageFile::from(const std::string& name, Bytes content) {
  PackageFile file;
  file.name_ = name;
  file.blocks_.resize((content.size() + sizeof(Block) - 1) / sizeof(Block));
  if (!content.empty()) {
    std::memcpy(file.blocks_.data(), content.data(), content.size());
  }
  file.bytes_ = {reinterpret_cast<const std::byte*>(file.blocks_.data()), content.size()};
  return checked(std::move(file));
}

toolkit::Loaded<PackageFile> PackageFile::checked(PackageFile file) {
  const model::Problem problem = model::diagnose(file.bytes_);
  if (problem != model::Problem::kNone) {
    return toolkit::Problem{file.name_ + ": " + model::to_string(problem)};
  }
  const Result<model::Package> package = model::load(file.bytes_);
  if (!package.ok()) {
    return toolkit::Problem{file.name_ + ": " + to_string(package.error()) +
                            "; use another package"};
  }
  file.package_ = *package;
  return file;
}

}  // namespace aiot::cli
