// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/bearing_findings.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::dsp {
namespace {

/// Harmonics of the shaft this far above the floor are the shaft's.
constexpr float kShaftDb = 9.0F;

/// How much louder they have to be beside the stated speed to be believed instead of it.
constexpr float kShaftBetterDb = 3.0F;

/// ... when they are at the stated speed as well.
constexpr float kShaftMuchBetterDb = 5.0F;

/// Bands whose sidebands are averaged: the upper two octaves and a half.
constexpr std::size_t kSidebandBands = 5;

struct PartOrders {
  float order;
  float sideband;
};

std::array<PartOrders, kBearingParts> parts_of(const BearingOrders& orders) noexcept {
  // An inner race is loaded once a turn, a rolling element once a turn of the cage.
  return {{{orders.bpfo, 1.0F}, {orders.bpfi, 1.0F}, {2.0F * orders.bsf, orders.ftf}}};
}

/// Makes the prominence at the front of `scratch`; the order axis is that of the corrected speed.
ProminenceSpectrum prominence_of(const OrderSpectrum& spectrum,
                                 float correction,
                                 std::span<float> scratch) noexcept {
  const std::span<const float> power = spectrum.power();
  const OrderPlan& plan = spectrum.plan();
  AIOT_CHECK(spectrum.averages() > 0 && scratch.size() >= findings_scratch(plan.length));
  const auto wanted = static_cast<std::uint32_t>(1.0F / plan.order_step + 0.5F);
  const auto most = static_cast<std::uint32_t>(power.size() - 1);
  const std::uint32_t reach = std::clamp<std::uint32_t>(wanted, 1U, std::min(most, kMaxFloorReach));
  const std::span<float> level = scratch.first(power.size());
  const std::span<float> sorted = scratch.subspan(power.size(), 2 * std::size_t{reach} + 1);
  prominence(power, spectrum.averages(), reach, sorted, level);
  return {level, plan.order_step / (1.0F + correction)};
}

void find_families(const ProminenceSpectrum& spectrum,
                   const BearingOrders& orders,
                   const FamilySearch& search,
                   std::array<LineFamily, kBearingParts>& families) noexcept {
  const auto parts = parts_of(orders);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    families[i] = find_family(spectrum, parts[i].order, parts[i].sideband, search);
  }
}

std::size_t loudest(const std::array<LineFamily, kBearingParts>& families) noexcept {
  std::size_t best = 0;
  for (std::size_t i = 1; i < families.size(); ++i) {
    best = families[i].level_db > families[best].level_db ? i : best;
  }
  return best;
}

/// Where the shaft's lines are: as stated, or clearly beside it.
float correction_of(const ShaftLines& shaft) noexcept {
  const bool beside = shaft.near_db >= kShaftDb;
  if (beside && shaft.near_db >= shaft.nominal_db + kShaftMuchBetterDb) {
    return shaft.near_slip;
  }
  if (shaft.nominal_db >= kShaftDb) {
    return shaft.nominal_slip;
  }
  return beside && shaft.near_db >= shaft.nominal_db + kShaftBetterDb ? shaft.near_slip : 0.0F;
}

}  // namespace

float envelope_samples_per_revolution(const BearingOrders& orders) noexcept {
  constexpr float kHarmonics = 4.0F;
  constexpr float kMargin = 2.2F;
  return kMargin * (kHarmonics * orders.bpfi + 1.0F);
}

DirectFindings look_at_vibration(const OrderSpectrum& spectrum,
                                 const BearingOrders& orders,
                                 std::span<float> scratch) noexcept {
  DirectFindings findings;
  ProminenceSpectrum level = prominence_of(spectrum, 0.0F, scratch);
  findings.shaft = find_shaft(level);
  findings.correction = correction_of(findings.shaft);
  level.order_step /= 1.0F + findings.correction;
  find_families(level, orders, kDirectSearch, findings.families);
  findings.revolutions = spectrum.plan().revolutions;
  return findings;
}

BandFindings look_at_envelope(const OrderSpectrum& spectrum,
                              const FrequencyBand& band,
                              const BearingOrders& orders,
                              float correction,
                              std::span<float> scratch) noexcept {
  constexpr float kLowestRival = 1.5F;
  constexpr float kHighestRival = 10.0F;
  BandFindings findings;
  findings.band = band;
  findings.revolutions = spectrum.plan().revolutions;
  const ProminenceSpectrum level = prominence_of(spectrum, correction, scratch);
  find_families(level, orders, kEnvelopeSearch, findings.families);
  FamilySearch open = kEnvelopeSearch;
  open.limit_db = 30.0F;
  const PartOrders own = parts_of(orders)[loudest(findings.families)];
  findings.own_db = find_family(level, own.order, own.sideband, open).level_db;
  findings.rival = loudest_rival(level, kLowestRival, kHighestRival, open);
  return findings;
}

BearingEvidence conclude(const DirectFindings& direct,
                         std::span<const BandFindings> bands,
                         float impulsiveness,
                         float stated_rpm) noexcept {
  BearingEvidence evidence;
  evidence.impulsiveness = impulsiveness;
  evidence.direct = direct.families;
  evidence.direct_revolutions = direct.revolutions;
  evidence.shaft_db = direct.shaft.nominal_db;
  evidence.shaft_near_db = direct.shaft.near_db;
  evidence.shaft_far_db = direct.shaft.far_db;
  evidence.speed_rpm = stated_rpm * (1.0F + direct.correction);
  const BandFindings* best = nullptr;
  float upper = 0.0F;
  for (std::size_t b = 0; b < bands.size(); ++b) {
    const BandFindings& band = bands[b];
    if (!(band.revolutions > 0.0F)) {
      continue;
    }
    if (best == nullptr || band.families[loudest(band.families)].level_db >
                               best->families[loudest(best->families)].level_db) {
      best = &band;
    }
    if (band.rival.level_db > evidence.any_rival_db) {
      evidence.any_rival_db = band.rival.level_db;
      evidence.any_rival_order = band.rival.order;
    }
    upper += b < kSidebandBands ? 1.0F : 0.0F;
    for (std::size_t i = 0; i < kBearingParts; ++i) {
      const LineFamily& family = band.families[i];
      evidence.loudest_db[i] = std::max(evidence.loudest_db[i], family.level_db);
      evidence.sidebands_db[i] += b < kSidebandBands ? family.sidebands_db : 0.0F;
    }
  }
  for (float& level : evidence.sidebands_db) {
    level = upper > 0.0F ? level / upper : 0.0F;
  }
  if (best != nullptr) {
    evidence.envelope = best->families;
    evidence.lo_hz = best->band.lo_hz;
    evidence.hi_hz = best->band.hi_hz;
    evidence.envelope_revolutions = best->revolutions;
    evidence.own_db = best->own_db;
    evidence.rival_db = best->rival.level_db;
  }
  return evidence;
}

}  // namespace aiot::dsp
