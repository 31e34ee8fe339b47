// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/model/package.hpp"

namespace aiot::model {

const char* to_string(Problem problem) noexcept {
  switch (problem) {
    case Problem::kNone:
      return "no problem";
    case Problem::kTooShort:
      return "file is shorter than a package header; it is cut or no package";
    case Problem::kMagic:
      return "not a model package: it does not begin with AIPK";
    case Problem::kNewerFormat:
      return "package format is newer than this version reads; update the firmware or tool";
    case Problem::kRequirement:
      return "package needs a feature that this version does not have; update the firmware or tool";
    case Problem::kLayout:
      return "package is for a target that this version does not know; compile it for this one";
    case Problem::kLength:
      return "file length differs from the header; the file is cut or has something appended";
    case Problem::kHash:
      return "hash does not match: bytes were changed; fetch the package again";
    case Problem::kAlignment:
      return "package must begin at a multiple of 16 bytes in memory";
    case Problem::kStructure:
      return "body is damaged: not a well-formed package";
    case Problem::kReserved:
      return "reserved bytes of the header are not zero";
    case Problem::kName:
      return "package name: 1 to 64 characters of printable ASCII; created-by at most 128";
    case Problem::kSensor:
      return "expected sensor rate or range makes no sense";
    case Problem::kPlan:
      return "feature plan is out of range or not possible at the expected rate";
    case Problem::kEmpty:
      return "package has neither a feature plan nor a network";
    case Problem::kNetwork:
      return "network is damaged: program, tensors or weights contradict each other";
    case Problem::kInput:
      return "network input is not one int8 per feature";
    case Problem::kOutput:
      return "network output is not one int8 score per label";
    case Problem::kLabels:
      return "labels: at most 32 of 1 to 32 printable characters, the normal label one of them";
    case Problem::kDecider:
      return "vote is out of range: 1 <= votes <= windows <= 32";
    case Problem::kPolicy:
      return "recording policy is out of range";
    case Problem::kBearing:
      return "bearing plan is out of range, missing, or its windows do not overlap by half";
    case Problem::kGolden:
      return "golden window is not of the size of the network's inputs and outputs";
  }
  return "unknown problem";
}

Error to_error(Problem problem) noexcept {
  switch (problem) {
    case Problem::kNewerFormat:
    case Problem::kRequirement:
    case Problem::kLayout:
      return Error::kUnsupported;
    case Problem::kHash:
      return Error::kUnauthentic;
    case Problem::kAlignment:
      return Error::kInvalidArgument;
    default:
      return Error::kCorrupt;
  }
}

}  // namespace aiot::model
