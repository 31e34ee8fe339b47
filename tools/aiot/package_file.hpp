// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/model/package.hpp"
#include "aiot/toolkit/loaded.hpp"

namespace aiot::cli {

/// A model package in memory that is aligned as devices want it, verified and loaded.
class PackageFile {
 public:
  /// The package at `path`, or the shipped one when `path` is empty.
  static toolkit::Loaded<PackageFile> open(const std::string& path);

  /// A package that was read already; `name` is what messages call it.
  static toolkit::Loaded<PackageFile> from(const std::string& name, Bytes content);

  PackageFile(PackageFile&&) = default;
  PackageFile& operator=(PackageFile&&) = default;
  PackageFile(const PackageFile&) = delete;
  PackageFile& operator=(const PackageFile&) = delete;
  ~PackageFile() = default;

  /// The bytes of the file; valid as long as this object, also when it is moved.
  [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }

  [[nodiscard]] const model::Package& package() const noexcept { return package_; }

  /// What messages call it.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  PackageFile() = default;

  static toolkit::Loaded<PackageFile> checked(PackageFile file);

  struct alignas(model::kPackageAlignment) Block {
    std::byte bytes[model::kPackageAlignment];
  };

  std::vector<Block> blocks_;
  Bytes bytes_;
  model::Package package_;
  std::string name_;
};

/// The package that the command carries: models/machine.aipk.
Bytes shipped_package() noexcept;

}  // namespace aiot::cli
