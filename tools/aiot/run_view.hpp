// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiot/device/device.hpp"
#include "aiot/toolkit/recording.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"

namespace aiot::cli {

enum class Format : std::uint8_t { kTable, kJson, kSummary, kJsonSummary };

/// What a run shows: a line for each recorded decision, and a summary.
class RunView {
 public:
  RunView(Format format, const model::Package& package, Progress& progress);

  /// What goes in: printed before the first decision (a table only).
  void begin(const toolkit::Recording* recording, const std::string& package_name);

  /// The window that the device has just decided; a line if it was recorded.
  void window(const Device& device, bool recorded);

  /// What the whole run was: windows by class, records, where they are.
  struct Totals {
    std::string store;          ///< directory, or empty
    std::string sink;           ///< file, "-", or empty
    double seconds = 0.0;       ///< of samples
    bool interrupted = false;   ///< by a signal, before the samples ended
    std::uint64_t waiting = 0;  ///< records that are not acknowledged
  };

  void end(const Device& device, const Totals& totals);

 private:
  void row(const Device& device);
  void explain(const Device& device);
  void json_row(const Device& device);
  void text_end(const Device& device, const Totals& totals) const;
  void json_end(const Device& device, const Totals& totals) const;
  void header();
  std::string label_text(std::uint8_t label) const;
  std::string classes_text() const;

  Format format_;
  const model::Package* package_;
  Progress* progress_;
  Painter paint_;
  std::vector<FeatureName> features_;
  std::vector<std::size_t> shown_;
  std::vector<std::uint64_t> windows_by_label_;
  std::uint64_t unknown_windows_ = 0;
  bool header_printed_ = false;
  bool explained_ = false;
  std::uint8_t last_label_ = kUnknownLabel;  // of the last row
  bool last_alarm_ = false;
};

}  // namespace aiot::cli
