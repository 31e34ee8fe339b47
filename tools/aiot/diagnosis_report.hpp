// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "aiot/toolkit/bearing_catalogue.hpp"
#include "aiot/toolkit/bearing_diagnosis.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/vibration_measures.hpp"
#include "tools/aiot/analysis_options.hpp"

namespace aiot::cli {

/// All that `aiot diagnose` knows.
struct DiagnosisFindings {
  toolkit::NamedBearing bearing;
  toolkit::BearingDiagnosis diagnosis;
  std::optional<toolkit::VibrationMeasures> measures;
  std::optional<Severity> severity;
};

/// The report to read, one HTML file.
std::string diagnosis_html(const toolkit::Recording& recording, const DiagnosisFindings& findings);

}  // namespace aiot::cli
