// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/slot_start.hpp"

#include <algorithm>

#include "aiot/update/model_slots.hpp"

namespace aiot::update {
namespace {

/// What a good signature does not say: that the image is one for these slots, and can run here.
bool suits(const StartRequest& request, const Image& image) noexcept {
  if (image.type != request.type ||
      (!request.product.empty() && image.product.view() != request.product.view())) {
    return false;
  }
  if (request.type == ImageType::kModel && image.header.header_bytes % kPackageAlignment != 0) {
    return false;
  }
  return !request.firmware.has_value() ||
         std::all_of(
             image.dependencies.begin(), image.dependencies.end(), [&](const Dependency& needed) {
               return needed.image != ImageType::kFirmware || needed.minimum <= *request.firmware;
             });
}

}  // namespace

Result<StartedSlot> start_slot(BootRecord& record,
                               const StartRequest& request,
                               MutableBytes buffer) noexcept {
  if (!record.mounted()) {
    return Error::kWrongState;
  }
  const SlotPair pair = record.state().of(request.type);
  RecordAccess access = RecordAccess::kWritable;
  std::array<SlotReport, kSlots> reports{};
  std::array<Image, kSlots> images{};
  for (;;) {
    const BootChoice choice = choose_boot(pair, access, reports[0], reports[1], request.cause);
    const std::uint8_t slot = choice.slot;
    if (choice.step == BootStep::kVerify) {
      VerifyPolicy policy = request.policy;
      policy.stored_counter = pair.counter != 0 ? std::optional(pair.counter) : std::nullopt;
      policy.slot_address = request.addresses[slot];
      policy.address = policy.slot_address ? AddressRule::kFixed : AddressRule::kAny;
      SlotReport& report = reports[slot];
      report.check = SlotCheck::kBad;
      if (request.slots[slot].size != 0) {
        const ImageVerdict verdict =
            verify_image(request.flash, request.slots[slot], policy, buffer);
        if (verdict.ok() && suits(request, verdict.image)) {
          images[slot] = verdict.image;
          report = {SlotCheck::kGood,
                    verdict.image.header.version,
                    verdict.image.counter.value_or(0),
                    image_id(verdict.image.hash)};
        }
      }
      continue;
    }
    if (choice.write) {
      BootState state = record.state();
      state.of(request.type) = choice.next;
      if (!record.write(state).ok()) {
        access = RecordAccess::kReadOnly;
        continue;
      }
    }
    if (choice.step == BootStep::kRecover) {
      return Error::kEmpty;
    }
    return StartedSlot{slot, choice.next.slot[slot].state == SlotState::kTrial, images[slot]};
  }
}

}  // namespace aiot::update
