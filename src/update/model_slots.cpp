// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/model_slots.hpp"

namespace aiot::update {

Result<StartedModel> start_model(BootRecord& record,
                                 const StartRequest& request,
                                 MutableBytes buffer) noexcept {
  StartRequest model = request;
  model.type = ImageType::kModel;
  model.addresses = {};
  model.policy.boot = BootRule::kNeedNot;
  AIOT_TRY_ASSIGN(const StartedSlot started, start_slot(record, model, buffer));
  const ImageHeader& header = started.image.header;
  return StartedModel{
      .slot = started.slot,
      .trial = started.trial,
      .package = {request.slots[started.slot].offset + header.header_bytes, header.payload_bytes},
      .version = header.version};
}

}  // namespace aiot::update
